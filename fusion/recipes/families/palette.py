"""Palette: the shape of one emoji in the hues of the other, light, shadow and highlights kept; nothing beside it.

Only the coat changes: trims, glass, eyes and small whites stay as they are.

Source: DESIGN section 3.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from fusion.geometry import Frame
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.families.pattern import coat_box
from fusion.recipes.families.recolour import gives_colour, order, takes_colour
from fusion.recipes.family import Family
from fusion.recipes.painting.paint import luminance_curve
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import emoji, is_face, is_scene

LEAST_COAT = 0.45
"""Share of the silhouette that changes its hue at least, so that the change is seen."""
FURTHER = 0.28
"""How far apart the two mean colours are at least, in one channel."""


@cache
def takes_palette(key: str) -> bool:
    """A shape that is mostly coat."""
    return takes_colour(key) and not is_scene(key) and coat_box(key)[0] >= LEAST_COAT


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the shape, main subject; ``second``: the palette."""
    shape, donor = anatomy(first), anatomy(second)
    if np.abs(np.array(shape.mean_rgb) - np.array(donor.mean_rgb)).max() < FURTHER:
        return None
    curve = luminance_curve(shape.palette, donor.palette)
    strokes = [Stroke(Sprite(first)), Stroke(Sprite(first), curve=curve, clip=Sprite(first, "coat"))]
    if is_face(first):
        strokes.append(Stroke(Sprite(first, "face-mask")))
    reason = f"{emoji(first).name} looks good in the colours of {emoji(second).name}"
    return Recipe("palette", 0, tuple(strokes), (), recolour=True, reason=reason)


FAMILY = Family("palette", build, takes_palette, gives_colour, "a shape and a colourful palette", order=order)
