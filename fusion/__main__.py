"""``python -m fusion``: the command line.

Only the module of the chosen subcommand is imported, so that ``--help`` and ``catalog`` do not wait for torch.
Source: DESIGN section 6.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NamedTuple, NoReturn

from fusion.errors import FusionError
from fusion.interrupts import one_sentence


class Command(NamedTuple):
    """What ``--help`` says about a subcommand."""

    help: str
    examples: str


COMMANDS: dict[str, Command] = {
    "app": Command(
        "open the page in the browser, with every stage",
        """
  python -m fusion app
  python -m fusion app --port 8000 --device cuda""",
    ),
    "serve": Command(
        "answer other programs over HTTP: stickers, their metadata, searches; without the page",
        """
  python -m fusion serve
  python -m fusion serve --engine onnx --port 8000
  curl -o slice.png "http://127.0.0.1:7860/kitchen/grinning face_pizza.png?size=512" --globoff""",
    ),
    "fuse": Command(
        "fuse two emoji or pictures into a transparent PNG",
        """
  python -m fusion fuse 😀 🍕 -o slice.png
  python -m fusion fuse "grinning face" 1f355 -o slice.png --main second
  python -m fusion fuse 😀 🍕 -o slice.png --layout 0.5,0.5,0.1,0 --json
  python -m fusion fuse cat.png 🕶️ -o cool.png --trace cool-stages""",
    ),
    "pack": Command(
        "make sticker packs for chat services, or the whole catalogue",
        """
  python -m fusion pack 😀 😎 --with 🍕 🐱 🔥 --for telegram -o pizza-pack
  python -m fusion pack 🐱 --with popular --for whatsapp -o cats
  python -m fusion pack all --tar --webp -o catalogue""",
    ),
    "export": Command(
        "write the network as ONNX graphs, which run without torch, or as a page that needs no server",
        """
  python -m fusion export --to assets/weights/fusion/onnx
  python -m fusion export --to graphs --weights runs/first --check 200
  python -m fusion export --web site""",
    ),
    "publish": Command(
        "put the application or weights on a hub, checked and listed first",
        """
  python -m fusion publish --space OWNER/emoji-fusion --dry-run
  python -m fusion publish --weights OWNER/emoji-fusion-weights --from runs/first/weights""",
    ),
    "sheet": Command(
        "draw many pairs: both emoji, the teacher's target, the network's output",
        """
  python -m fusion sheet --pairs 24 -o sheet.png
  python -m fusion sheet --family wearable --pairs 12 -o hats.png""",
    ),
    "recipes": Command(
        "which recipe a pair gets and why; without a pair, how many pairs each family has",
        """
  python -m fusion recipes 😀 🍕
  python -m fusion recipes --json
  python -m fusion recipes --among FILE""",
    ),
    "catalog": Command(
        "search the emoji",
        """
  python -m fusion catalog pizza
  python -m fusion catalog "cat face" --json""",
    ),
    "evaluate": Command(
        "measure a network on held-out pairs, held-out emoji or another art style",
        """
  python -m fusion evaluate --split pairs --limit 200
  python -m fusion evaluate --split emoji --json
  python -m fusion evaluate --words each --limit 160 --size 64
  python -m fusion evaluate --split emoji --keep-failures 40 failures.jsonl
  python -m fusion evaluate --corrections failures.jsonl""",
    ),
    "compare": Command(
        "compare two networks over the same pairs: what was mended, what broke, and whether it is chance",
        """
  python -m fusion compare assets/weights/fusion runs/first/weights --split emoji
  python -m fusion compare before.json.gz after.json.gz --json""",
    ),
    "corrections": Command(
        "list, join and prune corrections that were kept on the page",
        """
  python -m fusion corrections corrections.jsonl
  python -m fusion corrections mine.jsonl --import yours.jsonl""",
    ),
    "blind": Command(
        "judge two folders of pictures without knowing which is which",
        """
  python -m fusion sheet --among FILE --pairs 120 --folder new
  python -m fusion blind old new --out votes.json
  python -m fusion blind --summary votes.json""",
    ),
    "bench": Command(
        "time and count the networks",
        """
  python -m fusion bench
  python -m fusion bench --presets fusion,unet-se-po --sizes 256 --batches 1 --json""",
    ),
    "train": Command(
        "train a network, or go on training it",
        """
  python -m fusion train --preset fusion --size 128 --out runs/first --max-minutes 60
  python -m fusion train --preset fusion --size 128 --out runs/first --resume
  python -m fusion train --init runs/first/weights --corrections mine.jsonl --phases layout=3 \\
    --rate 3e-4 --out runs/mine""",
    ),
    "attention": Command(
        "measure whether the attention looks at the non-main emoji",
        """
  python -m fusion attention --limit 100
  python -m fusion attention --preset fusion --size 128""",
    ),
    "splits": Command(
        "add what newer recipes need to the list of held-out emoji",
        """
  python -m fusion splits
  python -m fusion splits -o held_out.json""",
    ),
    "audit": Command(
        "draw what was measured about the emoji, or measure it anew",
        """
  python -m fusion audit --sheet sheets --sample 100
  python -m fusion audit --store""",
    ),
    "licences": Command(
        "list the licences of all packages and assets; exit code 1 where one is unknown or not allowed",
        """
  python -m fusion licences
  python -m fusion licences --json""",
    ),
    "kitchen": Command(
        "fetch and check real stickers for your own study",
        """
  python -m fusion kitchen fetch --metadata metadata.json --out stickers
  python -m fusion kitchen check --out stickers""",
    ),
}

"""Every subcommand: its module is ``fusion.cli.<name>``, with ``add_arguments(parser)`` and ``run(args)``."""

FIRST_STEPS = """
FIRST and SECOND are an emoji, its code points (1f600), its name ("grinning face") or a picture file.

