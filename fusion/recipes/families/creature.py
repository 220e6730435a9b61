"""Creature: a thing with an animal's face and ears: cat taco, panda cake. The thing is the main subject.

Eyes, snout and whiskers go where the thing is plain, ears and horns on the outline of its top, behind it.

Source: DESIGN section 3.
"""

from __future__ import annotations

import re
from functools import cache

from fusion.geometry import VIEW_BOX, Frame
from fusion.recipes.anatomy import groups
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.craft import plain_seat
from fusion.recipes.ears import ear_strokes, ears, mane_stroke
from fusion.recipes.families.expression import is_host
from fusion.recipes.family import Family
from fusion.recipes.looks import is_food
from fusion.recipes.placing import head_of, scaled
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import emoji, is_animal, kind, named, takes_face
from fusion.recipes.tone import contrasting, tone_at

FILL = (1.0, 1.16)
"""Width of the face relative to its seat's: two looks, the larger one for food."""
LEAST, MOST = 0.3, 1.15
"""Bounds of its scale."""
EARS = (0.95, 1.6)
"""Bounds of the ears' scale relative to the face's: wide things have them further apart, so larger."""
EAR_SPREAD = 0.66
"""Distance of the ears relative to the width of the thing."""
BODIES = re.compile(r"\b(monkey|monkey face|dog|pig|ewe|sloth|seal|crab|chick|teddy bear|snowman)$")
"""Whole bodies, of which too little is face."""
MANE = re.compile(r"\blion\b")
"""Heads whose hair goes all the way round."""
SMALL = 0.15
"""Things that cover less of their square are too small to be somebody."""
ROOM = 17.0
"""Least radius of the place for a face, in drawing-area units."""
LABELLED = re.compile(r"\b(can|canned|box|salt|popcorn|fries)\b")
"""Food in a packet: its label would be covered."""
EVEN = 0.8
"""Symmetry of a dish or a fruit from which a face may cover what lies on it."""
TILT = 0.2
"""Ears whose places differ in height by more than this share of the thing's width would not look like a pair."""
HORNED = re.compile(r"\b(horns|clown|ogre|robot|alien)\b")
"""Faces besides the animals' that are known by what they have on their heads, or by their eyes."""


@cache
def gives_face(key: str) -> bool:
    """An animal's head, or another that is known by ears, horns or snout."""
    if not is_host(key) or named(key, BODIES):
        return False
    return (is_animal(key) or named(key, HORNED)) and len(groups.muzzle(key)) > 0


@cache
def has_room(key: str) -> bool:
    """A thing with a plain place for a face; on food, toppings may be covered."""
    if not takes_face(key):
        return False
    seat, body = plain_seat(key), anatomy(key)
    if body.cover < SMALL:
        return False
    upright = 0.55 < body.width / max(body.height, 1) < 2.4
    dish = kind(key).startswith("food-") and body.symmetry > EVEN and not named(key, LABELLED)
    return upright and seat.radius >= ROOM and (seat.plain or dish)


@cache
def face_box(key: str) -> tuple[float, float, float, float]:
    """The box of the face without its whiskers: as wide as eyes and snout."""
    wide = head_of(key)
    x0, y0, x1, y1 = groups.box_of(key, groups.muzzle(key)) or anatomy(key).box
    x, reach = wide.center[0], 0.4 * wide.width
    return max(x0, x - reach), y0, min(x1, x + reach), y1


def face_scale(animal: str, thing: str) -> float:
    """How large the animal's face is on a thing."""
    x0, y0, x1, y1 = face_box(animal)
    side = max(x1 - x0, 1.15 * (y1 - y0))
    return min(max(FILL[is_food(thing)] * 2 * plain_seat(thing).radius / side, LEAST), MOST)


def ear_scale(animal: str, thing: str, scale: float) -> float:
    """How large its ears are: so that they stand apart as the thing is wide, within bounds."""
    pieces = ears(animal)
    spread = pieces[-1].foot[0] - pieces[0].foot[0] if pieces else 0.0
    wanted = EAR_SPREAD * anatomy(thing).width / spread if spread > 20 else scale
    return min(max(wanted, EARS[0] * scale), EARS[1] * scale, 1.2)


def headdress(animal: str, thing: str, scale: float, x: float, frame: Frame) -> tuple[Stroke, ...] | None:
    """Ears, horns or mane behind the thing; ``None`` where they would not stand as a pair."""
    body = anatomy(thing)
    if named(animal, MANE):
        return (mane_stroke(animal, thing, frame),)
    strokes = ear_strokes(animal, thing, ear_scale(animal, thing, scale), 0.5 * (x + body.center[0]), frame)
    feet = [stroke.layout.offset_y for stroke in strokes]
    if feet and (max(feet) - min(feet)) * VIEW_BOX / frame.scale > TILT * body.width:
        return None
    return strokes


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the animal; ``second``: the thing, main subject."""
    seat, scale = plain_seat(second), face_scale(first, second)
    x0, y0, x1, y1 = face_box(first)
    layout = scaled(scale, ((x0 + x1) / 2, (y0 + y1) / 2), (seat.x, seat.y - 1), frame)
    tone = tone_at(Sprite(second), seat.x, seat.y, 0.8 * seat.radius, 0.8 * seat.radius)
    crown = headdress(first, second, scale, seat.x, frame)
    if crown is None:
        return None
    features = Stroke(Sprite(first, contrasting("muzzle", tone)), layout, instance=0)
    strokes = (*crown, Stroke(Sprite(second)), features)
    reason = f"{emoji(second).name} has room for the face of {emoji(first).name}"
    return Recipe("creature", 1, strokes, (layout,), reason=reason)


FAMILY = Family("creature", build, gives_face, has_room, "an animal's face and a thing with room for it")
