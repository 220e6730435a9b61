"""``python -m fusion blind A B --out VOTES.json`` and ``python -m fusion blind --summary VOTES.json``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from fusion.errors import FusionError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``blind``."""
    add = parser.add_argument
    add("folders", metavar="A B", nargs="*", type=Path, help="two folders of pictures with equal names")
    add(
        "--out",
        type=Path,
        metavar="VOTES.json",
        help="where the votes go; a file of an earlier sitting is gone on with",
    )
    add("--summary", type=Path, metavar="VOTES.json", help="what votes say: shares with 95 %% intervals")
    add("--seed", type=int, default=0, help="another seed deals another order")
    add("--port", type=int, default=0, help="of the page (default: a free one)")
    add("--json", action="store_true", help="the summary as JSON on stdout")


def run(args: argparse.Namespace) -> int:
    """Judge, or sum up; returns the exit code."""
    if args.summary:
        if args.folders or args.out:
            raise FusionError("--summary reads votes that are there; leave out the folders and --out.")
        tell(args.summary, args.json)
        return 0
    if len(args.folders) != 2 or not args.out:
        raise FusionError("blind compares two folders: python -m fusion blind A B --out VOTES.json")
    judge(args)
    return 0


def tell(path: Path, as_json: bool) -> None:
    """Print the summary of a file of votes."""
    from fusion.evaluation.blind import read_votes, summary

    shares = summary(read_votes(path))
    if as_json:
        json.dump({name: share._asdict() for name, share in shares.items()}, sys.stdout, indent=1)
        print()
        return
    for name, (share, low, high, n) in shares.items():
        print(f"{name:12} {100 * share:5.1f} %  ({100 * low:.1f} to {100 * high:.1f}, n = {n})")


def judge(args: argparse.Namespace) -> None:
    """Serve the page until it is interrupted, then print the summary."""
    from fusion.evaluation.blind import common_names, deal, read_votes
    from fusion.evaluation.blind_server import BlindServer

    a, b = args.folders
    votes = read_votes(args.out) if args.out.exists() else []
    with BlindServer(a, b, deal(common_names(a, b), args.seed), args.out, votes, args.port) as server:
        print(f"{len(server.cards)} pairs to judge at {server.address} (stop with Ctrl+C)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
    if server.votes:
        tell(args.out, args.json)
