"""Backdrop: a thing in front of something large and bright (a guitar in flames). The blaze is the main subject.

What :mod:`aura` does for heads, for whatever is compact.

Source: DESIGN section 3.
"""

from __future__ import annotations

from functools import cache

from fusion.geometry import Frame
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, put
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import emoji, is_blaze, is_hand, is_mark, is_scene, is_smiley, is_tile

SIZE = 84.0
"""Long side of what stands in front, in drawing-area units."""


@cache
def stands_before(key: str) -> bool:
    """Anything with an outline of its own."""
    return not (is_blaze(key) or is_mark(key) or is_scene(key) or is_tile(key) or is_smiley(key) or is_hand(key))


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: what stands in front; ``second``: the blaze, main subject."""
    front, blaze = bodies(first, second)
    half = SIZE * front.height / max(front.width, front.height) / 2
    layout = put(front, SIZE, (blaze.center[0], min(blaze.box[3] + 8, 127) - half), frame)
    reason = f"{emoji(second).name} blazes behind {emoji(first).name}"
    return laid_over("backdrop", 1, Sprite(second), Sprite(first), (layout,), reason)


FAMILY = Family("backdrop", build, stands_before, is_blaze, "anything and something large and bright behind it")
