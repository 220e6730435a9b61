"""``python -m fusion splits``: add what newer roles need to the written list of held-out emoji."""

from __future__ import annotations

import argparse
from pathlib import Path

from fusion.data.splits import HELD_OUT_FILE, write_held_out
from fusion.recipes.router import pools


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``splits``."""
    parser.add_argument(
        "-o", "--out", type=Path, default=HELD_OUT_FILE, metavar="JSON", help="the list to extend (default: what ships)"
    )


def run(args: argparse.Namespace) -> int:
    """Write the list, keeping every emoji that is on it already; returns the exit code."""
    print(f"{len(write_held_out(pools(), args.out))} emoji are held out, written to {args.out}")
    return 0
