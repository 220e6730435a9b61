"""Behind: the other rises behind a low thing, half hidden by it, as a tower behind a car. The low one is main subject.

Source: DESIGN section 3.
"""

from __future__ import annotations

import re
from functools import cache

from fusion.geometry import Frame
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.craft import precious
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, put
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import emoji, is_hand, is_mark, is_smiley, named

LOW = 26.0
"""y of the top of a thing that leaves room above it: there the canvas goes on for 32 units beyond the drawing area."""
HIDDEN = 0.3
"""Share of the one behind that is hidden."""
WIDEST = 96.0
"""Long side of the one behind, at most."""


FLYING = re.compile(r"\b(bat|comet|airplane|wings|fish|whale|dolphin|cloud)\b")
"""What has nothing behind it: it flies or swims."""


@cache
def is_low(key: str) -> bool:
    """Wide and low, with nothing above it."""
    body = anatomy(key)
    return (
        not (is_mark(key) or is_hand(key) or named(key, FLYING))
        and body.box[1] > LOW
        and body.width > 70
        and body.cover > 0.14
    )


@cache
def rises(key: str) -> bool:
    """What is known by its upper part."""
    return (
        not (is_smiley(key) or is_mark(key) or is_hand(key)) and anatomy(key).height > 60 and anatomy(key).cover > 0.12
    )


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the low one in front, main subject; ``second``: who rises behind."""
    front, back = bodies(first, second)
    room = front.box[1] + 30
    height = min(room / (1 - HIDDEN), WIDEST * back.height / max(back.width, back.height))
    bottom = front.box[1] + HIDDEN * height
    if precious(second) and max(box[3] for box in precious(second)) > back.box[1] + (1 - HIDDEN) * back.height:
        return None
    layout = put(back, height, (front.center[0], bottom - height / 2), frame, along="height")
    strokes = (Stroke(Sprite(second), layout, instance=0), Stroke(Sprite(first)))
    return Recipe("behind", 0, strokes, (layout,), reason=f"{emoji(second).name} rises behind {emoji(first).name}")


def order(key: str) -> float:
    """The lower one stands in front."""
    return -anatomy(key).box[1]


FAMILY = Family("behind", build, is_low, rises, "a low thing and something to rise behind it", order=order)
