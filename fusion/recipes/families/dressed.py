"""Dressed: hats, glasses, flowers, headphones on whoever has no face that looks at us: birds, fish, animals, things.

A second pair of glasses goes up to the forehead. Who wears it is the main subject.

Source: DESIGN section 3.
"""

from __future__ import annotations

import re
from functools import cache

from fusion.geometry import Frame, Layout
from fusion.recipes.anatomy.anatomy import Anatomy, anatomy
from fusion.recipes.anatomy.profile import Profile, profile
from fusion.recipes.craft import plain_seat
from fusion.recipes.ears import roof, skyline
from fusion.recipes.family import Family
from fusion.recipes.placing import head_of, put
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import (
    BOWS,
    NARROW_SEAT,
    emoji,
    has_head,
    is_critter,
    is_smiley,
    kind,
    named,
    takes_face,
    wear_seat,
)

HAT = (2.9, 3.4)
"""Width of a hat in distances from the eye to the top of the head: two looks, the larger one for birds."""
HAT_BOUNDS = (30.0, 66.0)
"""Least and greatest width of a hat on a head in profile."""
SINK = 0.3
"""How far a hat comes down from the top of the head, relative to the distance to the eye."""
GLASSES = 2.9
"""Width of glasses in distances from the eye to the top of the head."""
GLASSES_BOUNDS = (28.0, 56.0)
"""Least and greatest width of glasses on a head in profile."""
TOP_DEPTH = 10.0
"""A thing's top is as wide as the thing is so far below its highest point."""
THING_HAT = (40.0, 96.0)
"""Least and greatest width of a hat on a thing."""
TALLEST = 72.0
"""Greatest height of a hat on a thing: the canvas ends above it."""
LEVEL = 14.0
"""A hat does not stand where the outline under it falls by more than this."""
FOREHEAD = re.compile(r"\b(sunglasses|nerd|disguised|monocle)\b")
"""Faces that wear glasses already."""


@cache
def wears_glasses(key: str) -> bool:
    """A smiley with glasses on."""
    return is_smiley(key) and named(key, FOREHEAD)


@cache
def is_side_view(key: str) -> bool:
    """An animal whose eye and head are seen from the side."""
    return is_critter(key) and not has_head(key) and profile(key) is not None


@cache
def has_top(key: str) -> bool:
    """A thing that stands upright, with a top that a hat can sit on and room for glasses below it."""
    if not takes_face(key) or wear_seat(key) is not None:
        return False
    body = anatomy(key)
    return body.symmetry > 0.72 and plain_seat(key).radius >= NARROW_SEAT and body.height > 0.45 * body.width


@cache
def is_dressable(key: str) -> bool:
    """Whoever this family dresses."""
    return wears_glasses(key) or is_side_view(key) or has_top(key)


@cache
def is_worn(key: str) -> bool:
    """Something to wear, on the head, the eyes or the ears."""
    return wear_seat(key) is not None


def on_profile(key: str, face: Profile, thing: Anatomy, seat: str, frame: Frame) -> Layout:
    """Where ``thing`` sits on the head of ``key``, seen from the side."""
    high = face.y - face.top
    back = -face.ahead
    if seat == "eyes":
        width = min(max(GLASSES * high, GLASSES_BOUNDS[0], 3.4 * face.size), GLASSES_BOUNDS[1])
        return put(thing, width, (face.x + 0.12 * face.ahead * width, face.y + 1), frame, along="width")
    if seat == "ears":
        return put(
            thing, max(2.3 * high, 30), (face.x + 0.15 * back * high, face.y - 0.15 * high), frame, along="width"
        )
    if seat == "ear":
        return put(thing, min(max(1.9 * high, 26), 44), (face.x + 0.9 * back * high, face.top + 2), frame)
    width = min(max(HAT[kind(key) == "animal-bird"] * high, HAT_BOUNDS[0]), HAT_BOUNDS[1])
    tall = width * thing.height / max(thing.width, 1)
    at = face.x + 0.35 * back * high, face.top + SINK * high - tall / 2 + 2
    return put(thing, width, at, frame, along="width")


def on_forehead(key: str, thing: Anatomy, frame: Frame) -> Layout:
    """Where a second pair of glasses goes, above the first."""
    face = head_of(key)
    at = face.center[0], face.top + 0.55 * (face.eye_top - face.top)
    return put(thing, 0.78 * face.width, at, frame, along="width")


def top_width(key: str) -> tuple[float, float]:
    """Middle and width of a thing ``TOP_DEPTH`` below its highest point."""
    line = skyline(key)
    columns = (line <= line.min() + TOP_DEPTH).nonzero()[0]
    return float(columns.mean()) + 0.5, float(columns[-1] - columns[0] + 1)


def on_thing(key: str, thing: Anatomy, seat: str, frame: Frame) -> Layout | None:
    """Where ``thing`` sits on a thing; ``None`` where its top is too steep; flowers would be badges."""
    body, place = anatomy(key), plain_seat(key)
    x, wide = top_width(key)
    if seat == "eyes":
        return put(thing, min(2.3 * place.radius, 0.96 * body.width), (place.x, place.y - 3), frame, along="width")
    if seat == "ears":
        return put(thing, 1.1 * body.width, (body.center[0], body.box[1] + 0.4 * body.height), frame, along="width")
    if seat == "ear":
        if not named(thing.key, BOWS):
            return None
        at = x + 0.3 * body.width
        return put(thing, min(max(0.4 * body.width, 26), 44), (at, roof(key, min(at, 127)) + 6), frame)
    width = min(max(1.05 * wide, THING_HAT[0]), THING_HAT[1], 0.95 * body.width + 12)
    fall = max(roof(key, x - 0.3 * width), roof(key, x + 0.3 * width)) - roof(key, x)
    if fall > LEVEL:
        return None
    tall = width * thing.height / max(thing.width, 1)
    width, tall = (side * min(TALLEST / tall, 1.0) for side in (width, tall))
    return put(thing, width, (x, roof(key, x) + max(0.7 * fall, 4) - tall / 2 + 2.5), frame, along="width")


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: who wears it, main subject; ``second``: what."""
    thing, seat, face = anatomy(second), wear_seat(second), profile(first)
    part, reason = "full", f"{emoji(first).name} wears {emoji(second).name}"
    if seat is None:
        return None
    if wears_glasses(first):
        where = on_forehead(first, thing, frame) if seat == "eyes" else None
        reason = f"{emoji(second).name} goes up to the forehead of {emoji(first).name}"
    elif face is not None and is_side_view(first):
        where = on_profile(first, face, thing, seat, frame)
        if seat == "ears":  # Of headphones in profile, the half with the nearer cup shows.
            part = f"full|{'right' if face.ahead < 0 else 'left'}:{thing.center[0]:g}"
    else:
        where = on_thing(first, thing, seat, frame)
    if where is None:
        return None
    return laid_over("dressed", 0, Sprite(first), Sprite(second, part), (where,), reason)


FAMILY = Family(
    "dressed",
    build,
    is_dressable,
    is_worn,
    "something to wear and an animal seen from the side, a thing with a top, or a face with glasses on",
)
