"""``python -m fusion fuse FIRST SECOND -o OUT.png``."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

from fusion.cli.options import add_network, counted, source
from fusion.errors import FusionError
from fusion.files import write_beside, write_folder_beside


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``fuse``."""
    parser.add_argument("first", metavar="FIRST", help="an emoji, its code points, its name, or a picture file")
    parser.add_argument("second", metavar="SECOND", help="the same")
    parser.add_argument("-o", "--out", type=Path, metavar="OUT.png", help="where the sticker goes")
    add_network(parser)
    parser.add_argument("--engine", choices=("torch", "onnx"), help="default: torch where it is installed")
    parser.add_argument("--size", type=counted, default=256, metavar="S", help="pixels a side (default: 256)")
    parser.add_argument("--main", choices=("first", "second"), help="main subject (default: the network decides)")
    parser.add_argument(
        "--layout", metavar="SH,SW,OY,OX", help="scales and offsets of the other emoji (default: the network's)"
    )
    parser.add_argument(
        "--instance",
        action="append",
        metavar="SH,SW,OY,OX",
        help="instead of --layout: the same for each of up to three copies; again for the next",
    )
    parser.add_argument(
        "--hypothesis",
        type=counted,
        default=1,
        metavar="N",
        help="the network's N-th hypothesis about the pair (default: 1)",
    )
    parser.add_argument(
        "--say", metavar="TEXT", help='how, in words: "on its head, small" (needs weights that know words)'
    )
    parser.add_argument(
        "--names", nargs=2, metavar=("N1", "N2"), help='what the two pictures are called, "" for nothing to say'
    )
    parser.add_argument("--no-fit", action="store_true", help="leave the sticker where the network paints it")
    parser.add_argument("--trace", type=Path, metavar="DIR", help="also write every stage into this folder")
    parser.add_argument("--json", action="store_true", help="what was decided, as JSON on stdout")


def run(args: argparse.Namespace) -> int:
    """Fuse, write the sticker and the stages, print what was decided; returns the exit code."""
    if not (args.out or args.trace or args.json):
        raise FusionError("Nothing to write: name a file with -o OUT.png, a folder with --trace, or ask for --json.")
    if args.out and args.out.suffix.lower() != ".png":
        better = args.out.parent / f"{args.out.stem.strip('.') or 'sticker'}.png"
        raise FusionError(f"{args.out} is no PNG file; fuse writes PNG, so name it {better}.")
    layout = None if args.layout is None else numbers(args.layout)
    instances = args.instance and [numbers(one, "--instance") for one in args.instance]
    if args.trace and find_spec("matplotlib") is None:
        raise FusionError(
            "--trace draws its stages with matplotlib, which is not here; install it, or leave --trace out."
        )
    pair = source(args.first), source(args.second)

    from fusion.pipeline.runtimes import build_engine
    from fusion.views.bundle import MARKER, sticker_png, write_files
    from fusion.views.summary import summary

    fuser = build_engine(args.engine, args.weights, args.device, args.preset)
    wanted = {"main": args.main, "layout": layout, "instances": instances, "hypothesis": args.hypothesis}
    trace = fuser.fuse(*pair, **wanted, size=args.size, fit=not args.no_fit, say=args.say, names=args.names)
    for notice in trace.notices:
        print(notice, file=sys.stderr)
    with ExitStack() as stack:
        # Both are entered before either is renamed: where one cannot be written, neither is.
        if args.out:
            stack.enter_context(write_beside(args.out)).write_bytes(sticker_png(trace))
        if args.trace:
            write_files(trace, stack.enter_context(write_folder_beside(args.trace, MARKER)))
    if args.json:
        json.dump(summary(trace), sys.stdout, ensure_ascii=False, indent=1)
        print()
    return 0


def numbers(text: str, option: str = "--layout") -> list[float]:
    """``"SH,SW,OY,OX"`` as floats; whether they make sense is for the fuser to say."""
    try:
        return [float(part) for part in text.split(",")]
    except ValueError as error:
        raise FusionError(
            f"{option} is {text!r}; it must be four numbers SH,SW,OY,OX such as 0.5,0.5,0.1,0."
        ) from error
