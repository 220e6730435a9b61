"""Wearable: glasses on the eyes, hats on the head, flowers and bows at the ear, headphones over the ears.

The face or animal is the main subject. Hats leave the eyes free.

Source: DESIGN sections 3 and 8 (a frame that leaves room above the head).
"""

from __future__ import annotations

from fusion.geometry import VIEW_BOX, Frame, Layout
from fusion.recipes.anatomy.anatomy import Anatomy
from fusion.recipes.family import Family
from fusion.recipes.placing import Head, bodies, head, put, scaled
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import emoji, has_head, is_person, is_wearable, wear_seat

HAT_WIDTH = 0.8
"""Width of a hat relative to the head at eye height."""
HAT_SINK = 0.55
"""How far a hat comes down from the top of the head towards the eyes."""
EYE_GAP = 2.3
"""Width of glasses in distances between the eyes."""
FLOWER = 0.42
"""Long side of what is worn at the ear, relative to the head's width."""
WHERE = {
    "eyes": "goes on the eyes",
    "head": "goes on the head",
    "ear": "goes behind the ear",
    "ears": "goes over the ears",
}


def layout_on(face: Head, thing: Anatomy, seat: str, frame: Frame) -> Layout:
    """Where ``thing`` sits on a head, by its ``seat`` (see :func:`fusion.recipes.roles.wear_seat`)."""
    x, y = face.center
    if seat == "eyes":
        width = min(max(face.gap * EYE_GAP, face.width * 0.72), face.width * 1.05)
        return put(thing, width, (x, y + 1), frame, along="width")
    if seat == "ears":
        return put(thing, face.width * 1.12, (x, y - 2), frame, along="width")
    if seat == "ear":
        size = FLOWER * max(face.width, 70)
        return put(thing, size, (x + 0.33 * face.width, face.top + 0.12 * (y - face.top) + 8), frame)
    scale = min(face.width * HAT_WIDTH / thing.width, 1.15, tallest(face, thing, frame))
    bottom = face.top + HAT_SINK * (face.eye_top - 2 - face.top)
    return scaled(scale, thing.center, (x, bottom - scale * thing.height / 2), frame)


def tallest(face: Head, hat: Anatomy, frame: Frame) -> float:
    """The largest scale at which a hat raised as far as the frame allows still ends above the eyes."""
    rim = frame.to_canvas(0, (face.eye_top - 2) / VIEW_BOX)[1] - 0.5
    below = frame.to_canvas(0, hat.box[3] / VIEW_BOX)[1] - 0.5
    return max((rim + frame.max_offset) / below, 0.3)


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the head, main subject; ``second``: what it wears."""
    body, thing = bodies(first, second)
    face, seat = head(body), wear_seat(second)
    if face is None or seat is None or is_person(second):
        return None
    layout = layout_on(face, thing, seat, frame)
    reason = f"{emoji(second).name} {WHERE[seat]}"
    return laid_over("wearable", 0, Sprite(first), Sprite(second), (layout,), reason)


FAMILY = Family("wearable", build, has_head, is_wearable, "a face and something to wear")
