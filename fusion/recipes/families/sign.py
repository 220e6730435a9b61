"""Sign: a sign or a heart as a mark on the side of a thing or an animal, which is the main subject.

Signs come without their button, in ink or cream; on details, or on their own colour, they have a pale rim.

Source: DESIGN section 3.
"""

from __future__ import annotations

from functools import cache

from fusion.geometry import Frame
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.craft import BUSY, DARK, busyness, ground, plain_seat, rimmed
from fusion.recipes.families.printed import sign_curve
from fusion.recipes.family import Family
from fusion.recipes.placing import put
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import (
    FACED_NAMES,
    emoji,
    is_face,
    is_mark,
    is_person,
    is_scene,
    is_smiley,
    is_tile,
    kind,
    named,
)

LEAST = 15.0
"""Radius of the place from which a sign is read."""
FILL, BUTTON_FILL = 1.7, 2.0
"""Long side of the sign in radii of the place; of a button, whose sign alone may be drawn."""
EMBLEMS = {"heart", "zodiac", "punctuation", "currency", "geometric", "religion", "emotion", "math"}
"""Subcategories, besides signs, that are marks of something else."""


@cache
def bears_sign(key: str) -> bool:
    """A thing, or an animal from the side, with some room."""
    if (
        is_smiley(key)
        or is_face(key)
        or is_person(key)
        or is_mark(key)
        or is_scene(key)
        or kind(key).startswith("face")
        or named(key, FACED_NAMES)
    ):
        return False
    return plain_seat(key).radius >= LEAST and kind(key) not in EMBLEMS


@cache
def is_sign(key: str) -> bool:
    """A sign or an emblem."""
    return is_mark(key) or (kind(key) in EMBLEMS and not is_face(key))


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: what bears the sign, main subject; ``second``: the sign."""
    seat = plain_seat(first)
    tone = ground(first, *seat[:3]).value
    button = is_mark(second) and (is_tile(second) or kind(second) == "zodiac")
    drawn = button and busyness(first, *seat[:3]) <= BUSY
    layout = put(anatomy(second), (BUTTON_FILL if button else FILL) * seat.radius, (seat.x, seat.y), frame)
    part = "glyph" if drawn else "full|outline" if button else rimmed(second, first, layout, frame)
    mark = Stroke(Sprite(second, part), layout, instance=0, curve=sign_curve(tone < DARK + 0.15) if drawn else None)
    reason = f"{emoji(first).name} bears the sign {emoji(second).name}"
    return Recipe("sign", 0, (Stroke(Sprite(first)), mark), (layout,), reason=reason)


FAMILY = Family("sign", build, bears_sign, is_sign, "a thing or an animal and a sign or an emblem")
