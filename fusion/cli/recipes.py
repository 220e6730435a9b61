"""``python -m fusion recipes [FIRST SECOND | --among FILE]``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from fusion.cli.options import add_roster, counted, emoji_in
from fusion.emoji.catalog import Catalog
from fusion.errors import FusionError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``recipes``."""
    parser.add_argument("pair", metavar="FIRST SECOND", nargs="*", help="two emoji; none for an overview")
    parser.add_argument(
        "--among", type=Path, metavar="FILE", help="shares of the families among the pairs of FILE, JSON with 'emoji'"
    )
    parser.add_argument(
        "--sample", type=counted, metavar="N", help="with --among: N pairs of a fixed walk (default: every pair)"
    )
    add_roster(parser)
    parser.add_argument("--json", action="store_true", help="as JSON on stdout")


def run(args: argparse.Namespace) -> int:
    """Print the recipe of a pair, or the overview; returns the exit code."""
    if len(args.pair) not in (0, 2):
        raise FusionError(
            f"recipes takes two emoji or none, not {len(args.pair)}; quote names such as 'grinning face'."
        )
    if args.among and args.pair:
        raise FusionError("recipes takes two emoji or --among FILE, not both; leave one of them out.")
    if args.among:
        answer = among(args.among, args.roster, args.sample)
    else:
        answer = explained(args.pair[0], args.pair[1], args.roster) if args.pair else overview(args.roster)
    if args.json:
        json.dump(answer, sys.stdout, ensure_ascii=False, indent=1)
        print()
    elif args.among:
        print(f"{answer['pairs']:,} pairs of {answer['emoji']} emoji, roster {answer['roster']}.")
        for name, share in answer["families"].items():
            print(f"{name:16} {100 * share:6.2f} %")
    elif args.pair:
        print(f"{answer['family']}: {answer['reason']}; main subject: {answer['main']} ({answer['main_name']}).")
        for sentence in answer["considered"]:
            print(f"  not {sentence}")
    else:
        print(f"{answer['emoji']} emoji take part.")
        for name, count in answer["families"].items():
            print(f"{name:16} {count['pairs']:>9,} pairs, {count['first']:5} first, {count['second']:5} second")
    return 0


def explained(first: str, second: str, roster: str) -> dict:
    """The family of a pair, its main subject, the reason, and what was considered before."""
    catalog = Catalog.default()
    keys = catalog.find(first).key, catalog.find(second).key

    from fusion.recipes.rosters import roster_named
    from fusion.recipes.router import explain

    found = explain(*keys, roster_named(roster))
    return {
        "first": keys[0],
        "second": keys[1],
        "family": found.family,
        "main": ("first", "second")[keys.index(found.main)],
        "main_name": catalog[found.main].name,
        "reason": found.reason,
        "considered": list(found.considered),
    }


def overview(roster: str) -> dict:
    """How many emoji take part, and how many pairs each family has."""
    from fusion.recipes.rosters import roster_named
    from fusion.recipes.router import counts

    return counts(roster=roster_named(roster))


def among(path: Path, roster: str, sample: int | None) -> dict:
    """Shares of the families among the pairs of the emoji that a file names, largest first."""
    from fusion.recipes.rosters import roster_named
    from fusion.recipes.router import shares

    keys = emoji_in(path)
    pairs, got = shares(keys, roster_named(roster), sample)
    families = {name: round(number / pairs, 5) for name, number in got.most_common()}
    return {"emoji": len(keys), "pairs": pairs, "roster": roster, "families": families}
