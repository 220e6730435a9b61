"""Expression: an animal, a ghost, a robot, the sun looks like the smiley. The other face is the main subject.

It keeps head, ears and snout and gets the smiley's eyes, brows, glasses, tears and hearts; where no snout is in the way
the mouth as well. Its own eyes are gone first, so that none are left doubled.

Source: DESIGN section 3.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import numpy as np

from fusion.geometry import Frame
from fusion.recipes.anatomy import groups
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.family import Family
from fusion.recipes.painting.paint import luminance_curve
from fusion.recipes.placing import bodies, head, head_of, middle, scaled
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import emoji, is_animal, is_face, kind, named
from fusion.recipes.tone import Tone, contrasting, tone_at

ENLARGE, CLOSE = (1.12, 1.28), 38.0
"""Distance of the new eyes relative to that of the old ones: two looks, the larger one for eyes that are this close."""
LEAST, MOST = 0.5, 1.0
"""Bounds of the features' scale."""
WIDEST = 0.98
"""Width of the features relative to the head at eye height, at most."""
WHOLE_FACE = (1.0, 1.12)
"""Size of a whole face relative to the head at eye height: two looks, the larger one where the eyes are close."""
SMALLEST_GAP = 14.0
"""Eyes closer than this belong to a whole body, and new ones would not be seen."""
NARROWEST = 40.0
"""Width of the narrowest head whose face can be read."""
HIDDEN = re.compile(r"\b(peeking|screaming|shaking|sneezing|clown|disguised|upside-down|rolling on)\b")
"""Smileys whose features mean nothing without the rest of them."""
GUARDED = re.compile(r"\b(hear-no-evil|see-no-evil|weary cat|crossbones|clouds)\b")
"""Faces with hands or bones over them."""
STRANGE = re.compile(r"\b(horns|skull)\b")
"""Faces among the smileys that are none."""
SNOUT = re.compile(r"\b(bear|ogre|goblin|clown)\b")
"""Faces besides the animals' with a nose or a mouth worth keeping."""
YELLOW, NOT_YELLOW = np.array([0.98, 0.80, 0.17], np.float32), 0.13
"""A smiley whose disc is further than this from the usual yellow is told by its colour: hot, enraged, nauseated."""


@cache
def expresses(key: str) -> bool:
    """A smiley whose features can be had without its disc and hands."""
    body = anatomy(key)
    return (
        body.disc is not None
        and body.eyes is not None
        and kind(key).startswith("face-")
        and not named(key, HIDDEN)
        and len(groups.look(key)) > 0
    )


@cache
def is_host(key: str) -> bool:
    """A frontal face that is no yellow smiley, whose own eyes can be taken off."""
    body = anatomy(key)
    if not is_face(key) or not body.removable or named(key, GUARDED) or kind(key).startswith("person"):
        return False
    if kind(key).startswith("face-") and kind(key) != "face-costume" and not named(key, STRANGE):
        return False
    seen = head(body)
    return seen is not None and seen.gap >= SMALLEST_GAP and seen.width >= NARROWEST


@cache
def has_snout(key: str) -> bool:
    """Whether something worth keeping lies where a mouth would go."""
    return is_animal(key) or named(key, SNOUT)


def takes_mouth(smiley: str, host: str, scale: float) -> bool:
    """Whether the animal's mouth can be taken off, and the smiley's lands below its nose and on its head."""
    lips = groups.box_of(smiley, groups.mouth(smiley))
    if lips is None or not groups.own_mouth(host):
        return False
    (_, y), (_, eyes) = head_of(host).center, head_of(smiley).center
    top, bottom = (y + scale * (edge - eyes) for edge in (lips[1], lips[3]))
    return top > groups.nose_bottom(host) - 2 and bottom < anatomy(host).box[3] - 2


def scale_on(smiley: str, host: str, whole: bool) -> float:
    """How large the smiley's features are on the host."""
    donor = anatomy(smiley)
    own, new = head_of(host), head_of(smiley)
    close = own.gap < CLOSE
    if whole:
        disc = donor.disc or donor.box
        scale = min(WHOLE_FACE[close] * own.width / (disc[2] - disc[0]), 1.8 * own.gap / new.gap)
    else:
        x0, _, x1, _ = groups.box_of(smiley, groups.look(smiley)) or donor.box
        scale = min(ENLARGE[close] * own.gap / new.gap, WIDEST * own.width / max(x1 - x0, 1.0))
    return min(max(scale, LEAST), MOST)


@cache
def ground(under: Sprite, host: str, whole: bool) -> Tone:
    """What lies under the new features: about both eyes for an animal, else about the whole face."""
    seen = head_of(host)
    x, y = seen.center
    if whole:
        return tone_at(under, x, y + 8, 0.5 * seen.gap + 8, 22.0)
    left, right = (tone_at(under, *middle(box), 9.0, 10.0) for box in seen.eyes)
    return Tone((left.light + right.light) / 2, max(left.spread, right.spread))


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the smiley; ``second``: the face that takes on its look, main subject."""
    whole = not has_snout(second)
    scale = scale_on(first, second, whole)
    x, y = head_of(second).center
    layout = scaled(scale, head_of(first).center, (x, y - 1), frame)
    speaks = whole or takes_mouth(first, second, scale)
    if groups.is_plain(first) and not speaks:
        return None
    under = Sprite(second, "blank" if whole else "nosed" if speaks else "browless")
    part = contrasting("expression" if speaks else "look", ground(under, second, whole))
    reason = f"{emoji(second).name} makes the face of {emoji(first).name}"
    recipe = laid_over("expression", 1, under, Sprite(first, part), (layout,), reason)
    return coloured(recipe, first, second) if is_coloured(first) else recipe


@cache
def is_coloured(key: str) -> bool:
    """Whether the smiley's disc is of another colour than yellow."""
    colour = np.median(anatomy(key).palette[:, 1:], axis=0)
    return bool(np.abs(colour - YELLOW).max() > NOT_YELLOW)


def coloured(recipe: Recipe, smiley: str, host: str) -> Recipe:
    """The same with the host in the smiley's colour."""
    donor, body = bodies(smiley, host)
    under = replace(recipe.strokes[0], curve=luminance_curve(body.palette, donor.palette))
    return replace(
        recipe, strokes=(under, *recipe.strokes[1:]), recolour=True, reason=f"{recipe.reason} and turns its colour"
    )


FAMILY = Family("expression", build, expresses, is_host, "a smiley and another face that looks at us")
