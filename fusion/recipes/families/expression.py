"""Expression: an animal, a ghost, a robot, the sun looks like the smiley. The other face is the main subject.

It keeps head, ears and snout and gets the smiley's eyes, brows, glasses, tears and hearts; where no snout is in the way
the mouth as well. Its own eyes are gone first, so that none are left doubled.

Source: design section 3.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import numpy as np

from fusion.geometry import Frame, Layout
from fusion.recipes.anatomy import groups
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.family import Family
from fusion.recipes.painting.paint import luminance_curve
from fusion.recipes.placing import Point, bodies, head, scaled
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import emoji, is_animal, is_face, kind, named
from fusion.recipes.tone import contrasting, tone_at

ENLARGE = 1.18
"""Distance of the new eyes relative to that of the old ones."""
LEAST, MOST = 0.5, 1.0
"""Bounds of the features' scale."""
WIDEST = 0.98
"""Width of the features relative to the head at eye height, at most."""
WHOLE_FACE = 0.92
"""Size of a whole face relative to the head at eye height."""
SMALLEST_GAP = 14.0
"""Eyes closer than this belong to a whole body, and new ones would not be seen."""
HIDDEN = re.compile(r"\b(peeking|screaming|shaking|sneezing|clown|disguised|upside-down|rolling on)\b")
"""Smileys whose features mean nothing without the rest of them."""
GUARDED = re.compile(r"\b(hear-no-evil|see-no-evil|weary cat|crossbones|clouds)\b")
"""Faces with hands or bones over them."""
YELLOW, NOT_YELLOW = np.float32([0.98, 0.80, 0.17]), 0.22
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
    if kind(key).startswith("face-") and not (kind(key) in ("face-costume", "face-negative")):
        return False
    seen = head(body)
    return seen is not None and seen.gap >= SMALLEST_GAP


@cache
def has_snout(key: str) -> bool:
    """Whether something worth keeping lies where a mouth would go."""
    return is_animal(key) or named(key, re.compile(r"\b(bear|ogre|goblin)\b"))


def features_layout(smiley: str, host: str, whole: bool, frame: Frame) -> tuple[Layout, float, Point]:
    """Where the smiley goes so that its eyes land on the host's; its scale, and the middle of the host's eyes."""
    donor, body = bodies(smiley, host)
    own, new = head(body), head(donor)
    x, y = own.center
    wide = WIDEST * own.width
    if whole:
        scale = min(WHOLE_FACE * own.width / (donor.disc[2] - donor.disc[0]), 1.6 * own.gap / new.gap)
    else:
        extent = groups.box_of(smiley, groups.look(smiley))
        scale = min(ENLARGE * own.gap / new.gap, wide / max(extent[2] - extent[0], 1.0))
    scale = min(max(scale, LEAST), MOST)
    return scaled(scale, new.center, (x, y - 1), frame), scale, (x, y)


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the smiley; ``second``: the face that takes on its look, main subject."""
    whole = not has_snout(second)
    layout, scale, (x, y) = features_layout(first, second, whole, frame)
    under = Sprite(second, "blank" if whole else "browless")
    half = 0.5 * head(anatomy(second)).gap + 8
    tone = tone_at(under, round(x), round(y), round(half), 9.0 if not whole else 22.0)
    part = contrasting("expression" if whole else "look", tone)
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


FAMILY = Family(
    "expression", build, expresses, is_host, "a smiley and another face that looks at us", in_router=False
)
