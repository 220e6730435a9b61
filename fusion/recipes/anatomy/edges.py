"""The upper edge of a silhouette: where another thing can stand, sit or look over.

Measured on the flat picture, once per emoji, in drawing-area units (0 to 128).

Source: DESIGN section 3.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.craft import picture

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
    solid = picture(key)[..., 3] > 0.5
    return np.where(solid.any(0), solid.argmax(0), len(solid)).astype(np.float32)


@cache
def top_edge(key: str, width: float) -> Edge:
    """The most level stretch of ``width`` units, of near-equals the more central and the higher one."""
    heights, body = tops(key), anatomy(key)
    span = max(int(min(width, body.width * 0.8)), 6)
    best, best_cost = Edge(*body.center, 0.0, 0.0), np.inf
    for start in range(int(body.box[0]), max(int(body.box[2]) - span, int(body.box[0])) + 1):
        part = heights[start : start + span]
        if not len(part) or part.max() >= body.box[3] - 2:
            continue
        x, y = start + len(part) / 2, float(np.median(part))
        ragged = float(part.max() - part.min())
        cost = ragged + 0.35 * abs(x - body.center[0]) + 0.25 * (y - body.box[1])
        if cost < best_cost:
            best, best_cost = Edge(x, y, float(span), ragged), cost
    return best
