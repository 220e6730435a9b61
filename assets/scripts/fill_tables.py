"""Write what the shipped reports measured into the tables of the README and of the model card.

    python assets/scripts/fill_tables.py [--captions FILE FILE] [--check]

The reports are those of assets/reports, whose README has the commands; --captions takes what
``python -m fusion evaluate --captions --json`` printed, without and with --known-wordings. A row of a table is found by
its first cell; what is not a figure stays. With --check nothing is written, and the exit code is 1 where a table says
something else.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
REPORTS = {
    "pairs": "fusion-pairs.json.gz",
    "emoji": "fusion-held-out-emoji.json.gz",
    "style": "fusion-style.json.gz",
}
README, CARD = ROOT / "README.md", ROOT / "assets/weights/fusion/README.md"
NOTHING = "-"


def percent(value: float) -> str:
    """A share as the tables have it."""
    return NOTHING if math.isnan(value) else f"{100 * value:.1f} %"


def decibel(value: float) -> str:
    """PSNR in a table over all pairs."""
    return NOTHING if math.isnan(value) else f"{value:.1f} dB"


def plain(value: float, digits: int = 3) -> str:
    """Any other figure."""
    return NOTHING if math.isnan(value) else f"{value:.{digits}f}"


def number(figures: dict[str, Any], *path: str) -> float:
    """The figure at ``path``; NaN where the split has none."""
    found: Any = figures
    for name in path:
        found = (found or {}).get(name)
    return math.nan if found is None else float(found)


def overall(reports: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    """Row of the first table -> its cells, a column for each split."""
    columns = [reports[split]["figures"] for split in REPORTS]

    def row(show: Any, *path: str) -> list[str]:
        return [show(number(one, *path)) for one in columns]

    filled = zip(row(plain_two, "fill"), row(plain_two, "fill_fitted"), strict=True)
    return {
        "pairs": [str(one["n"]) for one in columns],
        "main subject right": row(percent, "main_accuracy"),
        "aligned": row(percent, "alignment_accuracy"),
        "truth among the three likeliest hypotheses": row(percent, "among_three"),
        "recipe family named right": row(percent, "family_accuracy"),
        "IoU": row(plain, "iou"),
        "PSNR under the network's own layout": row(decibel, "psnr_own_layout"),
        "PSNR under the true layout": row(decibel, "psnr_true_layout"),
        "... of the plain composite, true layout": row(decibel, "baselines", "composite_psnr"),
        "... of the average of the two emoji": row(decibel, "baselines", "average_psnr"),
        "SSIM under the network's own layout": row(plain, "ssim_own_layout"),
        "how much of its canvas a sticker fills, long side, as painted and fitted": [
            NOTHING if NOTHING in both else ", ".join(both) for both in filled
        ],
        "perceptual distance, own layout": row(plain, "perceptual_own_layout"),
        "same main subject when the two are swapped": row(percent, "swap", "main"),
    }


def plain_two(value: float) -> str:
    """With two digits."""
    return plain(value, 2)


def by_family(report: dict[str, Any]) -> dict[str, list[str]]:
    """Row of the card's table of families -> its cells."""
    return {
        name: [
            str(one["n"]),
            percent(number(one, "main_accuracy")),
            percent(number(one, "alignment_accuracy")),
            plain(number(one, "iou"), 2),
            plain(number(one, "psnr_own_layout"), 1),
            plain(number(one, "psnr_true_layout"), 1),
            plain(number(one, "baselines", "composite_psnr"), 1),
        ]
        for name, one in report["figures"]["families"].items()
    }


def of_captions(held_out: Path, known: Path) -> dict[str, list[str]]:
    """Row of the table of sentences -> its cells."""
    new, old = (json.loads(file.read_text(encoding="utf-8"))["obeyed"] for file in (held_out, known))
    return {
        kind: [str(one["n"]), percent(one["obeyed"]), percent(old[kind]["obeyed"]), percent(one["without"])]
        for kind, one in new.items()
    }


def filled(text: str, *tables: dict[str, list[str]]) -> str:
    """``text`` with the rows of ``tables`` in it; a row of one table has as many cells as that has columns."""
    rows = {(label, len(cells)): cells for table in tables for label, cells in table.items()}

    def lines() -> Iterator[str]:
        for line in text.split("\n"):
            cells = re.fullmatch(r"\| (.*) \|", line)
            label, *rest = cells[1].split(" | ") if cells else [""]
            known = rows.get((label, len(rest)))
            yield line if known is None else f"| {' | '.join([label, *known])} |"

    return "\n".join(lines())


def main(arguments: list[str] | None = None) -> int:
    """Fill in, or check."""
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--captions", type=Path, nargs=2, metavar="FILE", help="what evaluate --captions --json printed"
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 where a table is out of date")
    args = parser.parse_args(arguments)
    reports = {
        split: json.loads(gzip.decompress((ROOT / "assets/reports" / name).read_bytes()))
        for split, name in REPORTS.items()
    }
    tables = [overall(reports), *([of_captions(*args.captions)] if args.captions else [])]
    stale = False
    for file, more in ((README, []), (CARD, [by_family(reports["pairs"])])):
        before = file.read_text(encoding="utf-8")
        after = filled(before, *tables, *more)
        stale |= after != before
        if not args.check:
            file.write_text(after, encoding="utf-8")
    if args.check and stale:
        print("The tables say something else than the reports; run python assets/scripts/fill_tables.py.")
    return int(args.check and stale)


if __name__ == "__main__":
    raise SystemExit(main())
