"""On top: a small thing stands on the flat top of a larger one, which is the main subject.

Source: DESIGN section 3.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from fusion.geometry import Frame
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.craft import picture
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, put
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import emoji, is_creature, is_hand, is_mark, is_smiley, is_tile

LEVEL = 2.5
"""How far a flat top may sink, in drawing-area units."""
LEAST_WIDTH = 34.0
"""Width of a top on which something can stand."""
SIZE = 62.0
"""Long side of what stands there."""
CEILING = -31.0
"""y at which the canvas ends."""


@cache
def top(key: str) -> tuple[float, float, float] | None:
    """``(x, y, width)`` of the widest level stretch of the silhouette's upper edge; ``None`` where it is too narrow."""
    solid = picture(key)[..., 3] > 0.5
    filled = solid.any(0)
    edge = np.where(filled, solid.argmax(0), 999)
    best = None
    y = edge.min()
    level = np.flatnonzero(edge <= y + LEVEL)
    runs = np.split(level, np.flatnonzero(np.diff(level) > 3) + 1)
    run = max(runs, key=len)
    if run[-1] - run[0] >= LEAST_WIDTH:
        best = (float(run[0] + run[-1]) / 2, float(y) + 1.5, float(run[-1] - run[0]))
    return best


@cache
def bears(key: str) -> bool:
    """Something with a flat top."""
    return not (is_mark(key) or is_hand(key) or is_creature(key)) and top(key) is not None and anatomy(key).cover > 0.16


@cache
def stands(key: str) -> bool:
    """Anything that is no sign."""
    return not (is_mark(key) or is_smiley(key) or is_tile(key))


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: what has the flat top, main subject; ``second``: what stands on it."""
    place = top(first)
    thing = bodies(first, second)[1]
    if place is None:
        return None
    x, y, width = place
    size = min(SIZE, 1.5 * width)
    height = min(size * thing.height / max(thing.width, thing.height), y + 3 - CEILING)
    if height < 26:
        return None
    layout = put(thing, height, (x, y + 3 - height / 2), frame, along="height")
    reason = f"{emoji(second).name} stands on {emoji(first).name}"
    return laid_over("on top", 0, Sprite(first), Sprite(second), (layout,), reason)


def order(key: str) -> float:
    """The one with the wider top bears the other."""
    place = top(key)
    return -(place[2] + 60 * anatomy(key).cover) if place else 0.0


FAMILY = Family("on top", build, bears, stands, "a thing with a flat top and something to stand there", order=order)
