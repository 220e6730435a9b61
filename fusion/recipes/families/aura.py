"""Aura: a head in front of something large and bright (fire, rainbow, cloud), which is the main subject.

Source: DESIGN section 3.
"""

from __future__ import annotations

from fusion.geometry import Frame
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, put
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import emoji, is_blaze, is_face, is_person

SIZE = 80.0
"""Long side of the head in drawing-area units."""


def stands_out(key: str) -> bool:
    """A head, or a small round creature: a whole person would not fit in front."""
    return is_face(key) and not is_person(key)


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the head in front; ``second``: the blaze behind, main subject."""
    front, blaze = bodies(first, second)
    x = 0.5 * blaze.seat[0] + 0.5 * blaze.center[0]
    half = SIZE * front.height / max(front.width, front.height) / 2
    layout = put(front, SIZE, (x, min(blaze.box[3] + 6, 128) - half), frame)
    reason = f"{emoji(second).name} stands behind {emoji(first).name}"
    return laid_over("aura", 1, Sprite(second), Sprite(first), (layout,), reason)


FAMILY = Family("aura", build, stands_out, is_blaze, "a head and something large and bright behind it")
