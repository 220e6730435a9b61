"""What an evaluation says: one row a pair, the figures over all of them, the worst of them. Free of torch.

Source: DESIGN section 6 (``evaluate``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from typing import TypedDict, TypeVar

import numpy as np

WORST = 40
"""Pairs on a sheet of the worst."""

COLUMNS = (
    "n",
    "main_accuracy",
    "alignment_accuracy",
    "among_three",
    "iou",
    "psnr_true_layout",
    "psnr_own_layout",
    "composite_psnr",
)
"""What a table shows of each family."""

T = TypeVar("T")
Rank = float | tuple[float, ...]


@dataclass
class Row:
    """One pair. ``among_three``: one of the three best hypotheses is it. ``fill``: long side over side of the canvas.

    ``family_ok``: the network names the truth's recipe family; ``count_ok``: as many instances as the truth has;
    ``switch_ok``: recoloured where the truth is; ``confidence``: how likely the network finds its own main subject and
    layout, in [0, 1]. NaN where a figure does not exist (no common instance, no target, no backbone, order matters).
    ``features``: what the layout branch makes of the pair, (D,), if that is known (``evaluation.neighbours``).
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
    count_ok: float = math.nan
    switch_ok: float = math.nan
    family_ok: float = math.nan
    confidence: float = math.nan
    features: np.ndarray | None = field(default=None, compare=False, repr=False)


KINDS = {
    "main": "main subject wrong",
    "count": "wrong number of copies",
    "shifted": "shifted",
    "size": "wrong size",
    "switch": "recoloured or not",
    "painted": "painted badly",
}
"""Kinds of error, in the order in which they are looked for, with what people call them."""
SHIFT, SIZE = 0.057, 0.144
"""Errors that alone bring an IoU of 0.75: a centre moved by a seventh of a box that is 0.4 wide, (w - d) / (w + d);
|log ratio| of both scales, exp(-2 s). Whichever of the two a pair has more of is what is wrong with it."""
POORLY = 20.0
"""PSNR under the true layout below which a pair is painted badly."""


def kind_of(row: Row) -> str:
    """What is wrong with a pair: the first of KINDS that is, or "" for nothing."""
    if row.main_ok == 0:
        return "main"
    if row.count_ok == 0:
        return "count"
    if row.aligned == 0:
        shift, size = (0.0 if math.isnan(error) else error for error in (row.center_error, row.scale_error))
        return "shifted" if shift / SHIFT >= size / SIZE else "size"
    if row.switch_ok == 0:
        return "switch"
    return "painted" if row.psnr_true_layout < POORLY else ""


def mean(values: Sequence[float]) -> float | None:
    """Mean of the numbers there are, ``None`` if there is none."""
    known = [value for value in values if not math.isnan(value)]
    return round(sum(known) / len(known), 5) if known else None


class Baselines(TypedDict):
    """What needs no network: the mean of the two emoji, the composite under the true and under its own layout."""

    average_psnr: float | None
    composite_psnr: float | None
    composite_psnr_own: float | None


class Swap(TypedDict):
    """How alike both orders of a pair are painted, and how often the main subject changes."""

    psnr: float | None
    main: float | None


class Figures(TypedDict):
    """Means over ``n`` pairs, each ``None`` where no pair has that figure."""

    n: int
    main_accuracy: float | None
    alignment_accuracy: float | None
    among_three: float | None
    family_accuracy: float | None
    iou: float | None
    center_error: float | None
    scale_error: float | None
    fill: float | None
    fill_fitted: float | None
    psnr_true_layout: float | None
    psnr_own_layout: float | None
    ssim_own_layout: float | None
    perceptual_own_layout: float | None
    baselines: Baselines
    swap: Swap


class Report(Figures):
    """The figures over all pairs, and of each family."""

    families: dict[str, Figures]


def summary(rows: Sequence[Row]) -> Figures:
    """The figures of DESIGN section 6 for some rows."""
    means = {f.name: mean([getattr(row, f.name) for row in rows]) for f in fields(Row) if f.type == "float"}
    return {
        "n": len(rows),
        "main_accuracy": means["main_ok"],
        "alignment_accuracy": means["aligned"],
        "among_three": means["among_three"],
        "family_accuracy": means["family_ok"],
        "iou": means["iou"],
        "center_error": means["center_error"],
        "scale_error": means["scale_error"],
        "fill": means["fill"],
        "fill_fitted": means["fill_fitted"],
        "psnr_true_layout": means["psnr_true_layout"],
        "psnr_own_layout": means["psnr_own_layout"],
        "ssim_own_layout": means["ssim_own_layout"],
        "perceptual_own_layout": means["perceptual_own_layout"],
        "baselines": {
            "average_psnr": means["average_psnr"],
            "composite_psnr": means["composite_psnr"],
            "composite_psnr_own": means["composite_psnr_own"],
        },
        "swap": {"psnr": means["swap_psnr"], "main": means["swap_main"]},
    }


def report(rows: Sequence[Row]) -> Report:
    """The JSON of ``evaluate``: the figures over all pairs, and per family under ``families``."""
    names = sorted({row.family for row in rows})
    families = {name: summary([row for row in rows if row.family == name]) for name in names}
    return {**summary(rows), "families": families}


def worst(rows: Sequence[T], badness: Callable[[T], Rank], count: int = WORST) -> list[T]:
    """The ``count`` rows with the lowest rank, worst first."""
    return sorted(rows, key=badness)[:count]


def picture_rank(row: Row) -> float:
    """Lower is worse: PSNR of the own picture, where there is none (the style split) IoU; what has neither is last."""
    known = [number for number in (row.psnr_own_layout, row.iou) if not math.isnan(number)]
    return known[0] if known else math.inf


def alignment_rank(iou: float | None, center_error: float | None) -> tuple[float, float]:
    """Lower is worse: IoU, then the distance of the centres; a missing figure is the worst there is."""
    return iou or 0.0, -(center_error or 1.0)


def table(result: Report) -> str:
    """The report as lines of text."""
    everything: Figures = result
    lines = [f"{'':16}" + "".join(f"{key:>20}" for key in COLUMNS)]
    for name, part in {"all": everything, **result["families"]}.items():
        by_name = {**part, **part["baselines"]}
        cells = [by_name[key] for key in COLUMNS]
        lines.append(f"{name:16}" + "".join(f"{'-' if cell is None else f'{cell:.4g}':>20}" for cell in cells))
    return "\n".join(lines)
