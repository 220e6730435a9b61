"""Balance: a face carries a thing on its head. The face is the main subject.

What :mod:`perch` does for animals, for things that have no place for a face and are not worn.

Source: DESIGN section 3.
"""

from __future__ import annotations

from functools import cache

from fusion.geometry import Frame
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, head, put
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import emoji, has_head, is_creature, is_hand, is_mark, is_scene, is_tile

SIZE, SINK = 64.0, 0.1
"""Long side of the thing in drawing-area units; share of its height below the top of the head."""
CEILING, LOWEST = -31.0, 34.0
"""y at which the canvas ends; height below which a thing is not recognised."""


@cache
def is_carried(key: str) -> bool:
    """A thing: nobody, no hand, no sign, no place."""
    return not (is_creature(key) or is_hand(key) or is_mark(key) or is_scene(key) or is_tile(key))


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the face, main subject; ``second``: what it carries."""
    body, thing = bodies(first, second)
    face = head(body)
    if face is None:
        return None
    longest = max(thing.width, thing.height)
    height = min(SIZE * thing.height / longest, (min(face.eye_top - 4, face.top + 10) - CEILING))
    if height < LOWEST * thing.height / longest:
        return None
    bottom = min(face.top + SINK * height + 2, face.eye_top - 3)
    layout = put(thing, height, (face.center[0], max(bottom - height / 2, CEILING + height / 2)), frame, along="height")
    reason = f"{emoji(first).name} carries {emoji(second).name} on the head"
    return laid_over("balance", 0, Sprite(first), Sprite(second), (layout,), reason)


FAMILY = Family("balance", build, has_head, is_carried, "a face and a thing to carry on the head")
