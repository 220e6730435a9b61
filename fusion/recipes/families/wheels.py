"""Wheels: the vehicle rolls on the other. The vehicle is the main subject.

Source: DESIGN section 3.
"""

from __future__ import annotations

import math

from fusion.geometry import Frame
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.anatomy.fittings import wheels
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, put
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import emoji, is_scene, is_tile

ENLARGE = 1.45
"""Size of the other relative to the wheel that it replaces."""


def has_wheels(key: str) -> bool:
    """A vehicle from the side."""
    return key in wheels()


def is_round(key: str) -> bool:
    """Fills its box as a disc does: a ball, a doughnut, a coin, a face."""
    body = anatomy(key)
    ratio = body.width / max(body.height, 1)
    share = body.cover * 128 * 128 / max(body.width * body.height, 1)
    return 0.86 < ratio < 1.16 and abs(share / (math.pi / 4) - 1) < 0.08 and not (is_scene(key) or is_tile(key))


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the vehicle, main subject; ``second``: what it rolls on."""
    thing = bodies(first, second)[1]
    spots = wheels()[first]
    instances = tuple(put(thing, 2 * ENLARGE * s.radius, (s.x, s.y - 2), frame) for s in spots)
    reason = f"{emoji(first).name} rolls on {emoji(second).name}"
    return laid_over("wheels", 0, Sprite(first), Sprite(second), instances, reason)


FAMILY = Family("wheels", build, has_wheels, is_round, "a vehicle and something round", in_router=False)
