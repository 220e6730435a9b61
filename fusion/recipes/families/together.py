"""Together: two whole emoji that have to do with each other: one leans on the other or sits before it. The last resort.

The larger one is the main subject. The other stands on the same ground, where it hides no eye, mouth or lettering, and
as large as there is room: never a badge in a corner.

Source: DESIGN section 3.
"""

from __future__ import annotations

from functools import cache

from fusion.geometry import Frame
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.craft import covers, occupied, rimmed
from fusion.recipes.families.companion import anything
from fusion.recipes.family import Family
from fusion.recipes.placing import Point, put
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import emoji, is_mark, is_tile

SIZES = (84.0, 74.0, 64.0)
"""Long side in drawing-area units, the largest that hides little is taken."""
LEFT, RIGHT, FLOOR, CEILING = -15.0, 143.0, 127.0, -31.0
"""Where the canvas ends, in drawing-area units."""
BONUS = 0.13
"""What each step in size is worth, as a share of the companion that hides something."""


Spot = tuple[str, Point]
"""What the companion does, and the middle of its box."""


def spots(key: str, width: float, height: float) -> tuple[Spot, ...]:
    """Where a companion of that size can stand: beside it on the same ground, or above it; over a sign only above."""
    main = anatomy(key)
    y = min(main.box[3] + 3, FLOOR) - height / 2
    right = min(main.box[2] + 0.22 * width, RIGHT - width / 2)
    left = max(main.box[0] - 0.22 * width, LEFT + width / 2)
    top = max(main.box[1] - 0.15 * height, CEILING + height / 2)
    above = ("hovers over", (min(main.center[0] + 0.3 * main.width, RIGHT - width / 2), top))
    if is_tile(key) or is_mark(key):
        return (above,)
    return ("leans on", (right, y)), ("leans on", (left, y)), above


@cache
def room(key: str) -> tuple[float, int]:
    """How large a companion finds room, and which of the spots has it: judged by a square one.

    It is a matter of the main subject alone, so that it always gives the same place, and the network can know it.
    """
    found = []
    for step, size in enumerate(SIZES):
        for turn, (_, (x, y)) in enumerate(spots(key, size, size)):
            box = (x - size / 2, y - size / 2, x + size / 2, y + size / 2)
            cost = occupied(key, box) + 4 * covers(key, box) + BONUS * step + 0.03 * turn + 0.25 * (turn == 2)
            found.append((cost, size, turn))
    _, size, turn = min(found)
    return size, turn


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the larger one, main subject; ``second``: its companion."""
    thing, (size, turn) = anatomy(second), room(first)
    width, height = (size * side / max(thing.width, thing.height) for side in (thing.width, thing.height))
    verb, at = spots(first, width, height)[turn]
    layout = put(thing, size, at, frame)
    reason = f"{emoji(second).name} {verb} {emoji(first).name}"
    companion = Sprite(second, rimmed(second, first, layout, frame))
    return laid_over("together", 0, Sprite(first), companion, (layout,), reason)


def order(key: str) -> float:
    """The larger one is what the other leans on."""
    return -anatomy(key).cover


FAMILY = Family("together", build, anything, anything, "any two emoji", order=order)
