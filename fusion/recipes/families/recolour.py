"""Recolour: the shape of one emoji in the palette of the other; eyes, mouth and small whites of a face are kept.

Source: DESIGN sections 3 and 8.
"""

from __future__ import annotations

from fusion.geometry import Frame
from fusion.recipes.families.companion import beside
from fusion.recipes.family import Family
from fusion.recipes.painting.paint import luminance_curve
from fusion.recipes.placing import bodies
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import chroma, emoji, is_animal, is_face, is_hand, is_mark, is_person, is_smiley, kind

SIZE = 52.0
"""Long side of the one that gives the colours, in drawing-area units."""

CORNER = (106.0, 8.0)
"""Its centre: at the upper right a donor hides least of most shapes."""

CHROMA = 0.2
"""Spread of the mean colour's channels from which an emoji counts as colourful."""


def takes_colour(key: str) -> bool:
    """A shape that is still itself in other colours."""
    if kind(key).startswith("face") and kind(key) != "face-costume":
        return False
    return not (is_smiley(key) or is_mark(key) or is_person(key) or is_hand(key))


def gives_colour(key: str) -> bool:
    """Colourful enough to be told by its palette."""
    if is_smiley(key) or is_person(key) or is_hand(key) or kind(key).startswith("face"):
        return False
    return chroma(key) > CHROMA


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the shape, main subject; ``second``: the palette."""
    shape, donor = bodies(first, second)
    layout = beside(donor, SIZE, CORNER, frame)
    curve = luminance_curve(shape.palette, donor.palette)
    strokes = [Stroke(Sprite(first), curve=curve)]
    if is_face(first):
        strokes.append(Stroke(Sprite(first, "face-mask")))
    strokes.append(Stroke(Sprite(second), layout, instance=0))
    return Recipe(
        "recolour",
        0,
        tuple(strokes),
        (layout,),
        recolour=True,
        reason=f"{emoji(first).name} looks good in the colours of {emoji(second).name}",
    )


def order(key: str) -> float:
    """Faces are shapes first of all, then animals; of two things the paler one takes the colours."""
    return chroma(key) - 2 * is_face(key) - is_animal(key)


FAMILY = Family("recolour", build, takes_colour, gives_colour, "a shape and a colourful palette", order=order)
