"""Gesture: a hand at the cheek or the chin of a face, which is the main subject: it waves, claps, points.

Looks: at the left or the right, whichever way the hand leans, so that its fingers point at the face.

Source: DESIGN section 3.
"""

from __future__ import annotations

from functools import cache

from fusion.geometry import Frame
from fusion.recipes.craft import covers, landing
from fusion.recipes.family import Family
from fusion.recipes.looks import lean
from fusion.recipes.placing import bodies, put
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import emoji, is_face, is_hand, is_smiley, kind

SIZE = 62.0
"""Long side of the hand in drawing-area units."""
HIDES = 0.12
"""Share of an eye or a mouth that a hand may cover."""


@cache
def has_cheeks(key: str) -> bool:
    """A face, smiley or not."""
    return is_smiley(key) or is_face(key) or kind(key).startswith("face-")


@cache
def is_gesture(key: str) -> bool:
    """A hand, or two."""
    return is_hand(key) and kind(key) not in ("body-parts",)


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the face, main subject; ``second``: the hand."""
    body, hand = bodies(first, second)
    low = body.box[3] - 8
    spots = ((body.box[2] - 8, low - 14), (body.box[0] + 8, low - 14), (body.center[0], low + 6))
    turn = int(lean(second) < 0)
    for x, y in (spots[turn], spots[1 - turn], spots[2]):
        half = SIZE * hand.height / max(hand.width, hand.height) / 2
        layout = put(hand, SIZE, (x, min(y, 127 - half)), frame)
        if covers(first, landing(second, layout, frame)) < HIDES:
            reason = f"{emoji(second).name} goes with {emoji(first).name}"
            return laid_over("gesture", 0, Sprite(first), Sprite(second), (layout,), reason)
    return None


FAMILY = Family("gesture", build, has_cheeks, is_gesture, "a face and a hand")
