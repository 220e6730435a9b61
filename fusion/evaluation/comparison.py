"""Two networks over the same pairs: what one mended, what it broke, and whether the difference is more than chance.

Source: McNemar 1947, in its exact form, for right and wrong; Efron 1979, the percentile bootstrap over pairs, for
means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

import numpy as np
from scipy.stats import binomtest

from fusion.errors import FusionError
from fusion.evaluation.report import Row
from fusion.evaluation.report_file import SavedReport

VERDICTS = {"main": "main_ok", "aligned": "aligned"}
NUMBERS = ("iou", "psnr_own_layout", "psnr_true_layout", "perceptual_own_layout")
RESAMPLES, COVERAGE = 4000, 0.95


class VerdictChange(TypedDict):
    """Right and wrong over ``n`` pairs. ``mended``: wrong before, right now; ``p``: of McNemar's exact test."""

    n: int
    before: float
    after: float
    mended: int
    broke: int
    p: float


class NumberChange(TypedDict):
    """Means over ``n`` pairs, and the interval that holds their difference with a probability of 95 %."""

    n: int
    before: float
    after: float
    difference: float
    low: float
    high: float


SPLIT_NAMES = {"pairs": "held-out pairs", "emoji": "pairs with a held-out emoji", "style": "pairs in another style"}


class Comparison(TypedDict):
    """Two networks over one split. ``pairs``: code points of those that were ``mended``, ``broke``, or ``flipped``.

    Mended and broken are said of the alignment; flipped are those whose main subject is another now. ``n``: how many
    both have, ``of`` those that each has; ``rosters``: whose recipes were the truth of each, "" where nobody knows.
    """

    split: str
    n: int
    of: tuple[int, int]
    rosters: tuple[str, str]
    before: str
    after: str
    verdicts: dict[str, VerdictChange]
    numbers: dict[str, NumberChange]
    families: dict[str, VerdictChange]
    pairs: dict[str, list[tuple[str, str]]]


def compare_reports(before: SavedReport, after: SavedReport) -> Comparison:
    """Compare over the pairs that both have. Raises FusionError where there is none, or the splits differ."""
    if before.split != after.split:
        raise FusionError(f"One report is of {before.split}, the other of {after.split}; compare like with like.")
    then = {(row.first, row.second): row for row in before.rows}
    both = [(then[pair], row) for row in after.rows if (pair := (row.first, row.second)) in then]
    if not both:
        raise FusionError("The two have no pair in common; measure both with the same version and --limit.")
    old, new = ([pair[side] for pair in both] for side in (0, 1))
    families = sorted({row.family for row in new})
    of_family = {name: [at for at, row in enumerate(new) if row.family == name] for name in families}
    changes = {
        name: verdict_change([old[at] for at in rows], [new[at] for at in rows], "aligned")
        for name, rows in of_family.items()
    }
    return {
        "split": after.split,
        "n": len(both),
        "of": (len(before.rows), len(after.rows)),
        "rosters": (before.roster, after.roster),
        "before": f"{before.name} ({before.weights})",
        "after": f"{after.name} ({after.weights})",
        "verdicts": found({name: verdict_change(old, new, field) for name, field in VERDICTS.items()}),
        "numbers": found({name: number_change(old, new, name) for name in NUMBERS}),
        "families": found(changes),
        "pairs": {
            "mended": changed(old, new, "aligned", 0, 1),
            "broke": changed(old, new, "aligned", 1, 0),
            "flipped": changed(old, new, "main_ok", 0, 1) + changed(old, new, "main_ok", 1, 0),
        },
    }


def found(changes: Mapping[str, VerdictChange | NumberChange | None]) -> dict:
    """Those that there are."""
    return {name: change for name, change in changes.items() if change is not None}


