"""Wheels: the vehicle rolls on the other. The vehicle is the main subject.

Source: DESIGN section 3.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from fusion.emoji.catalog import Catalog
from fusion.geometry import PUBLISHED_FRAME, Frame
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.anatomy.fittings import wheels
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, put
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import emoji, is_face, is_scene, is_smiley, is_tile

ENLARGE = 1.3
"""Size of the other relative to the wheel that it replaces."""
FLOOR = 127.0
"""The canvas ends one unit below."""
ROUND = 0.92
"""Overlap (intersection over union) with the ellipse of its box from which a thing is round."""


def has_wheels(key: str) -> bool:
    """A vehicle from the side."""
    return key in wheels()


@cache
def is_round(key: str) -> bool:
    """Fills its box as a disc does: a ball, a doughnut, a coin; no face, which would be too small to read."""
    body = anatomy(key)
    if not 0.86 < body.width / max(body.height, 1) < 1.16 or body.cover < 0.3:
        return False
    if is_scene(key) or is_tile(key) or is_smiley(key) or is_face(key):
        return False
    solid = Catalog.default().render(key, 128, PUBLISHED_FRAME)[..., 3] > 127
    rows, columns = np.mgrid[: len(solid), : len(solid)] + 0.5
    x, y = body.center
    disc = np.hypot((columns - x) / body.width, (rows - y) / body.height) < 0.5
    return float((solid & disc).sum() / (solid | disc).sum()) > ROUND


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the vehicle, main subject; ``second``: what it rolls on."""
    thing = bodies(first, second)[1]
    spots = wheels()[first]
    sizes = [ENLARGE * spot.radius for spot in spots]
    places = [(spot.x, min(spot.y, FLOOR - half)) for spot, half in zip(spots, sizes, strict=True)]
    instances = tuple(put(thing, 2 * half, at, frame) for half, at in zip(sizes, places, strict=True))
    reason = f"{emoji(first).name} rolls on {emoji(second).name}"
    return laid_over("wheels", 0, Sprite(first), Sprite(second), instances, reason)


FAMILY = Family("wheels", build, has_wheels, is_round, "a vehicle and something round")
