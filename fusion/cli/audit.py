"""``python -m fusion audit``: look at the measured anatomy, or measure it anew."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from fusion.cli.options import counted
from fusion.emoji.catalog import Catalog
from fusion.errors import FusionError
from fusion.recipes.anatomy.anatomy import analyse_all
from fusion.recipes.anatomy.audit import sheets
from fusion.recipes.anatomy.store import SHIPPED, save


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``audit``."""
    parser.add_argument("--sheet", type=Path, metavar="FOLDER", help="draw contact sheets into this folder")
    parser.add_argument("--sample", type=counted, metavar="N", help="only so many emoji, drawn at random")
    parser.add_argument("--seed", type=int, default=0, help="another seed draws other emoji")
    parser.add_argument("--store", action="store_true", help="measure all emoji and renew the table that ships")


def run(args: argparse.Namespace) -> int:
    """Measure where asked to, then draw where asked to; returns the exit code."""
    if not (args.store or args.sheet):
        raise FusionError("Nothing to do: name a folder with --sheet FOLDER, or ask for --store.")
    if args.store:
        save(analyse_all(progress=True, fresh=True), SHIPPED)
    if args.sheet:
        emoji = list(Catalog.default())
        if args.sample:
            picked = np.random.default_rng(args.seed).permutation(len(emoji))[: args.sample]
            emoji = [emoji[i] for i in sorted(picked)]
        print(*sheets(args.sheet, emoji), sep="\n")
    return 0
