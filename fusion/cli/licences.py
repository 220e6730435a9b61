"""``python -m fusion licences``: under which licences packages and assets stand.

Source: DESIGN section 6.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from fusion.licences import Licence, assets, packages

MOST = 60
"""Characters of a licence or a purpose in the table."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``licences``."""
    parser.add_argument("--json", action="store_true", help="as JSON on stdout")


def run(args: argparse.Namespace) -> int:
    """List them; the exit code is 1 where one is unknown or not allowed."""
    rows = [*packages(), *assets()]
    wrong = [row for row in rows if row.state != "allowed"]
    if args.json:
        json.dump([asdict(row) | {"state": row.state} for row in rows], sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        show(rows)
    for row in wrong:
        remedy = "read it and add it to READ" if row.kind == "package" else "name it in assets/licences/README.md"
        what = f"{row.kind} {row.name}: licence {row.state}" + (f" ({row.licence[:MOST]})" if row.licence else "")
        print(f"{what}; {remedy if not row.licence else 'do without it, or add it to ALLOWED'}.", file=sys.stderr)
    return 1 if wrong else 0


def show(rows: list[Licence]) -> None:
    """The rows as a table."""
    for row in rows:
        called = f"{row.name} {row.version}".strip()
        print(f"{called[:42]:43}{row.used[:24]:25}{row.state:12} {row.licence[:MOST]}")
    of_kind = {kind: sum(row.kind == kind for row in rows) for kind in ("package", "asset")}
    print(f"{of_kind['package']} packages, {of_kind['asset']} assets")
