"""Beside: two narrow things side by side, nearly of one size, one a little behind the other. The first is main.

Looks: at the left, at the right.

Source: DESIGN section 3.
"""

from __future__ import annotations

from fusion.geometry import Frame
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.family import Family
from fusion.recipes.looks import look
from fusion.recipes.placing import bodies, put
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import emoji, is_mark, is_scene, is_tile

NARROW = 92.0
"""Greatest width of what has room beside it."""
SIDES = (-15.0, 143.0)
"""Where the canvas ends, in drawing-area units."""
LARGEST, SMALLEST = 108.0, 72.0
"""Long side of the other."""
OVERLAP = 0.24
"""Share of its width that is behind the first."""


def is_narrow(key: str) -> bool:
    """Leaves room at its sides."""
    return anatomy(key).width <= NARROW and not is_tile(key)


def stands(key: str) -> bool:
    """Rather tall than wide; neither a place nor a sign."""
    body = anatomy(key)
    return body.width < 1.05 * body.height and not (is_scene(key) or is_tile(key) or is_mark(key))


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the main subject; ``second``: who stands beside it."""
    main, other = bodies(first, second)
    longest = max(other.width, other.height)
    right = look(first, second, 2, "beside") == 0
    room = SIDES[1] - main.box[2] if right else main.box[0] - SIDES[0]
    size = min(LARGEST, room / (1 - OVERLAP) * longest / other.width)
    if size < SMALLEST:
        return None
    width, height = size * other.width / longest, size * other.height / longest
    x = main.box[2] + (0.5 - OVERLAP) * width if right else main.box[0] - (0.5 - OVERLAP) * width
    layout = put(other, size, (x, min(main.box[3] + 3, 127.0) - height / 2), frame)
    strokes = (Stroke(Sprite(second), layout, instance=0), Stroke(Sprite(first)))
    reason = f"{emoji(second).name} stands beside {emoji(first).name}"
    return Recipe("beside", 0, strokes, (layout,), reason=reason)


FAMILY = Family("beside", build, is_narrow, stands, "two things that find room side by side", in_router=False)
