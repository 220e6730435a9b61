"""Reskin: the dominant colour of a thing gives way to the other's pattern; outline, straps and shading stay.

The thing is the main subject.

Source: DESIGN section 3.
"""

from __future__ import annotations

from functools import cache

from fusion.geometry import Frame
from fusion.recipes.anatomy import regions
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.craft import picture
from fusion.recipes.families.shape import filling, is_shape, is_stuff
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import emoji, is_creature, is_hand, is_mark, is_scene, kind

SHARE, SPREAD, ROOM = 0.45, 0.2, 24.0
"""Least share of the emoji that has its main colour; how far colours may lie from it; least radius of its seat."""
SHADE = 0.6
"""Opacity of the thing's own light and shadow over its new skin."""
UNSUITED = {"dishware", "household", "emotion", "plant-other", "mail", "office"}
"""Subcategories whose things are told by their colour, or have holes."""
PATTERNS = {"Food & Drink", "Animals & Nature"}
MORE_PATTERNS = ("sky-", "place-", "sport", "game", "event", "arts-")


def is_pattern(key: str) -> bool:
    """Stuff that is known by its pattern alone: food, plants, skies, balls; not a vehicle, not a hand."""
    return is_stuff(key) and (emoji(key).category in PATTERNS or kind(key).startswith(MORE_PATTERNS))


@cache
def has_skin(key: str) -> bool:
    """A thing most of which is of one colour; plain shapes are cut out whole (:mod:`shape`)."""
    if is_creature(key) or is_scene(key) or is_mark(key) or is_hand(key) or is_shape(key) or is_stuff(key):
        return False
    if kind(key).startswith("food-") or kind(key) in UNSUITED:
        return False
    flat = picture(key)
    colour, _ = regions.dominant_region(flat)
    skin = regions.near_colour(flat, colour, SPREAD)
    return bool(skin.sum() > SHARE * (flat[..., 3] > 0.5).sum()) and anatomy(key).seat[2] > ROOM


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the thing, main subject; ``second``: whose pattern it gets."""
    layout = filling(*bodies(first, second), frame)
    mask = Sprite(first, "region")
    strokes = (
        Stroke(Sprite(first, "plain")),
        Stroke(Sprite(second), layout, instance=0, clip=mask),
        Stroke(Sprite(first, "plain|shade"), clip=mask, opacity=SHADE),
    )
    reason = f"{emoji(first).name} gets the pattern of {emoji(second).name}"
    return Recipe("reskin", 0, strokes, (layout,), reason=reason)


FAMILY = Family("reskin", build, has_skin, is_pattern, "a thing of one colour and a rich pattern", in_router=False)
