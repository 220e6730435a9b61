"""Guise: one smiley slips into what the other wears or holds: halo, cowboy hat, clouds, hearts, horns, melting.

The one with the guise is the main subject; its own face gives way to that of the other.

Source: DESIGN section 3.
"""

from __future__ import annotations

import re
from functools import cache

from fusion.geometry import Frame
from fusion.recipes.anatomy import groups
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.families.expression import expresses
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, head, scaled
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import emoji, is_smiley, kind, named
from fusion.recipes.tone import contrasting, tone_at

GUISES = re.compile(
    r"\b(halo|saluting|open hands|with hearts|partying|exploding|cowboy|clown|melting|clouds|horns|cold)\b"
)
"""Faces of which something worth having is left when the face itself is gone."""


@cache
def has_guise(key: str) -> bool:
    """A face in a hat, under a halo, in clouds, with hands."""
    return kind(key).startswith("face-") and named(key, GUISES) and head(anatomy(key)) is not None


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: who has the guise, main subject; ``second``: whose face it gets."""
    host, donor = bodies(first, second)
    own, new = head(host), head(donor)
    features = groups.box_of(second, groups.expression(second))
    if own is None or new is None or features is None or first == second:
        return None
    scale = min(own.gap / new.gap, 0.98 * own.width / max(features[2] - features[0], 1.0), 1.05)
    layout = scaled(max(scale, 0.6), new.center, (own.center[0], own.center[1]), frame)
    under = Sprite(first, "blank")
    tone = tone_at(under, own.center[0], own.center[1] + 12, 0.4 * own.width, 24.0)
    part = contrasting("expression", tone) if tone.spread < 0.2 else "expression"
    reason = f"{emoji(second).name} slips into the guise of {emoji(first).name}"
    return laid_over("guise", 0, under, Sprite(second, part), (layout,), reason)


@cache
def has_face(key: str) -> bool:
    """A smiley whose features can be had alone."""
    return (is_smiley(key) or expresses(key)) and len(groups.expression(key)) > 0


FAMILY = Family("guise", build, has_guise, has_face, "a smiley and another that wears or holds something")
