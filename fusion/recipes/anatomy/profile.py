"""The head of an animal seen from the side: its eye, the top of its head above it, which way it looks.

Coordinates are drawing-area units, 0 to 128.

Source: DESIGN section 3.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from fusion.emoji.catalog import Catalog
from fusion.geometry import PUBLISHED_FRAME, VIEW_BOX
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.anatomy.groups import Leaf, leaves

EYE = (3.0, 15.0)
"""Bounds of an eye's longer side."""
ROUND = 1.9
"""An eye is at most so many times as long as it is wide."""
DARK = 0.36
"""Luminance below which a dot may be an eye."""
HEAD = (7.0, 30.0)
"""Bounds of the distance from the eye to the top of the head."""


class Profile(NamedTuple):
    """An eye's centre and longer side; ``top``: y of the head above it; ``ahead``: -1 looks left, 1 right."""

    x: float
    y: float
    size: float
    top: float
    ahead: int


GIVEN: dict[str, Profile | None] = {
    "cat": Profile(42, 40, 9, 21, -1),
    "black cat": Profile(42, 39, 9, 21, -1),
    "horse face": Profile(53, 54, 10, 22, -1),
    "unicorn": Profile(49, 58, 10, 31, -1),
    "elephant": Profile(40, 50, 7, 14, -1),
    "rhinoceros": Profile(43, 69, 7, 46, -1),
    "raccoon": Profile(16, 77, 5, 63, -1),
    "hedgehog": Profile(34, 75, 8, 54, -1),
    "chipmunk": Profile(26, 55, 8, 34, -1),
    "T-Rex": Profile(32, 25, 5, 18, -1),
    "honeybee": Profile(35, 56, 12, 37, -1),
    "flamingo": Profile(48, 11, 5, 4, -1),
    "peacock": None,
    "lady beetle": None,
    "donkey": None,
    "hippopotamus": None,
}
"""Where measuring goes wrong: two eyes, an eye without a dark dot of its own, dots that are nostrils or spots."""


@cache
def profile(key: str) -> Profile | None:
    """The head in profile; ``None`` where no dark dot looks like an eye."""
    name = Catalog.default()[key].name
    if name in GIVEN:
        return GIVEN[name]
    body = anatomy(key)
    solid = Catalog.default().render(key, int(VIEW_BOX), PUBLISHED_FRAME)[..., 3] > 127
    found = []
    for leaf in leaves(key):
        if not _is_dot(leaf):
            continue
        x, y = leaf.x, leaf.y
        column = np.flatnonzero(solid[: int(y) + 1, max(int(x) - 3, 0) : int(x) + 4].any(1))
        if not len(column):
            continue
        top = float(column[0])
        if HEAD[0] <= y - top <= HEAD[1]:
            outer = abs(x - body.center[0]) / max(body.width, 1)
            found.append((outer - 0.008 * (y - body.box[1]), leaf, top))
    if not found:
        return None
    _, leaf, top = max(found, key=lambda item: item[0])
    size = max(leaf.box[2] - leaf.box[0], leaf.box[3] - leaf.box[1])
    return Profile(leaf.x, leaf.y, size, top, -1 if leaf.x < body.center[0] else 1)


def _is_dot(leaf: Leaf) -> bool:
    wide, high = leaf.box[2] - leaf.box[0], leaf.box[3] - leaf.box[1]
    if leaf.light > DARK or not EYE[0] <= max(wide, high) <= EYE[1]:
        return False
    return max(wide, high) <= ROUND * min(wide, high) and leaf.inside > 0.6
