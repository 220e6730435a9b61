"""``python -m fusion``: the command line.

Only the module of the chosen subcommand is imported, so that ``--help`` and ``catalog`` do not wait for torch.
Source: design section 6.
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from typing import NamedTuple

from fusion.errors import FusionError


class Command(NamedTuple):
    """Where a subcommand lives: a module with ``add_arguments(parser)`` and a runner that returns the exit code."""

    module: str
    runner: str
    help: str
    examples: str


COMMANDS = {
    "fuse": Command(
        "fusion.cli.fuse",
        "run",
        "fuse two emoji or pictures into a transparent PNG",
        """
  python -m fusion fuse 😀 🍕 -o slice.png
  python -m fusion fuse "grinning face" 1f355 -o slice.png --main second
  python -m fusion fuse 😀 🍕 -o slice.png --layout 0.5,0.5,0.1,0 --json
  python -m fusion fuse cat.png 🕶️ -o cool.png --trace cool-stages""",
    ),
    "pack": Command(
        "fusion.cli.pack",
        "run",
        "make sticker packs for chat services, or the whole catalogue",
        """
  python -m fusion pack 😀 😎 --with 🍕 🐱 🔥 --for telegram -o pizza-pack
  python -m fusion pack 🐱 --with popular --for whatsapp -o cats
  python -m fusion pack all --tar --webp -o catalogue""",
    ),
    "export": Command(
        "fusion.cli.export",
        "run",
        "write the network as ONNX graphs, which run without torch",
        """
  python -m fusion export --to assets/weights/fusion/onnx
  python -m fusion export --to graphs --weights runs/first --check 200""",
    ),
    "sheet": Command(
        "fusion.cli.sheet",
        "run",
        "draw many pairs: both emoji, the teacher's target, the network's output",
        """
  python -m fusion sheet --pairs 24 -o sheet.png
  python -m fusion sheet --family wearable --pairs 12 -o hats.png""",
    ),
    "recipes": Command(
        "fusion.cli.recipes",
        "run",
        "which recipe a pair gets and why; without a pair, how many pairs each family has",
        """
  python -m fusion recipes 😀 🍕
  python -m fusion recipes --json""",
    ),
    "catalog": Command(
        "fusion.cli.catalog",
        "run",
        "search the emoji",
        """
  python -m fusion catalog pizza
  python -m fusion catalog "cat face" --json""",
    ),
    "evaluate": Command(
        "fusion.evaluation.evaluate",
        "evaluate_command",
        "measure a network on held-out pairs, held-out emoji or another art style",
        """
  python -m fusion evaluate --split pairs --limit 200
  python -m fusion evaluate --split emoji --json""",
    ),
    "bench": Command(
        "fusion.evaluation.bench",
        "run",
        "time and count the networks",
        """
  python -m fusion bench
  python -m fusion bench --presets fusion,unet-se-po --sizes 256 --batches 1 --json""",
    ),
    "train": Command(
        "fusion.cli.train",
        "train_command",
        "train a network, or go on training it",
        """
  python -m fusion train --preset fusion --size 128 --out runs/first --max-minutes 60
  python -m fusion train --preset fusion --size 128 --out runs/first --resume""",
    ),
    "kitchen": Command(
        "fusion.cli.kitchen",
        "run",
        "fetch and check real stickers for your own study",
        """
  python -m fusion kitchen fetch --metadata metadata.json --out stickers
  python -m fusion kitchen check --out stickers""",
    ),
}

FIRST_STEPS = """
FIRST and SECOND are an emoji, its code points (1f600), its name ("grinning face") or a picture file.

first steps:
  python -m fusion catalog pizza                 find an emoji
  python -m fusion fuse 😀 🍕 -o slice.png        fuse two
  python -m fusion fuse --help                   more examples
  python app.py                                  the same in the browser, with every stage"""


class Parser(argparse.ArgumentParser):
    """Faults take one line, and the line says where help is."""

    def error(self, message: str) -> None:
        self.exit(2, f"{self.prog}: {message}; {self.prog} --help shows examples.\n")


def build_parser(chosen: str | None = None) -> Parser:
    """The parser, with the options of the ``chosen`` subcommand only."""
    parser = Parser(
        prog="python -m fusion",
        description="Two emoji in, one new emoji out.",
        epilog=FIRST_STEPS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)
    for name, command in COMMANDS.items():
        sub = subparsers.add_parser(
            name,
            help=command.help,
            description=command.help[0].upper() + command.help[1:] + ".",
            epilog="examples:" + command.examples,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if name == chosen:
            import_module(command.module).add_arguments(sub)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run a subcommand and return its exit code: 2 for bad input, told in one line on stderr."""
    arguments = sys.argv[1:] if arguments is None else arguments
    chosen = next((word for word in arguments if word in COMMANDS), None)
    try:
        args = build_parser(chosen).parse_args(arguments)
        command = COMMANDS[args.command]
        return getattr(import_module(command.module), command.runner)(args) or 0
    except FusionError as fault:
        print(" ".join(str(fault).split()), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of a pipe left early; Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
