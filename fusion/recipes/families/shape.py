"""Shape: a plain shape (heart, star, drop, cloud) cut out of the other. The shape is the main subject.

It keeps its own light and shadow. Looks: one large piece that fills the shape; three copies inside it.

Source: DESIGN section 3.
"""

from __future__ import annotations

import re

from fusion.geometry import Frame
from fusion.recipes.anatomy.anatomy import Anatomy, anatomy
from fusion.recipes.family import Family
from fusion.recipes.looks import look
from fusion.recipes.painting.paint import luminance_curve
from fusion.recipes.placing import bodies, left_to_right, put
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import emoji, is_face, is_mark, is_person, is_scene, is_smiley, is_tile, kind, named

SHAPES = re.compile(
    r"\b(heart|star|moon|cloud|droplet|drop of blood|leaf|clover|shamrock|shield|gem stone|diamond|spade|club|egg|"
    r"sparkles|sparkle|dizzy|puzzle piece|bubbles|feather|balloon|rosette|boomerang|guitar|bell|nut|seedling)\b"
)
PLAIN = {"geometric", "heart"}
CRAMMED = re.compile(r"(face|letter|buttons?$|on fire|with arrow|growing|beating|revolving|two hearts|exclam|slash|keycap)")
FILLS = 0.3
"""Share of the drawing area that the other has to cover so that a piece of it can fill a shape."""


def is_shape(key: str) -> bool:
    """A silhouette that is known whatever it is made of."""
    if is_smiley(key) or is_face(key) or is_person(key) or named(key, CRAMMED):
        return False
    return (kind(key) in PLAIN or named(key, SHAPES)) and anatomy(key).seat[2] >= 20


def is_stuffing(key: str) -> bool:
    """Covers enough of its picture to fill a shape; no sign, no person."""
    return anatomy(key).cover > FILLS and not (is_mark(key) or is_person(key) or is_smiley(key) or is_face(key))


def filling(shape: Anatomy, thing: Anatomy) -> tuple[float, tuple[float, float]]:
    """Long side and centre of the other so that its fullest part lies over the whole shape."""
    x0, y0, x1, y1 = shape.box
    reach = 0.5 * max(x1 - x0, y1 - y0)
    scale = min(max(reach / max(thing.seat[2], 1), 1.0), 1.75)
    size = scale * max(thing.width, thing.height)
    gx, gy = thing.seat[0] - thing.center[0], thing.seat[1] - thing.center[1]
    return size, (shape.seat[0] - 0.6 * scale * gx, shape.seat[1] - 0.6 * scale * gy)


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the shape, main subject; ``second``: what it is cut out of."""
    if kind(first) == kind(second):
        return None
    shape, thing = bodies(first, second)
    if look(first, second, 3, "shape") and anatomy(second).seat[2] > 24:
        size, at = filling(shape, thing)
        instances = (put(thing, size, at, frame),)
    else:
        x, y, r = shape.seat
        size = 1.25 * r
        spots = ((x - 0.72 * r, y - 0.3 * r), (x + 0.72 * r, y - 0.35 * r), (x, y + 0.62 * r))
        instances = left_to_right(thing, (put(thing, size, spot, frame) for spot in spots), frame)
    strokes = (
        Stroke(Sprite(first), curve=luminance_curve(shape.palette, thing.palette)),
        *(Stroke(Sprite(second), layout, instance=k, clip=Sprite(first)) for k, layout in enumerate(instances)),
        Stroke(Sprite(first, "full|shade"), opacity=0.55),
    )
    reason = f"{emoji(first).name} can be cut out of {emoji(second).name}"
    return Recipe("shape", 0, strokes, instances, recolour=True, reason=reason)


FAMILY = Family("shape", build, is_shape, is_stuffing, "a plain shape and something to cut it out of", in_router=False)
