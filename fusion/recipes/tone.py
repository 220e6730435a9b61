"""What lies under a place: how light it is, and how busy, so that features contrast with it.

Source: DESIGN section 3.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from fusion.geometry import PUBLISHED_FRAME, VIEW_BOX
from fusion.recipes.anatomy import measure
from fusion.recipes.kept import kept
from fusion.recipes.painting.parts import render_part
from fusion.recipes.recipe import Sprite

VIEW = 64
"""Side in pixels of the picture that is looked at."""
DARK = 0.39
"""Below this lightness features are light."""
BUSY = 0.17
"""From this spread of lightness on, features stand on a pale rim."""


class Tone(NamedTuple):
    """``light``: mean lightness in [0, 1], red counting as bright. ``spread``: its standard deviation."""

    light: float
    spread: float


@kept
def looked_at(sprite: Sprite) -> np.ndarray:
    """float32 (VIEW, VIEW, 4): the part on the whole canvas, premultiplied."""
    return render_part(sprite, VIEW, PUBLISHED_FRAME).astype(np.float32) / 255


@cache
def tone_at(sprite: Sprite, x: float, y: float, half_w: float, half_h: float) -> Tone:
    """The tone in the ellipse about ``(x, y)`` with these half axes, drawing-area units. White where nothing is."""
    picture = looked_at(sprite)
    rows, columns = (np.mgrid[:VIEW, :VIEW] + 0.5) * (VIEW_BOX / VIEW)
    inside = np.hypot((columns - x) / max(half_w, 1), (rows - y) / max(half_h, 1)) < 1
    inside &= picture[..., 3] > 0.5
    if not inside.any():
        return Tone(1.0, 0.0)
    rgb = picture[inside][:, :3]
    light = 0.6 * (rgb @ measure.LUMINANCE) + 0.4 * rgb.max(axis=1)
    return Tone(float(light.mean()), float(light.std()))


def contrasting(part: str, tone: Tone) -> str:
    """The variant of a part of features (``look``, ``expression``, ``muzzle``) that shows on this tone."""
    if tone.spread > BUSY:
        return f"{part}|outline"
    return f"{part}|light" if tone.light < DARK else part
