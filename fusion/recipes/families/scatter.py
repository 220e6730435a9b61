"""Scatter: six small copies strewn over an object, which is the main subject.

Shown on sheets only: the network has three slots for copies, so pairs get :mod:`repaint` instead.

Source: DESIGN section 3.
"""

from __future__ import annotations

import math

from fusion.geometry import Frame
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, put
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import emoji, is_motif, is_surface

COPIES, RING, SIZE = 6, 0.95, 0.62
"""How many lie round the middle of the seat, how far out and how long, in radii of the seat."""


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the object, main subject; ``second``: what is strewn on it."""
    surface, motif = bodies(first, second)
    x, y, radius = surface.seat
    spots = [(x, y)]
    for k in range(COPIES):
        angle = 2 * math.pi * k / COPIES
        spots.append((x + RING * radius * math.cos(angle), y + RING * radius * math.sin(angle)))
    body = Sprite(first)
    strewn = (Stroke(Sprite(second), put(motif, SIZE * radius, spot, frame), clip=body) for spot in spots)
    return Recipe(
        "scatter",
        0,
        (Stroke(body), *strewn),
        reason=f"{emoji(second).name} can be strewn over {emoji(first).name}",
    )


FAMILY = Family("scatter", build, is_surface, is_motif, "an object and a motif to strew over it")
