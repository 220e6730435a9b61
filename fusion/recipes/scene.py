"""Scene: a creature or thing in the foreground of a place, which is the main subject.

Source: design section 3 (companion); study, "creature on scene".
"""

from __future__ import annotations

from fusion.geometry import Frame
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, put
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import emoji, is_mark, is_scene

SIZE = 62.0
"""Long side of what stands in front, in drawing-area units."""


def visits(key: str) -> bool:
    """Anything but places, signs and flags."""
    return not (is_scene(key) or is_mark(key))


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the place, main subject; ``second``: who stands in front."""
    place, visitor = bodies(first, second)
    half = SIZE * visitor.height / max(visitor.width, visitor.height) / 2
    layout = put(visitor, SIZE, (place.center[0] + 16, min(place.box[3] + 2, 127) - half), frame)
    return Recipe(
        "scene",
        0,
        (Stroke(Sprite(first)), Stroke(Sprite(second), layout, instance=0)),
        (layout,),
        reason=f"{emoji(second).name} stands in front of {emoji(first).name}",
    )


FAMILY = Family("scene", build, is_scene, visits, "a place and someone to stand in front of it")
