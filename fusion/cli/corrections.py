"""``python -m fusion corrections``: look at a file of corrections, bring others in, take some out.

Source: DESIGN section 6.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from fusion.corrections import Correction, merged, read_corrections, to_lines, write_corrections
from fusion.emoji.catalog import Catalog
from fusion.errors import FusionError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``corrections``."""
    add = parser.add_argument
    add("file", type=Path, metavar="FILE", help="corrections, one JSON object a line, as the page exports them")
    add(
        "--import",
        dest="others",
        type=Path,
        action="append",
        default=[],
        metavar="OTHER",
        help="bring in those of OTHER, which win where both have a pair; FILE need not be there yet",
    )
    add("--delete", nargs=2, metavar=("FIRST", "SECOND"), help="take out the correction of this pair")
    add("--json", action="store_true", help="the corrections as they stand in the file, on stdout")


def run(args: argparse.Namespace) -> int:
    """Change the file where that is wanted, then list it; returns the exit code."""
    found = read_corrections(args.file) if args.file.exists() or not args.others else []
    for other in args.others:
        found = merged(found, read_corrections(other))
    if args.delete:
        found = without(found, *(Catalog.default().find(text).key for text in args.delete))
    if args.others or args.delete:
        write_corrections(args.file, found)
    print(to_lines(found) if args.json else "\n".join(map(described, found)), end="" if args.json else "\n")
    return 0


def without(found: list[Correction], first: str, second: str) -> list[Correction]:
    """Those of other pairs. Raises FusionError where there is none of this one."""
    left = [one for one in found if one.pair != (first, second)]
    if len(left) == len(found):
        raise FusionError(f"There is no correction of {first} and {second}; list the file to see those there are.")
    return left


def described(one: Correction) -> str:
    """One line for people."""
    catalog = Catalog.default()
    first, second = (catalog[key].name if key in catalog else key[:19] for key in one.pair)
    placed = " ".join(",".join(f"{number:g}" for number in layout) for layout in one.instances) or "nothing placed"
    return f"{one.verdict:11}{first} + {second}: {one.main} is main; {placed}  {one.note}".rstrip()
