"""The same recipe with its main subject in the other's palette: what "in its colours" may ask for beside a place.

Families that recolour have recipes of their own; this is for those that otherwise leave the main subject as it is.
"""

from __future__ import annotations

from dataclasses import replace

from fusion.geometry import IDENTITY
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.families.recolour import gives_colour
from fusion.recipes.painting.paint import luminance_curve
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import emoji, is_face, is_hand, is_mark, is_person, is_smiley

KEPT = {"features": is_smiley, "face-mask": is_face}
"""Parts that keep their colours, of whom."""


def dyed(recipe: Recipe, first: str, second: str) -> Recipe | None:
    """``recipe`` of the two keys with its main subject dyed.

    ``None`` where it has a colour of its own already, the main subject is not whole or is nothing to dye, or the other
    has too little colour to give. A smiley keeps its features, another face eyes, mouth and small whites.
    """
    main, other = (first, second)[recipe.main], (first, second)[1 - recipe.main]
    own = [row for row, stroke in enumerate(recipe.strokes) if stroke.sprite.emoji == main]
    if recipe.recolour or len(own) != 1 or not is_whole(recipe.strokes[own[0]], main):
        return None
    if not gives_colour(other) or is_mark(main) or is_person(main) or is_hand(main):
        return None
    body = Stroke(Sprite(main), curve=luminance_curve(anatomy(main).palette, anatomy(other).palette))
    kept = [Stroke(Sprite(main, part)) for part, keeps in KEPT.items() if keeps(main)]
    strokes = (*recipe.strokes[: own[0]], body, *kept, *recipe.strokes[own[0] + 1 :])
    reason = f"{recipe.reason}, in the colours of {emoji(other).name}"
    return replace(recipe, strokes=strokes, recolour=True, reason=reason)


def is_whole(stroke: Stroke, main: str) -> bool:
    """Whether ``stroke`` is the whole emoji ``main``, where and as it is."""
    plain = stroke.curve is None and stroke.clip is None and stroke.opacity == 1
    return plain and stroke.sprite == Sprite(main) and stroke.layout == IDENTITY
