"""The upper edge of a silhouette: where another thing can stand, sit or look over.

Measured on the flat picture, once per emoji, in drawing-area units (0 to 128).

Source: DESIGN section 3.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from fusion.emoji.catalog import Catalog
from fusion.geometry import PUBLISHED_FRAME
from fusion.recipes.anatomy.anatomy import anatomy

STEP = 7.0
"""Greatest difference in height between two points of an edge that is level."""


class Edge(NamedTuple):
    """A level stretch of the upper edge: its middle, its height, its length, and how far it rises or falls."""

    x: float
    y: float
    length: float
    slant: float


@cache
def tops(key: str) -> np.ndarray:
    """(128,) float: y of the topmost solid unit of each column; 128 where there is none."""
    solid = Catalog.default().render(key, 128, PUBLISHED_FRAME)[..., 3] > 127
    return np.where(solid.any(0), solid.argmax(0), len(solid)).astype(np.float32)


@cache
def top_edge(key: str, width: float) -> Edge:
    """The most level stretch of ``width`` units, of near-equals the more central and the higher one."""
    heights, body = tops(key), anatomy(key)
    span = max(int(min(width, body.width * 0.8)), 6)
    low, high = int(body.box[0]), int(body.box[2])
    if high - low < span:
        return Edge(*body.center, 0.0, 0.0)
    parts = np.lib.stride_tricks.sliding_window_view(heights[low:high], span)
    x = low + np.arange(len(parts)) + span / 2
    y, lowest = np.median(parts, axis=1), parts.max(1)
    ragged = lowest - parts.min(1)
    cost = ragged + 0.35 * np.abs(x - body.center[0]) + 0.25 * (y - body.box[1])
    cost[lowest >= body.box[3] - 2] = np.inf
    best = int(cost.argmin())
    return Edge(float(x[best]), float(y[best]), float(span), float(ragged[best]))
