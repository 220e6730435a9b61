"""Halo: three small copies around the head. The face is the main subject.

Source: design section 3; study, third part, "Instances".
"""

from __future__ import annotations

import math

from fusion.geometry import Frame
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, head, left_to_right, put
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import emoji, is_face, is_floating, is_smiley

ANGLES = (-50, 0, 50)
"""Degrees from straight up, about the head's centre."""
SIZE = 34.0


def has_head(key: str) -> bool:
    """A face, smiley or not."""
    return is_smiley(key) or is_face(key)


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the face, main subject; ``second``: what floats about it."""
    body, floating = bodies(first, second)
    face = head(body)
    if face is None:
        return None
    x, width = face.center[0], max(face.width, 60.0)
    y = face.top + width / 2
    radius_x, radius_y = width / 2 + 4, width / 2 + 3

    def spot(degrees: float) -> tuple[float, float]:
        angle = math.radians(degrees)
        return x + radius_x * math.sin(angle), y - radius_y * math.cos(angle)

    instances = left_to_right(floating, (put(floating, SIZE, spot(a), frame) for a in ANGLES), frame)
    return Recipe(
        "halo",
        0,
        (Stroke(Sprite(first)), *(Stroke(Sprite(second), layout, instance=k) for k, layout in enumerate(instances))),
        instances,
        reason=f"{emoji(second).name} floats about the head",
    )


FAMILY = Family("halo", build, has_head, is_floating, "a face and something light that comes in swarms")
