"""Perch: a small animal sits on the head of a face, which is the main subject.

Source: DESIGN section 3 (companion).
"""

from __future__ import annotations

from fusion.geometry import Frame
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, head, put
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import emoji, has_head, is_critter

SIZE = 58.0
"""Long side of the animal in drawing-area units."""
SINK = 0.16
"""Share of the animal's height that is below the top of the head."""


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the head, main subject; ``second``: the animal."""
    body, animal = bodies(first, second)
    face = head(body)
    if face is None:
        return None
    height = SIZE * animal.height / max(animal.width, animal.height)
    # The canvas ends 32 units above the drawing area.
    y = max(face.top + SINK * height - height / 2, height / 2 - 31)
    layout = put(animal, SIZE, (face.center[0], y), frame)
    reason = f"{emoji(second).name} sits on the head of {emoji(first).name}"
    return laid_over("perch", 0, Sprite(first), Sprite(second), (layout,), reason)


FAMILY = Family("perch", build, has_head, is_critter, "a face and an animal small enough for its head")
