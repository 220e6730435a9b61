"""Repaint: a surface (shirt, pizza, umbrella) with three copies of the other printed on.

The surface is the main subject; its small details give way to the print. It keeps its own colours: a tint between the
two palettes is neither what the recolour curve gives nor what a print needs to stand out.

Source: DESIGN sections 3 and 8.
"""

from __future__ import annotations

import math

from fusion.geometry import Frame
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, left_to_right, put
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import emoji, is_motif, is_surface

ANGLES = (-150, -30, 90)
"""Degrees of the copies about the middle of the seat, 90 being down."""
SPREAD, SIZE = 0.56, 0.78
"""Distance of the copies from the middle and their long side, in radii of the seat."""


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the surface, main subject; ``second``: the motif."""
    surface, motif = bodies(first, second)
    x, y, radius = surface.seat

    def spot(degrees: float) -> tuple[float, float]:
        angle = math.radians(degrees)
        return x + SPREAD * radius * math.cos(angle), y + SPREAD * radius * math.sin(angle)

    instances = left_to_right(motif, (put(motif, SIZE * radius, spot(a), frame) for a in ANGLES), frame)
    reason = f"{emoji(first).name} has room for a print of {emoji(second).name}"
    return laid_over("repaint", 0, Sprite(first, "plain"), Sprite(second), instances, reason)


FAMILY = Family("repaint", build, is_surface, is_motif, "a surface and a motif to print on it")
