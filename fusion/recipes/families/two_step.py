"""Two steps in a row: the other emoji large behind the head, and again in place of both eyes.

The head is the main subject and stays in front. Three instances, left to right: eye, the one behind, eye.

Source: DESIGN section 3 ("two steps in a row").
"""

from __future__ import annotations

from fusion.geometry import Frame
from fusion.recipes.families.motif_eyes import eye_layouts, has_eyes
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, head, left_to_right, put
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import emoji, is_animal, is_blaze

BEHIND = 150.0
"""Long side of the one behind, in drawing-area units: it reaches over the head to the top of the canvas."""


def looks(key: str) -> bool:
    """An animal's face whose eyes were found."""
    return has_eyes(key) and is_animal(key)


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the face, main subject; ``second``: the blaze."""
    body, blaze = bodies(first, second)
    face = head(body)
    if face is None or not face.measured or face.gap < 20:
        return None
    behind = put(blaze, BEHIND, (64, 46), frame)
    left, right = eye_layouts(face, blaze, frame)
    instances = left_to_right(blaze, (behind, left, right), frame)
    place = {layout: k for k, layout in enumerate(instances)}
    return Recipe(
        "two steps",
        0,
        (
            Stroke(Sprite(second), behind, instance=place[behind]),
            Stroke(Sprite(first, "eyeless" if body.removable else "full")),
            Stroke(Sprite(second), left, instance=place[left]),
            Stroke(Sprite(second), right, instance=place[right]),
        ),
        instances,
        reason=f"{emoji(second).name} stands behind the head and in the eyes of {emoji(first).name}",
    )


FAMILY = Family("two steps", build, looks, is_blaze, "an animal's face and something large and bright")
