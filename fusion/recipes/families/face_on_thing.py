"""Face on thing: a smiley's features where a thing is plain, as large as that place allows, in the tone that shows.

The thing is the main subject. What tints a whole face (frost, a sick green) stays behind; hands, tears and hearts
come along whole.

Source: DESIGN section 3.
"""

from __future__ import annotations

from functools import cache

from fusion.geometry import Frame
from fusion.recipes.craft import face_layout, face_strokes, ground, plain_seat
from fusion.recipes.families.expression import expresses
from fusion.recipes.family import Family
from fusion.recipes.recipe import Recipe
from fusion.recipes.roles import emoji, is_smiley, takes_face

LEAST = 14.0
"""Radius of a seat below which a face is a speck."""

MUDDY = 0.24
"""Ground that varies more than this and has no plain place turns to mud when its details give way."""


@cache
def bears_face(key: str) -> bool:
    """A thing with a place for a face that is large enough to read."""
    if not takes_face(key):
        return False
    seat = plain_seat(key)
    return seat.radius >= LEAST and (seat.plain or ground(key, *seat[:3]).unrest < MUDDY)


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: smiley; ``second``: the thing, main subject."""
    seat = plain_seat(second)
    layout = face_layout(first, seat, frame)
    strokes = face_strokes(first, second, seat, layout, "expression" if expresses(first) else "face")
    reason = f"{emoji(second).name} has a place for a face"
    return Recipe("face on thing", 1, strokes, (layout,), reason=reason)


@cache
def has_features(key: str) -> bool:
    """A smiley, clean or with hands that can be left out."""
    return is_smiley(key) or expresses(key)


FAMILY = Family("face on thing", build, has_features, bears_face, "a smiley and a thing with a plain place for a face")
