"""Inside: the other emoji in a jar, a bowl, a screen, a speech balloon. The container is the main subject.

Source: DESIGN section 3.
"""

from __future__ import annotations

import math

from fusion.geometry import Frame
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, put
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import emoji, is_container, is_thing, kind

FILL = 2.0
"""Diagonal of what is inside, in radii of the container's seat."""


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the container, main subject; ``second``: what is in it; a glass in a glass is nothing."""
    if kind(first) == kind(second):
        return None
    container, thing = bodies(first, second)
    x, y, radius = container.seat
    diagonal = math.hypot(thing.width, thing.height)
    size = FILL * radius * max(thing.width, thing.height) / diagonal
    layout = put(thing, size, (x, y), frame)
    reason = f"{emoji(first).name} can hold or show {emoji(second).name}"
    return laid_over("inside", 0, Sprite(first), Sprite(second), (layout,), reason)


FAMILY = Family("inside", build, is_container, is_thing, "a container and something to put in")
