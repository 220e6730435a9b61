"""Together: two whole emoji that have to do with each other: one leans on the other or sits before it. The last resort.

The larger one is the main subject. The other stands on the same ground, where it hides no eye, mouth or lettering, and
as large as there is room: never a badge in a corner.

Source: DESIGN section 3.
"""

from __future__ import annotations

from fusion.geometry import Frame, Layout
from fusion.recipes.anatomy.anatomy import Anatomy, anatomy
from fusion.recipes.craft import covers, landing, occupied, rimmed
from fusion.recipes.families.companion import anything
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, put
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import emoji, is_mark, is_tile

SIZES = (84.0, 74.0, 64.0)
"""Long side in drawing-area units, the largest that hides little is taken."""
LEFT, RIGHT, FLOOR, CEILING = -15.0, 143.0, 127.0, -31.0
"""Where the canvas ends, in drawing-area units."""
BONUS = 0.13
"""What each step in size is worth, as a share of the companion that hides something."""


def places(main: Anatomy, thing: Anatomy, size: float, frame: Frame) -> tuple[tuple[str, Layout], ...]:
    """Where it can stand: beside it on the same ground, or above it; over a sign alone, off its lettering."""
    width, height = (size * side / max(thing.width, thing.height) for side in (thing.width, thing.height))
    ground = min(main.box[3] + 3, FLOOR)
    y = ground - height / 2
    right = min(main.box[2] + 0.22 * width, RIGHT - width / 2)
    left = max(main.box[0] - 0.22 * width, LEFT + width / 2)
    top = max(main.box[1] - 0.15 * height, CEILING + height / 2)
    above = ("hovers over", put(thing, size, (min(main.center[0] + 0.3 * main.width, RIGHT - width / 2), top), frame))
    if is_tile(main.key) or is_mark(main.key):
        return (above,)
    return (
        ("leans on", put(thing, size, (right, y), frame)),
        ("leans on", put(thing, size, (left, y), frame)),
        above,
    )


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the larger one, main subject; ``second``: its companion."""
    main, thing = bodies(first, second)
    found = []
    for step, size in enumerate(SIZES):
        for turn, (verb, layout) in enumerate(places(main, thing, size, frame)):
            box = landing(second, layout, frame)
            cost = occupied(first, box) + 4 * covers(first, box) + BONUS * step + 0.03 * turn + 0.25 * (turn == 2)
            found.append((cost, step, turn, verb, layout))
    *_, verb, layout = min(found)
    reason = f"{emoji(second).name} {verb} {emoji(first).name}"
    companion = Sprite(second, rimmed(second, first, layout, frame))
    return laid_over("together", 0, Sprite(first), companion, (layout,), reason)


def order(key: str) -> float:
    """The larger one is what the other leans on."""
    return -anatomy(key).cover


FAMILY = Family("together", build, anything, anything, "any two emoji", order=order)
