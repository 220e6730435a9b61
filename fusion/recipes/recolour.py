"""Recolour: the shape of one emoji in the palette of the other; eyes, mouth and small whites of a face are kept.

Source: design section 3; study, third part, "Recolour".
"""

from __future__ import annotations

from fusion.geometry import Frame
from fusion.recipes.anatomy import anatomy
from fusion.recipes.family import Family
from fusion.recipes.paint import luminance_curve
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import chroma, emoji, is_face, is_mark, is_person, is_smiley


def takes_colour(key: str) -> bool:
    """A shape that is still itself in other colours."""
    return not (is_smiley(key) or is_mark(key) or is_person(key))


def gives_colour(key: str) -> bool:
    """Colourful enough to be told by its palette."""
    return not is_smiley(key) and chroma(key) > 0.12


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the shape, main subject; ``second``: the palette."""
    curve = luminance_curve(anatomy(first).palette, anatomy(second).palette)
    strokes = [Stroke(Sprite(first), curve=curve)]
    if is_face(first):
        strokes.append(Stroke(Sprite(first, "face-mask")))
    return Recipe(
        "recolour",
        0,
        tuple(strokes),
        recolour=True,
        reason=f"{emoji(first).name} looks good in the colours of {emoji(second).name}",
    )


FAMILY = Family("recolour", build, takes_colour, gives_colour, "a shape and a colourful palette")
