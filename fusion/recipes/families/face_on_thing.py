"""Face on thing: a smiley's features where a thing is plain, as large as that place allows, in the tone that shows.

The thing is the main subject. What tints a whole face (frost, a sick green) stays behind; tears and hearts come along
whole, and so do hands where they are the point.

Source: DESIGN section 3.
"""

from __future__ import annotations

import re
from functools import cache

from fusion.geometry import Frame
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.craft import CALM, LIGHT, Seat, face_layout, face_strokes, ground, plain_seat
from fusion.recipes.families.expression import expresses
from fusion.recipes.family import Family
from fusion.recipes.recipe import Recipe
from fusion.recipes.roles import emoji, is_smiley, named, takes_face

LEAST = 14.0
"""Radius of a seat below which a face is a speck."""

MUDDY = 0.24
"""Ground that varies more than this and has no plain place turns to mud when its details give way."""

NEARLY = 0.75
"""A plain circle smaller than this share of the anatomy's seat makes a face too small where the thing is calm."""

HANDS = re.compile(r"\b(shushing|thinking|saluting|lying|hand over|open hands)\b")
"""Smileys that cannot be told without their hands (or their long nose)."""


@cache
def bears_face(key: str) -> bool:
    """A thing with a place for a face that is large enough to read."""
    if not takes_face(key):
        return False
    seat = plain_seat(key)
    return seat.radius >= LEAST and (seat.plain or ground(key, *seat[:3]).unrest < MUDDY)


@cache
def face_seat(key: str) -> Seat:
    """Where a face goes: where the thing is plain, or its larger seat if that is calm enough."""
    plain, seat = plain_seat(key), Seat(*anatomy(key).seat, plain=False)
    under = ground(key, *seat[:3])
    calm = under.value > LIGHT and under.unrest < CALM
    return seat if plain.radius < NEARLY * seat.radius and calm else plain


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: smiley; ``second``: the thing, main subject."""
    seat = face_seat(second)
    layout = face_layout(first, seat, frame)
    part = "expression" if expresses(first) and not named(first, HANDS) else "face"
    strokes = face_strokes(first, second, seat, layout, part)
    reason = f"{emoji(second).name} has a place for a face"
    return Recipe("face on thing", 1, strokes, (layout,), reason=reason)


@cache
def has_features(key: str) -> bool:
    """A smiley, clean or with hands that can be left out."""
    return is_smiley(key) or expresses(key)


FAMILY = Family("face on thing", build, has_features, bears_face, "a smiley and a thing with a plain place for a face")
