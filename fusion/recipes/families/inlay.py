"""Inlay: the ball in the trophy, in the trophy's palette. The container is the main subject.

Not in the classic roster, whose network recolours the main subject, not the other.

Source: DESIGN section 3.
"""

from __future__ import annotations

from fusion.geometry import Frame
from fusion.recipes.family import Family
from fusion.recipes.painting.paint import luminance_curve
from fusion.recipes.placing import bodies, put
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import emoji, holds_inlay, is_motif

FILL = 2.1
"""Long side of the inlay, in radii of the seat."""


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: trophy, medal, coin, main subject; ``second``: the motif."""
    container, motif = bodies(first, second)
    x, y, radius = container.seat
    layout = put(motif, FILL * radius, (x, y), frame)
    curve = luminance_curve(motif.palette, container.palette)
    return Recipe(
        "inlay",
        0,
        (Stroke(Sprite(first)), Stroke(Sprite(second), layout, instance=0, curve=curve)),
        (layout,),
        reason=f"{emoji(second).name} can be cast into {emoji(first).name}",
    )


FAMILY = Family("inlay", build, holds_inlay, is_motif, "a trophy or medal and a motif to cast into it")
