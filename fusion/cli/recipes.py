"""``python -m fusion recipes [FIRST SECOND]``."""

from __future__ import annotations

import argparse
import json
import sys

from fusion.emoji.catalog import Catalog
from fusion.errors import FusionError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``recipes``."""
    parser.add_argument("pair", metavar="FIRST SECOND", nargs="*", help="two emoji; none for an overview")
    parser.add_argument("--json", action="store_true", help="as JSON on stdout")


def run(args: argparse.Namespace) -> int:
    """Print the recipe of a pair, or the overview; returns the exit code."""
    if len(args.pair) not in (0, 2):
        raise FusionError(
            f"recipes takes two emoji or none, not {len(args.pair)}; quote names such as 'grinning face'."
        )
    answer = explained(*args.pair) if args.pair else overview()
    if args.json:
        json.dump(answer, sys.stdout, ensure_ascii=False, indent=1)
        print()
    elif args.pair:
        print(f"{answer['family']}: {answer['reason']}; main subject: {answer['main']} ({answer['main_name']}).")
        for sentence in answer["considered"]:
            print(f"  not {sentence}")
    else:
        print(f"{answer['emoji']} emoji take part.")
        for name, count in answer["families"].items():
            print(f"{name:16} {count['pairs']:>9,} pairs, {count['first']:5} first, {count['second']:5} second")
    return 0


def explained(first: str, second: str) -> dict:
    """The family of a pair, its main subject, the reason, and what was considered before."""
    catalog = Catalog.default()
    keys = catalog.find(first).key, catalog.find(second).key

    from fusion.recipes.router import explain

    found = explain(*keys)
    return {
        "first": keys[0],
        "second": keys[1],
        "family": found.family,
        "main": ("first", "second")[keys.index(found.main)],
        "main_name": catalog[found.main].name,
        "reason": found.reason,
        "considered": list(found.considered),
    }


def overview() -> dict:
    """How many emoji take part, and how many pairs each family has."""
    from fusion.recipes.router import counts

    return counts()
