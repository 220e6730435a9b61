"""A report with all its rows as one small file: what ships for the page, and what two networks are compared by.

Columns instead of rows, compressed: 480 pairs take some 40 kB, a third of it what the layout branch makes of them.
"""

from __future__ import annotations

import gzip
import json
import math
import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from fusion.errors import FusionError
from fusion.evaluation.neighbours import PackedFeatures, packed, together, unpacked
from fusion.evaluation.report import Report, Row, report
from fusion.files import write_beside

FORMAT = 1
DIGITS = 4
SUFFIXES = (".json", ".json.gz")
TEXTS = ("first", "second", "family")
NUMBERS = tuple(field.name for field in fields(Row) if field.type == "float")


@dataclass(frozen=True)
class SavedReport:
    """An evaluation. ``preset``, ``weights``: what was measured, by name and by hash; ``roster``: whose recipes."""

    split: str
    size: int
    preset: str
    name: str
    weights: str
    roster: str
    rows: list[Row]

    @property
    def figures(self) -> Report:
        """The figures over all rows, and of each family."""
        return report(self.rows)


ABOUT = tuple(field.name for field in fields(SavedReport) if field.name != "rows")


def is_report(what: str | os.PathLike) -> bool:
    """Whether ``what`` names a report and no weights."""
    return str(what).endswith(SUFFIXES)


def write_report(path: str | os.PathLike, saved: SavedReport) -> None:
    """Write a report; compressed where its name ends in ``.gz``. Raises OutputError."""
    columns: dict[str, list] = {name: [getattr(row, name) for row in saved.rows] for name in TEXTS}
    columns |= {name: [known(getattr(row, name)) for row in saved.rows] for name in NUMBERS}
    content = {"format": FORMAT, **{name: getattr(saved, name) for name in ABOUT}}
    content |= {"figures": saved.figures, "columns": columns}
    if (features := together([row.features for row in saved.rows])) is not None:
        content["features"] = packed(features)
    text = json.dumps(content, allow_nan=False, separators=(",", ":")).encode()
    with write_beside(path) as partial:
        partial.write_bytes(gzip.compress(text, 9, mtime=0) if str(path).endswith(".gz") else text)


def read_report(path: str | os.PathLike) -> SavedReport:
    """A report that was written here. Raises FusionError naming the file and the remedy."""
    path = Path(path)
    try:
        raw = path.read_bytes()
        content = json.loads(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw)
        if content["format"] != FORMAT:
            raise FusionError(f"{path} has format {content['format']}, this version reads {FORMAT}; write it again.")
        rows = rows_of(content["columns"], content.get("features"))
        return SavedReport(rows=rows, **{name: content[name] for name in ABOUT})
    except FileNotFoundError:
        raise FusionError(f"There is no file {path}; write one with evaluate --report.") from None
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise FusionError(f"{path} is no report with rows ({error}); write it with evaluate --report.") from error


def rows_of(columns: dict[str, list[Any]], features: PackedFeatures | None = None) -> list[Row]:
    """The rows, from their columns and features; a figure that the file does not have is NaN."""
    count = len(columns["first"])
    texts = [[str(value) for value in columns[name]] for name in TEXTS]
    numbers = [[as_number(value) for value in columns.get(name, [None] * count)] for name in NUMBERS]
    named = [dict(zip(NUMBERS, values, strict=True)) for values in zip(*numbers, strict=True)]
    around = unpacked(features, count)
    return [
        Row(*three, **{**some, "features": known}) for *three, some, known in zip(*texts, named, around, strict=True)
    ]


def known(value: float) -> float | None:
    """A figure for the file; ``None`` for one that does not exist."""
    return round(value, DIGITS) if math.isfinite(value) else None


def as_number(value: Any) -> float:
    """A figure of the file; NaN for one that does not exist."""
    return math.nan if value is None else float(value)
