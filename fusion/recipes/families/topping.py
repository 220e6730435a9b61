"""Topping: the other served on a cake, a dish, a plate, a bun. What carries it is the main subject.

Looks: one large on top; where the place is wide and the other is what one has several of, three side by side.

Source: DESIGN section 3.
"""

from __future__ import annotations

from fusion.geometry import Frame
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.anatomy.seats import trays
from fusion.recipes.craft import rimmed
from fusion.recipes.family import Family
from fusion.recipes.looks import is_numerous
from fusion.recipes.placing import bodies, left_to_right, put
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import compact, emoji, is_creature, is_mark, is_scene, is_tile, kind

CEILING = -28.0
"""How high it may reach: the canvas ends 32 units above the drawing area."""
FILL, LARGEST = 0.9, 88.0
"""Width of the topping as a share of the place, and its longest side in drawing-area units."""
WIDE = 70.0
"""Width of a place from which three find room."""


def has_top(key: str) -> bool:
    """A dish with an upper side to put something on."""
    return key in trays()


def is_topping(key: str) -> bool:
    """Compact, and neither a place nor a sign."""
    return compact(anatomy(key)) and not (is_scene(key) or is_tile(key) or is_mark(key))


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the dish, main subject; ``second``: what is served on it."""
    thing, tray = bodies(first, second)[1], trays()[first]
    longest = max(thing.width, thing.height)
    size = min(LARGEST, FILL * tray.width * longest / thing.width, (tray.y - CEILING) * longest / thing.height)
    half = size * thing.height / longest / 2
    if tray.width >= WIDE and is_numerous(second) and not is_creature(second) and kind(first) != kind(second):
        size, half, step = 0.56 * size, 0.56 * half, 0.33 * tray.width
        spots = ((tray.x - step, tray.y - half), (tray.x, tray.y + 5 - half), (tray.x + step, tray.y - half))
        instances = left_to_right(thing, (put(thing, size, spot, frame) for spot in spots), frame)
    else:
        instances = (put(thing, size, (tray.x, tray.y - half), frame),)
    reason = f"{emoji(second).name} is served on {emoji(first).name}"
    part = rimmed(second, first, instances[0], frame)
    return laid_over("topping", 0, Sprite(first), Sprite(second, part), instances, reason)


FAMILY = Family("topping", build, has_top, is_topping, "a dish with a top and something to serve on it")
