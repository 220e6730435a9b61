"""Behind: the other rises behind a low thing, half hidden by it, as a tower behind a car. The low one is main subject.
"""Behind: the other looks over the upper edge of a thing, a creature with both paws on it. The thing is the main subject.

Looks: over the middle, the left or the right of the edge.

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
from fusion.geometry import Frame
from fusion.recipes.anatomy.anatomy import Anatomy
from fusion.recipes.anatomy.edges import top_edge
from fusion.recipes.craft import precious
from fusion.recipes.family import Family
from fusion.recipes.looks import look
from fusion.recipes.placing import bodies, put
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import emoji, is_animal, is_face, is_mark, is_scene, is_smiley, is_thing, is_tile

EDGE = 52.0
"""Length of the edge that one can look over."""
LEVEL = 26.0
"""Greatest rise or fall of that edge."""
SIZE, SMALLEST, SHOWN = 92.0, 52.0, 0.66
"""Long side of the one behind, the least that is worth it, and the share of its height that is seen."""
CEILING = -28.0
"""How high it may reach: the canvas ends 32 units above the drawing area."""


def has_edge(key: str) -> bool:
    """A thing that one can look over, with room above."""
    edge = top_edge(key, EDGE)
    return is_thing(key) and edge.length > 0.8 * EDGE and edge.slant < LEVEL and not is_smiley(key)


def looks_over(key: str) -> bool:
    """Anything but places, signs and pictures in a square."""
    return not (is_scene(key) or is_tile(key) or is_mark(key))


def shown(key: str, thing: Anatomy) -> float:
    """The share of the height that has to be seen so that the eyes are."""
    eyes = precious(key)[:2]
    lowest = max((box[3] for box in eyes), default=0.0)
    return min(max(SHOWN, (lowest + 4 - thing.box[1]) / thing.height), 0.9)


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the thing, main subject; ``second``: who looks over it."""
    thing, edge = bodies(first, second)[1], top_edge(first, EDGE)
    longest, share = max(thing.width, thing.height), shown(second, thing)
    size = min(SIZE, (edge.y - CEILING) / share * longest / thing.height)
    if size < SMALLEST:
        return None
    scale = size / longest
    x = edge.x + (0.0, -14.0, 14.0)[look(first, second, 3, "behind")]
    y = edge.y - (share - 0.5) * scale * thing.height
    layout = put(thing, size, (x, y), frame)
    strokes = [Stroke(Sprite(second), layout, instance=0), Stroke(Sprite(first))]
    if is_animal(second) and is_face(second):
        grip = thing.box[1] + share * thing.height + 3
        numbers = f"{thing.center[0]:g},{grip:g},{0.8 * thing.width:g},{0.13 * thing.width:g}"
        strokes.append(Stroke(Sprite(second, f"full|paws:{numbers}"), layout, instance=0))
    reason = f"{emoji(second).name} looks over {emoji(first).name}"
    return Recipe("behind", 0, tuple(strokes), (layout,), reason=reason)


FAMILY = Family("behind", build, has_edge, looks_over, "a thing with a level top and someone to look over it", False)