def changed(old: Sequence[Row], new: Sequence[Row], field: str, was: float, now: float) -> list[tuple[str, str]]:
    """The pairs whose ``field`` was ``was`` and is ``now``."""
    return [
        (b.first, b.second)
        for a, b in zip(old, new, strict=True)
        if getattr(a, field) == was and getattr(b, field) == now
    ]


def known_in_both(old: Sequence[Row], new: Sequence[Row], field: str) -> tuple[np.ndarray, np.ndarray]:
    """The figures of the pairs that have one before and after, float64 (n,) each."""
    values = np.array([[getattr(a, field), getattr(b, field)] for a, b in zip(old, new, strict=True)], float)
    values = values.reshape(-1, 2)
    values = values[np.isfinite(values).all(1)]
    return values[:, 0], values[:, 1]


def verdict_change(old: Sequence[Row], new: Sequence[Row], field: str) -> VerdictChange | None:
    """How right and wrong changed; ``None`` where nobody decides."""
    before, after = known_in_both(old, new, field)
    if not len(before):
        return None
    mended, broke = int(((before == 0) & (after == 1)).sum()), int(((before == 1) & (after == 0)).sum())
    p = binomtest(mended, mended + broke).pvalue if mended + broke else 1.0
    return {
        "n": len(before),
        "before": round(float(before.mean()), 5),
        "after": round(float(after.mean()), 5),
        "mended": mended,
        "broke": broke,
        "p": round(float(p), 6),
    }


def number_change(old: Sequence[Row], new: Sequence[Row], field: str) -> NumberChange | None:
    """How a mean changed; ``None`` where no pair has the figure."""
    before, after = known_in_both(old, new, field)
    if not len(before):
        return None
    low, high = bootstrap(after - before)
    return {
        "n": len(before),
        "before": round(float(before.mean()), 5),
        "after": round(float(after.mean()), 5),
        "difference": round(float((after - before).mean()), 5),
        "low": round(low, 5),
        "high": round(high, 5),
    }


def bootstrap(differences: np.ndarray) -> tuple[float, float]:
    """The interval of the mean of ``differences`` (n,), always the same for the same numbers."""
    generator = np.random.default_rng(0)
    rows = generator.integers(len(differences), size=(RESAMPLES, len(differences)))
    low, high = np.quantile(differences[rows].mean(1), [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2])
    return float(low), float(high)


def header(result: Comparison) -> list[str]:
    """What was compared; and a line where that is less than was measured, or not by one truth."""
    n, (then, now), (old, new) = result["n"], result["of"], result["rosters"]
    lines = [f"{n} {SPLIT_NAMES[result['split']]}: before {result['before']}, after {result['after']}"]
    if n < max(then, now):
        lines.append(f"Only pairs that both have are compared, of {then} and {now}.")
    if old and new and old != new:
        lines.append(
            f"The rosters {old} and {new} choose other pairs and other truths; evaluate --roster makes it one."
        )
    return lines


def comparison_table(result: Comparison) -> str:
    """The comparison as lines of text."""
    lines = [*header(result)]
    lines.append(f"{'':22}{'before':>10}{'after':>10}{'mended':>10}{'broke':>10}{'p':>12}")
    rows = {**result["verdicts"], **{f"  {name}": one for name, one in result["families"].items()}}
    for name, one in rows.items():
        chance = "-" if not one["mended"] + one["broke"] else f"{one['p']:.4g}"
        lines.append(
            f"{name:22}{one['before']:>10.4f}{one['after']:>10.4f}{one['mended']:>10}{one['broke']:>10}{chance:>12}"
        )
    lines.append(f"{'':22}{'before':>10}{'after':>10}{'difference':>12}  95 % of resamples")
    for name, change in result["numbers"].items():
        interval = f"{change['low']:+.4f} to {change['high']:+.4f}"
        lines.append(
            f"{name:22}{change['before']:>10.4f}{change['after']:>10.4f}{change['difference']:>+12.4f}  {interval}"
        )
    return "\n".join([*lines, f"main subject flipped: {len(result['pairs']['flipped'])}"])
