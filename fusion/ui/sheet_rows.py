"""Rows of an evaluation: what their emoji can be, means over them, and the table that one takes away.

Source: DESIGN section 7.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Literal

from fusion.emoji.catalog import Catalog
from fusion.evaluation.report import alignment_rank, worst
from fusion.ui.evaluation_answers import SheetRow, Totals
from fusion.ui.runs import Subject

COLUMNS = tuple(SheetRow.__annotations__)
ABOUT = ("split", "preset", "weights", "hash", "style")
"""Columns that say what a row is of, in a table that is taken away."""
LISTS: tuple[Literal["categories", "roles"], ...] = ("categories", "roles")
"""Columns of several values."""
FIGURES = ("main_ok", "aligned", "iou", "center_error", "scale_error", "psnr")
"""Columns of which means are shown."""
ROLES = (
    *("smiley", "face", "person", "hand", "animal", "critter", "tile", "scene", "mark", "thing", "wearable", "stuff"),
    *("floating", "blaze", "motif", "container", "surface"),
)
"""Roles of the teacher that an emoji can have: ``is_...`` of ``fusion.recipes.roles``."""


@cache
def roles_of(key: str) -> tuple[str, ...]:
    """What an emoji can stand for. Imported when it is asked for: the page needs no teacher to open."""
    from fusion.recipes import roles

    return tuple(name for name in ROLES if getattr(roles, f"is_{name}")(key))


def described(row: SheetRow, catalog: Catalog) -> SheetRow:
    """A row with the names, categories and roles of its two emoji."""
    keys = row["first"], row["second"]
    first, second = (catalog[key] for key in keys)
    return {
        **row,
        "first_name": first.name,
        "second_name": second.name,
        "categories": list(dict.fromkeys((first.category, second.category))),
        "roles": list(dict.fromkeys(role for key in keys for role in roles_of(key))),
    }


def totals(rows: Sequence[SheetRow]) -> Totals:
    """Means over the rows so far; ``None`` where there is nothing to average."""
    means = {name: mean([row.get(name) for row in rows]) for name in FIGURES}
    return Totals(n=len(rows), **means)  # type: ignore[typeddict-item]


def mean(values: Iterable[Any]) -> float | None:
    """Mean of the numbers there are; ``None`` if there is none."""
    known = [float(value) for value in values if value is not None]
    return sum(known) / len(known) if known else None


def least_aligned(rows: Sequence[SheetRow], count: int) -> list[SheetRow]:
    """The rows with the lowest IoU first; a wrong main subject has none and comes before all."""
    return worst(rows, lambda row: alignment_rank(row["iou"], row["center_error"]), count)


def to_csv(rows: Sequence[SheetRow], subject: Subject) -> str:
    """The rows as comma-separated values with a header line; each says which run it is of."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, (*COLUMNS, *ABOUT), extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    about = {name: getattr(subject, name) for name in ABOUT}
    for row in rows:
        lists: dict[str, str] = {name: "; ".join(row[name]) for name in LISTS}
        writer.writerow({**row, **lists, **about})
    return buffer.getvalue()
