"""Histograms and a scatter plot of an evaluation's errors, readable on light and on dark ground."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fusion.alignment import ALIGNED_IOU

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Figures = Mapping[str, Any]
"""A row of the sheet (``answers.SheetRow``)."""

INK, RIGHT, WRONG = "#8a8f98", "#1a9c8c", "#e0703c"


def draw(rows: Sequence[Figures]) -> bytes:
    """IoU, centre error and scale error as histograms, centre against scale error as points: one transparent PNG."""
    # The object interface: pyplot keeps global state, and the server has several threads.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 2.9), layout="constrained")
    FigureCanvasAgg(figure)
    overlap, centre, scale, _ = axes = figure.subplots(1, 4)
    for ax in axes:
        dress(ax)
    histogram(overlap, rows, "iou", np.linspace(0, 1, 21), "IoU")
    overlap.axvline(ALIGNED_IOU, color=INK, lw=0.8, ls="--")
    histogram(centre, rows, "center_error", np.linspace(0, 0.4, 21), "centre error (of the canvas)")
    histogram(scale, rows, "scale_error", np.linspace(0, 1, 21), "scale error (|log ratio|)")
    centre.legend(fontsize=8, frameon=False, labelcolor=INK, loc="upper right")
    scatter(axes[3], rows)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=130, transparent=True)
    return buffer.getvalue()


def dress(ax: Axes) -> None:
    """Quiet axes that show on light and on dark ground."""
    ax.tick_params(colors=INK, labelsize=8, length=2)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(INK)
    ax.xaxis.label.set_color(INK)
    ax.yaxis.label.set_color(INK)


def known(rows: Sequence[Figures], *names: str) -> list[Figures]:
    """The rows that have all the named figures."""
    return [row for row in rows if all(row.get(name) is not None for name in names)]


def histogram(ax: Axes, rows: Sequence[Figures], name: str, edges: np.ndarray, title: str) -> None:
    """Right and wrong main subjects stacked; values beyond the last edge count into it."""
    kept = known(rows, name)
    values = [
        np.clip([row[name] for row in kept if bool(row["main_ok"]) is right], edges[0], edges[-1])
        for right in (True, False)
    ]
    ax.hist(values, bins=edges.tolist(), stacked=True, color=[RIGHT, WRONG], label=["main right", "main wrong"])
    ax.set_xlabel(title, fontsize=9)


def scatter(ax: Axes, rows: Sequence[Figures]) -> None:
    """Centre against scale error, a point a row."""
    kept = known(rows, "center_error", "scale_error")
    colours = [RIGHT if row["main_ok"] else WRONG for row in kept]
    ax.scatter(
        [row["center_error"] for row in kept], [row["scale_error"] for row in kept], s=9, c=colours, alpha=0.6, lw=0
    )
    ax.set_xlabel("centre error", fontsize=9)
    ax.set_ylabel("scale error", fontsize=9)
