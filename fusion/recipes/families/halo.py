"""Halo: three small copies around the head. The face is the main subject.

Source: DESIGN sections 3 and 8 (instances).
"""

from __future__ import annotations

import math

from fusion.geometry import Frame
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, head, left_to_right, put
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import emoji, has_head, is_floating

ANGLES = (-50, 0, 50)
"""Degrees from straight up, about the head's centre."""
SIZE = 34.0
"""Long side of a copy in drawing-area units."""


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
    reason = f"{emoji(second).name} floats about the head"
    return laid_over("halo", 0, Sprite(first), Sprite(second), instances, reason)


FAMILY = Family("halo", build, has_head, is_floating, "a face and something light that comes in swarms")
