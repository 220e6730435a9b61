"""Print: one large motif on the plain place of a thing: a badge on a ball, a flag's sign on a cup.

The thing is the main subject. Signs come without their button, in the thing's own dark or light.

Source: DESIGN section 3.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from fusion.geometry import Frame
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.craft import DARK, ground, plain_seat, rimmed
from fusion.recipes.family import Family
from fusion.recipes.placing import put
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import PRINTABLE, compact, emoji, is_creature, is_mark, is_scene, is_tile

LEAST = 16.0
"""Radius of the plain place from which a print is recognised."""
FILL = 1.85
"""Long side of the print in radii of the place."""


@cache
def takes_print(key: str) -> bool:
    """A thing with a plain place."""
    if is_creature(key) or is_scene(key) or emoji(key).category not in PRINTABLE:
        return False
    return plain_seat(key).plain and plain_seat(key).radius >= LEAST


@cache
def is_print(key: str) -> bool:
    """Compact, clear and not alive: still itself as a picture on something."""
    if is_creature(key) or is_scene(key):
        return False
    return compact(anatomy(key)) or is_mark(key)


def sign_curve(dark: bool) -> np.ndarray:
    """(8, 4) curve that makes a white sign cream on dark ground, ink on light ground."""
    light = np.linspace(0, 1, 8)[:, None]
    tone = np.array([[0.97, 0.95, 0.9]]) if dark else np.array([[0.2, 0.17, 0.2]])
    return np.concatenate([light, np.repeat(tone, 8, axis=0)], axis=1).astype(np.float32)


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the thing, main subject; ``second``: the motif."""
    seat = plain_seat(first)
    motif = anatomy(second)
    layout = put(motif, FILL * seat.radius, (seat.x, seat.y), frame)
    if is_mark(second) and is_tile(second):
        dark = ground(first, *seat[:3]).value < DARK + 0.25
        stroke = Stroke(Sprite(second, "glyph"), layout, instance=0, curve=sign_curve(dark))
    else:
        stroke = Stroke(Sprite(second, rimmed(second, first, layout, frame)), layout, instance=0)
    reason = f"{emoji(first).name} has a plain place for a print of {emoji(second).name}"
    return Recipe("print", 0, (Stroke(Sprite(first)), stroke), (layout,), reason=reason)


def order(key: str) -> float:
    """The one with the larger plain place bears the print."""
    return -plain_seat(key).radius


FAMILY = Family("print", build, takes_print, is_print, "a thing with a plain place and a clear motif", order=order)
