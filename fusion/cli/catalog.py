"""``python -m fusion catalog TEXT``."""

from __future__ import annotations

import argparse
import json
import sys

from fusion.cli.options import counted
from fusion.emoji.catalog import Catalog


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``catalog``."""
    parser.add_argument("text", metavar="TEXT", nargs="+", help="an emoji, its code points, a name or keywords")
    parser.add_argument("--limit", type=counted, default=20, metavar="N", help="at most so many (default: 20)")
    parser.add_argument("--json", action="store_true", help="as JSON on stdout")


def run(args: argparse.Namespace) -> int:
    """Search; what no keyword finds is looked up as a character or code points, which also explains a miss."""
    catalog, text = Catalog.default(), " ".join(args.text)
    found = catalog.search(text, args.limit) or [catalog.find(text)]
    if args.json:
        rows = [
            {"key": one.key, "char": one.char, "name": one.name, "category": one.category, "keywords": one.keywords}
            for one in found
        ]
        json.dump(rows, sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        for one in found:
            print(f"{one.char}\t{one.key}\t{one.name}")
    return 0
