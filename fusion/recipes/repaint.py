"""Repaint: a surface (shirt, pizza, umbrella) in a pale tint of the other, with three copies of it printed on.

The surface is the main subject; its small details give way to the print.

Source: design section 3; study, "Repaint".
"""

from __future__ import annotations

import math

import numpy as np

from fusion.geometry import Frame
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, left_to_right, put
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import emoji, is_motif, is_surface

ANGLES = (-150, -30, 90)
"""Degrees of the copies about the middle of the seat, 90 being down."""
SPREAD, SIZE = 0.56, 0.78
"""Distance of the copies from the middle and their long side, in radii of the seat."""


def tint(surface: np.ndarray, motif: np.ndarray) -> np.ndarray:
    """(8, 4) curve that keeps the surface's shading and gives it a pale tint of the motif."""
    colour = motif[len(motif) // 2, 1:] * 0.45 + 0.55
    shade = (surface[:, :1] / max(float(np.median(surface[:, 0])), 0.05)).clip(0.6, 1.15)
    return np.concatenate([surface[:, :1], (colour * shade).clip(0, 1)], axis=1).astype(np.float32)


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the surface, main subject; ``second``: the motif."""
    surface, motif = bodies(first, second)
    x, y, radius = surface.seat

    def spot(degrees: float) -> tuple[float, float]:
        angle = math.radians(degrees)
        return x + SPREAD * radius * math.cos(angle), y + SPREAD * radius * math.sin(angle)

    instances = left_to_right(motif, (put(motif, SIZE * radius, spot(a), frame) for a in ANGLES), frame)
    prints = (Stroke(Sprite(second), layout, instance=k) for k, layout in enumerate(instances))
    return Recipe(
        "repaint",
        0,
        (Stroke(Sprite(first, "plain")), *prints),
        instances,
        reason=f"{emoji(first).name} has room for a print of {emoji(second).name}",
    )


FAMILY = Family("repaint", build, is_surface, is_motif, "a surface and a motif to print on it")
