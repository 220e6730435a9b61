"""Shape: a plain shape (heart, star, drop, cloud, gem) cut out of the other. The shape is the main subject.

It keeps its own light and shadow. What the other does not reach has the other's palette.

Source: DESIGN section 3.
"""

from __future__ import annotations

import re
from functools import cache

from fusion.geometry import Frame, Layout
from fusion.recipes.anatomy.anatomy import Anatomy, anatomy
from fusion.recipes.craft import ground
from fusion.recipes.family import Family
from fusion.recipes.painting.paint import luminance_curve
from fusion.recipes.placing import bodies, put
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import emoji, is_animal, is_face, is_hand, is_mark, is_person, is_smiley, kind, named

SHAPES = re.compile(
    r"\b(star|moon|cloud|droplet|drop of blood|leaf|clover|shamrock|shield|gem stone|spade|club|"
    r"sparkles|puzzle piece|feather|balloon|boomerang|heart suit|diamond suit)\b"
)
PLAIN = {"geometric", "heart"}
CRAMMED = re.compile(
    r"(face|letter|button|on fire|with|growing|beating|revolving|two hearts|exclam|slash|mending|sparkling|decor|small)"
)
ROOM, RICH = 26.0, 0.13
"""Radius of the seat, and variation of colour there, from which a piece of a thing is told to be of that thing."""
LARGEST = 1.5
"""Largest scale of the other: what is cut out of it should still be recognised."""
SHADE = 0.5
"""Opacity of the shape's own light and shadow over its new stuff."""


def is_shape(key: str) -> bool:
    """A silhouette that is known whatever it is made of."""
    if is_smiley(key) or is_face(key) or is_person(key) or named(key, CRAMMED):
        return False
    return (kind(key) in PLAIN or named(key, SHAPES)) and anatomy(key).seat[2] >= 20


@cache
def is_stuff(key: str) -> bool:
    """Rich in pattern where it is widest: a pizza, a globe, a sunset; no sign, nobody."""
    if is_mark(key) or is_hand(key) or is_person(key) or is_smiley(key) or is_face(key) or is_animal(key):
        return False
    x, y, radius = anatomy(key).seat
    return radius > ROOM and ground(key, x, y, radius).variation > RICH


def filling(shape: Anatomy, thing: Anatomy, frame: Frame) -> Layout:
    """Where the other goes so that its fullest part lies over the whole shape."""
    reach = 0.5 * max(shape.width, shape.height)
    scale = min(max(reach / max(thing.seat[2], 1), 0.8), LARGEST)
    size = scale * max(thing.width, thing.height)
    (x, y), (cx, cy) = shape.center, thing.center
    return put(thing, size, (x - 0.7 * scale * (thing.seat[0] - cx), y - 0.7 * scale * (thing.seat[1] - cy)), frame)


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the shape, main subject; ``second``: what it is cut out of."""
    if kind(first) == kind(second):
        return None
    shape, thing = bodies(first, second)
    layout = filling(shape, thing, frame)
    strokes = (
        Stroke(Sprite(first), curve=luminance_curve(shape.palette, thing.palette)),
        Stroke(Sprite(second), layout, instance=0, clip=Sprite(first)),
        Stroke(Sprite(first, "full|shade"), opacity=SHADE),
    )
    reason = f"{emoji(first).name} can be cut out of {emoji(second).name}"
    return Recipe("shape", 0, strokes, (layout,), recolour=True, reason=reason)


FAMILY = Family("shape", build, is_shape, is_stuff, "a plain shape and something to cut it out of")
