"""Companion: both emoji whole, the second smaller in the free space beside the first. The last resort for every pair.

Source: DESIGN sections 3 and 8 (not always at the lower right).
"""

from __future__ import annotations

from functools import cache

import numpy as np

from fusion.emoji.catalog import Catalog
from fusion.geometry import STICKER_FRAME, Frame, Layout
from fusion.recipes.anatomy.anatomy import Anatomy
from fusion.recipes.family import Family
from fusion.recipes.placing import Point, bodies, put
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import emoji

GRID = 16
"""Cells each way into which the canvas is divided to see where it is free."""
SIZE = 66.0
"""Long side of the companion in drawing-area units."""
CORNERS = (
    ("lower right", (106.0, 96.0), 0.0),
    ("lower left", (22.0, 96.0), 0.1),
    ("upper right", (106.0, 8.0), 1.0),
    ("upper left", (22.0, 8.0), 1.2),
)
"""Where the companion can stand: name, its centre in drawing-area units, how much less welcome it is there."""
RELUCTANCE = 0.36
"""What standing at the top costs, as a share of the companion that would hide something."""


@cache
def occupancy(key: str) -> np.ndarray:
    """(16, 16) share of each cell of the canvas that the emoji covers, in the sticker frame."""
    alpha = Catalog.default().render(key, 4 * GRID, STICKER_FRAME)[..., 3].astype(np.float32) / 255
    return alpha.reshape(GRID, 4, GRID, 4).mean((1, 3))


@cache
def best_corner(key: str) -> tuple[str, Point]:
    """Name and centre of that one of ``CORNERS`` where a companion hides least, less welcome places counting more."""
    cells = occupancy(key)
    half = SIZE / 128 * STICKER_FRAME.scale / 2

    def cost(corner: tuple[str, Point, float]) -> float:
        _, (x, y), unwelcome = corner
        u, v = STICKER_FRAME.to_canvas(x / 128, y / 128)
        rows, columns = (slice(max(round((c - half) * GRID), 0), max(round((c + half) * GRID), 1)) for c in (v, u))
        return float(cells[rows, columns].mean()) + RELUCTANCE * unwelcome

    return min(CORNERS, key=cost)[:2]


def beside(thing: Anatomy, size: float, at: Point, frame: Frame) -> Layout:
    """``thing`` with its long side ``size``, as near to ``at`` as the canvas allows."""
    half_w, half_h = (size * side / max(thing.width, thing.height) / 2 for side in (thing.width, thing.height))
    x, y = min(max(at[0], -14 + half_w), 142 - half_w), min(max(at[1], -30 + half_h), 127 - half_h)
    return put(thing, size, (x, y), frame)


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the main subject; ``second``: its companion."""
    thing = bodies(first, second)[1]
    place, at = best_corner(first)
    layout = beside(thing, SIZE, at, frame)
    reason = f"{emoji(second).name} finds room at the {place} of {emoji(first).name}"
    return laid_over("companion", 0, Sprite(first), Sprite(second), (layout,), reason)


def anything(key: str) -> bool:
    """Every emoji can stand beside another."""
    return True


FAMILY = Family("companion", build, anything, anything, "any two emoji")
