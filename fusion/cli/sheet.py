"""``python -m fusion sheet -o SHEET.png``, or ``--folder DIR`` for the targets as single pictures."""

from __future__ import annotations

import argparse
from pathlib import Path

from fusion.cli.options import add_network, add_roster, counted, emoji_in
from fusion.errors import FusionError
from fusion.files import write_beside

MOST = 400
"""Cells on one sheet; beyond, the picture gets too large to look at."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``sheet``."""
    parser.add_argument("-o", "--out", type=Path, metavar="SHEET.png", help="where the sheet goes")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="the targets as single pictures, FIRST_SECOND.png")
    parser.add_argument(
        "--among", type=Path, metavar="FILE", help="pairs of these emoji only: JSON with a list 'emoji'"
    )
    parser.add_argument("--family", metavar="F", help="only this recipe family (default: a mixture)")
    parser.add_argument("--pairs", type=counted, default=24, metavar="N", help="so many pairs (default: 24)")
    parser.add_argument("--seed", type=int, default=0, help="another seed draws other pairs")
    parser.add_argument("--popular", action="store_true", help="pairs that people would pick")
    parser.add_argument("--truth", action="store_true", help="draw the truth of the layout on the target")
    add_roster(parser)
    add_network(parser)


def run(args: argparse.Namespace) -> int:
    """Draw the sheet, the folder, or both; returns the exit code."""
    check(args)
    pairs = args.family
    if args.among:
        from fusion.recipes.sheet import fixed_pairs

        pairs = fixed_pairs(emoji_in(args.among), args.pairs, args.seed)
    if args.folder:
        from fusion.recipes.rosters import roster_named
        from fusion.recipes.sheet import draw_folder

        draw_folder(pairs, args.folder, roster=roster_named(args.roster))
    if args.out:
        sheet(args, pairs)
    return 0


def check(args: argparse.Namespace) -> None:
    """Refuse what contradicts itself."""
    if not (args.out or args.folder):
        raise FusionError("Nothing to write: name a sheet with -o SHEET.png, or a folder with --folder DIR.")
    if args.out and args.pairs > MOST:
        raise FusionError(f"{args.pairs} pairs make too large a picture; ask for at most {MOST}.")
    if args.folder and not args.among:
        raise FusionError("--folder draws the pairs of --among FILE; name a file with the emoji.")
    if args.among and (args.family or args.popular):
        raise FusionError("--among fixes the pairs itself; leave out --family and --popular.")


def sheet(args: argparse.Namespace, pairs: str | list[tuple[str, str]] | None) -> None:
    """Draw the contact sheet."""
    from fusion.geometry import STICKER_FRAME
    from fusion.model import DEFAULT_PRESET
    from fusion.model.weights import available_weights, load_fusion_net
    from fusion.recipes.rosters import roster_named
    from fusion.recipes.sheet import draw_sheet

    net = None
    preset = args.preset or DEFAULT_PRESET
    if args.weights or preset in available_weights():
        net = load_fusion_net(args.weights, preset)
    frame = net.config.frame if net is not None else STICKER_FRAME
    looks = {"truth": args.truth, "popular": args.popular, "seed": args.seed, "frame": frame}
    with write_beside(args.out) as path:
        draw_sheet(pairs, args.pairs, path, net, roster=roster_named(args.roster), **looks)
