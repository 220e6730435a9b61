"""``python -m fusion publish --space OWNER/NAME | --weights OWNER/NAME [--dry-run]``."""

from __future__ import annotations

import argparse
from pathlib import Path

from fusion import hub


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``publish``."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--space", metavar="OWNER/NAME", help="the application, as a Space")
    what.add_argument("--weights", metavar="OWNER/NAME", help="weights with their card, as a model")
    shipped = hub.ASSETS / "weights/fusion"
    parser.add_argument(
        "--from",
        dest="folder",
        type=Path,
        default=shipped,
        metavar="DIR",
        help="which weights (default: those that ship)",
    )
    parser.add_argument("--private", action="store_true", help="for your own eyes, where it is new")
    parser.add_argument("--dry-run", action="store_true", help="check, list what would go up, and send nothing")


def run(args: argparse.Namespace) -> int:
    """Check, list and send; returns the exit code."""
    publication = hub.space(args.space) if args.space else hub.weights(args.weights, args.folder)
    for name, path in publication.files.items():
        print(f"{path.stat().st_size:>12,}  {name}")
    count = len(publication.files)
    print(f"{publication.size:>12,}  bytes in {count} files for the {publication.kind} {publication.repo}")
    if args.dry_run:
        print("Nothing was sent.")
    else:
        print(hub.send(publication, args.private))
    return 0
