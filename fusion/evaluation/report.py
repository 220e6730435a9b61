"""What an evaluation says: one row a pair, the figures over all of them, the worst of them. Free of torch.

Source: DESIGN section 6 (``evaluate``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

WORST = 40
"""Pairs on a sheet of the worst."""

T = TypeVar("T")
Rank = float | tuple[float, ...]


@dataclass
class Row:
    """One pair. ``among_three``: one of the three best ideas is the truth. ``fill``: long side over side of the canvas.

    NaN where a figure does not exist (no common instance, no target, no backbone, order matters).
    """

    first: str
    second: str
    family: str
    main_ok: float
    aligned: float
    iou: float
    center_error: float
    scale_error: float
    among_three: float = math.nan
    fill: float = math.nan
    fill_fitted: float = math.nan
    psnr_true_layout: float = math.nan
    psnr_own_layout: float = math.nan
    ssim_own_layout: float = math.nan
    perceptual_own_layout: float = math.nan
    average_psnr: float = math.nan
    composite_psnr: float = math.nan
    composite_psnr_own: float = math.nan
    swap_psnr: float = math.nan
    swap_main: float = math.nan


def mean(values: Sequence[float]) -> float | None:
    """Mean of the numbers there are, ``None`` if there is none."""
    known = [value for value in values if not math.isnan(value)]
    return round(sum(known) / len(known), 5) if known else None


def summary(rows: Sequence[Row]) -> dict:
    """The figures of DESIGN section 6 for some rows."""
    means = {f.name: mean([getattr(row, f.name) for row in rows]) for f in fields(Row) if f.type == "float"}
    baselines = {name: means.pop(name) for name in ("average_psnr", "composite_psnr", "composite_psnr_own")}
    swap = {"psnr": means.pop("swap_psnr"), "main": means.pop("swap_main")}
    renamed = {"main_accuracy": means.pop("main_ok"), "alignment_accuracy": means.pop("aligned")}
    return {"n": len(rows), **renamed, **means, "baselines": baselines, "swap": swap}


def report(rows: Sequence[Row]) -> dict:
    """The JSON of ``evaluate``: the figures over all pairs, and per family under ``families``."""
    names = sorted({row.family for row in rows})
    return summary(rows) | {"families": {name: summary([r for r in rows if r.family == name]) for name in names}}


def worst(
    rows: Sequence[T], count: int = WORST, badness: Callable[[T], Rank] = lambda row: picture_rank(row)
) -> list[T]:
    """The ``count`` rows with the lowest rank, worst first."""
    return sorted(rows, key=badness)[:count]


def picture_rank(row: Row) -> float:
    """Lower is worse: PSNR of the own picture, where there is none (the style split) IoU; what has neither is last."""
    known = [number for number in (row.psnr_own_layout, row.iou) if not math.isnan(number)]
    return known[0] if known else math.inf


def alignment_rank(iou: float | None, center_error: float | None) -> tuple[float, float]:
    """Lower is worse: IoU, then the distance of the centres; a missing figure is the worst there is."""
    return iou or 0.0, -(center_error or 1.0)


def table(result: dict) -> str:
    """The report as lines of text."""
    keys = ("n", "main_accuracy", "alignment_accuracy", "among_three", "iou", "psnr_true_layout", "psnr_own_layout")
    lines = [f"{'':16}" + "".join(f"{key:>20}" for key in (*keys, "composite_psnr"))]
    for name, part in {"all": result, **result["families"]}.items():
        cells = [part[key] for key in keys] + [part["baselines"]["composite_psnr"]]
        lines.append(f"{name:16}" + "".join(f"{'-' if cell is None else f'{cell:.4g}':>20}" for cell in cells))
    return "\n".join(lines)
