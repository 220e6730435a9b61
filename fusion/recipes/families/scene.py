"""Scene: a creature or thing in the foreground of a place, which is the main subject.

Source: DESIGN section 3 (companion).
"""

from __future__ import annotations

from fusion.geometry import Frame
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, put
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import emoji, is_scene, is_thing

SIZE = 62.0
"""Long side of what stands in front, in drawing-area units."""


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the place, main subject; ``second``: who stands in front."""
    place, visitor = bodies(first, second)
    half = SIZE * visitor.height / max(visitor.width, visitor.height) / 2
    layout = put(visitor, SIZE, (place.center[0] + 16, min(place.box[3] + 2, 127) - half), frame)
    reason = f"{emoji(second).name} stands in front of {emoji(first).name}"
    return laid_over("scene", 0, Sprite(first), Sprite(second), (layout,), reason)


FAMILY = Family("scene", build, is_scene, is_thing, "a place and someone to stand in front of it")
