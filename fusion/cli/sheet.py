"""``python -m fusion sheet -o SHEET.png``."""

from __future__ import annotations

import argparse
from pathlib import Path

from fusion.cli.options import add_network, counted
from fusion.errors import FusionError
from fusion.files import write_beside

MOST = 400
"""Cells on one sheet; beyond, the picture gets too large to look at."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``sheet``."""
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="SHEET.png", help="where the sheet goes")
    parser.add_argument("--family", metavar="F", help="only this recipe family (default: a mixture)")
    parser.add_argument("--pairs", type=counted, default=24, metavar="N", help="so many pairs (default: 24)")
    parser.add_argument("--seed", type=int, default=0, help="another seed draws other pairs")
    parser.add_argument("--popular", action="store_true", help="pairs that people would pick")
    parser.add_argument("--truth", action="store_true", help="draw the truth of the layout on the target")
    add_network(parser)


def run(args: argparse.Namespace) -> int:
    """Draw the sheet; returns the exit code."""
    if args.pairs > MOST:
        raise FusionError(f"{args.pairs} pairs make too large a picture; ask for at most {MOST}.")

    from fusion.geometry import STICKER_FRAME
    from fusion.model import DEFAULT_PRESET
    from fusion.model.weights import available_weights, load_fusion_net
    from fusion.recipes.sheet import draw_sheet

    net = None
    preset = args.preset or DEFAULT_PRESET
    if args.weights or preset in available_weights():
        net = load_fusion_net(args.weights, preset)
    frame = net.config.frame if net is not None else STICKER_FRAME
    looks = {"truth": args.truth, "popular": args.popular, "seed": args.seed, "frame": frame}
    with write_beside(args.out) as path:
        draw_sheet(args.family, args.pairs, path, net, **looks)
    return 0
