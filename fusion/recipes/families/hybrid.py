"""Hybrid: the head of one face with the ears, horns or mane of the other, its muzzle, its colours.

A ghost cat, a robot panda, a bear with the horns of a cow. The main subject keeps its head.

Source: DESIGN section 3.
"""

from __future__ import annotations

import re
from functools import cache

from fusion.geometry import Frame
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.ears import ear_strokes, ears, mane_stroke
from fusion.recipes.families.creature import MANE, face_box, gives_face
from fusion.recipes.families.expression import is_host
from fusion.recipes.family import Family
from fusion.recipes.painting.paint import luminance_curve
from fusion.recipes.placing import bodies, head_of, scaled
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import emoji, is_animal, kind, named
from fusion.recipes.tone import contrasting, looked_at, tone_at

MASK = (0.92, 1.0)
"""Width of the other's muzzle relative to the head that it goes on, both at eye height: two looks, the larger one for
heads that are as wide as they are high."""
LEAST, MOST = 0.4, 1.2
"""Bounds of a scale."""
EARS_APART = 0.62
"""Distance of the new ears relative to the width of the head."""
STRONG = 0.35
"""Ears that are so large a share of their head tell the donor alone; weaker ones go with its colours."""
ANTLERS = re.compile(r"\b(moose|lion)\b")
"""What these have on their heads goes behind another's ears."""
CAT = re.compile(r"\bcat\b")
BARE = re.compile(r"\b(ghost|alien|robot|skull|pile of poo|jack-o-lantern|moon face|horns|snowman|sun with face)\b")
"""Heads that are told by their shape or colour alone, so that another's face can go on them."""


@cache
def is_bare(key: str) -> bool:
    """A head that stays itself without its face."""
    return is_host(key) and not is_animal(key) and named(key, BARE)


@cache
def takes_part(key: str) -> bool:
    """A frontal face of either kind."""
    return is_bare(key) or gives_face(key)


@cache
def gives_part(key: str) -> bool:
    """A face with ears, horns or a mane to give, or with a muzzle."""
    return gives_face(key)


@cache
def ear_share(key: str) -> float:
    """Share of a head's area that is ears or horns, 0 to 1."""
    return float(looked_at(Sprite(key, "ears"))[..., 3].sum() / max(looked_at(Sprite(key))[..., 3].sum(), 1))


def order(key: str) -> float:
    """Heads known by their shape come first, then round ones; large ears, manes and masks are for others to wear."""
    if is_bare(key):
        return -1.0
    return ear_share(key) + (named(key, ANTLERS) or not is_animal(key))


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the head, main subject; ``second``: whose ears and muzzle, or whose ears and colours."""
    if kind(first) == kind(second) == "cat-face" or (named(first, CAT) and named(second, CAT)):
        return None
    if is_bare(first):
        return masked(first, second, frame)
    return eared(first, second, frame) if ears(second) else None


def masked(host: str, donor: str, frame: Frame) -> Recipe:
    """The other's whole face and ears on a head that is known without its own face."""
    own, new = head_of(host), head_of(donor)
    body = anatomy(host)
    x0, _, x1, _ = face_box(donor)
    scale = min(MASK[body.width >= body.height] * own.width / new.width, 0.8 * own.width / max(x1 - x0, 1.0))
    scale = min(max(scale, LEAST), MOST)
    layout = scaled(scale, new.center, own.center, frame)
    under = Sprite(host, "blank")
    tone = tone_at(under, own.center[0], own.center[1] + 8, 0.5 * own.gap + 8, 20.0)
    strokes = (
        *crown(donor, host, scale, frame),
        Stroke(under),
        Stroke(Sprite(donor, contrasting("muzzle", tone)), layout, instance=0),
    )
    reason = f"{emoji(host).name} wears the face and the ears of {emoji(donor).name}"
    return Recipe("hybrid", 0, strokes, (layout,), reason=reason)


def eared(host: str, donor: str, frame: Frame) -> Recipe:
    """The other's ears or horns on a head that keeps its face, and unless they tell enough, its colours."""
    body, other = bodies(host, donor)
    own, new = head_of(host), head_of(donor)
    scale = min(max(own.width / new.width, LEAST), MOST)
    layout = scaled(scale, new.center, own.center, frame)
    part = "full" if named(donor, ANTLERS) else "earless"
    strokes = [*crown(donor, host, scale, frame, part)]
    if ear_share(donor) > STRONG or part == "full":
        strokes += [Stroke(Sprite(host, part))] + ([Stroke(Sprite(host, "muzzle"))] if part == "earless" else [])
        reason = f"{emoji(host).name} wears what {emoji(donor).name} has on its head"
        return Recipe("hybrid", 0, tuple(strokes), (layout,), reason=reason)
    curve = luminance_curve(body.palette, other.palette)
    strokes += [Stroke(Sprite(host, part), curve=curve), Stroke(Sprite(host, "muzzle"))]
    reason = f"{emoji(host).name} has the ears and the colours of {emoji(donor).name}"
    return Recipe("hybrid", 0, tuple(strokes), (layout,), recolour=True, reason=reason)


def crown(donor: str, host: str, scale: float, frame: Frame, part: str = "full") -> tuple[Stroke, ...]:
    """Ears, horns or mane of ``donor`` behind the head of ``host``."""
    own = head_of(host)
    if named(donor, MANE):
        return (mane_stroke(donor, host, frame),)
    pieces = ears(donor)
    if len(pieces) > 1:
        apart = pieces[-1].foot[0] - pieces[0].foot[0]
        scale = min(max(EARS_APART * own.width / apart, 0.85 * scale), 1.5 * scale)
    return ear_strokes(donor, host, scale, own.center[0], frame, part)


FAMILY = Family("hybrid", build, takes_part, gives_part, "two faces, one of them an animal's", order=order)