first steps:
  python -m fusion catalog pizza                 find an emoji
  python -m fusion fuse 😀 🍕 -o slice.png        fuse two
  python -m fusion fuse --help                   more examples
  python -m fusion app                           the same in the browser, with every stage"""

MODULE, SCRIPT = "python -m fusion", "emoji-fusion"
"""The two ways to call this program; the texts above use the first."""


def program() -> str:
    """How it was called this time."""
    return SCRIPT if Path(sys.argv[0]).stem == SCRIPT else MODULE


def module(name: str) -> ModuleType:
    """The module of a subcommand, imported when it is needed."""
    return import_module(f"fusion.cli.{name}")


class Parser(argparse.ArgumentParser):
    """Errors take one line, and the line says where help is."""

    def error(self, message: str) -> NoReturn:
        """Leave with exit code 2."""
        self.exit(2, f"{self.prog}: {message}; {self.prog} --help shows examples.\n")


def build_parser(chosen: str | None = None) -> Parser:
    """The parser, with the options of the ``chosen`` subcommand only."""
    called = program()
    parser = Parser(
        prog=called,
        description="Two emoji in, one new emoji out.",
        epilog=FIRST_STEPS.replace(MODULE, called),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)
    for name, command in COMMANDS.items():
        sub = subparsers.add_parser(
            name,
            help=command.help,
            description=command.help[0].upper() + command.help[1:] + ".",
            epilog="examples:" + command.examples.replace(MODULE, called),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if name == chosen:
            module(name).add_arguments(sub)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run a subcommand and return its exit code: 2 for bad input, told in one line on stderr."""
    arguments = sys.argv[1:] if arguments is None else arguments
    chosen, code = next((word for word in arguments if word in COMMANDS), None), 0
    try:
        with one_sentence():
            args = build_parser(chosen).parse_args(arguments)
            code = module(args.command).run(args)
            sys.stdout.flush()  # what cannot be written is to be heard of here, not while Python ends
        return code
    except FusionError as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader of a pipe left early; Python would complain once more when it closes stdout.
        silence()
        return 0
    except OSError as error:
        silence()
        print(f"The output cannot be written ({error.strerror or error}); choose another place.", file=sys.stderr)
        return 2


def silence() -> None:
    """Send what is still to be printed nowhere."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
