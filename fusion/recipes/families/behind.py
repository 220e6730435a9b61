"""Behind: the other looks over the upper edge of a thing, the main subject; a creature lays both paws on it.

Source: DESIGN section 3.
"""

from __future__ import annotations

from fusion.geometry import Frame
from fusion.recipes.anatomy.anatomy import Anatomy, anatomy
from fusion.recipes.anatomy.edges import top_edge
from fusion.recipes.craft import precious
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, put
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import emoji, is_animal, is_creature, is_face, is_mark, is_scene, is_thing, is_tile

EDGE = 52.0
"""Length of the edge that one can look over."""
LEVEL = 15.0
"""Greatest rise or fall of that edge."""
SIZE, SMALLEST, SHOWN = 92.0, 64.0, 0.62
"""Long side of the one behind, the least that is worth it, and the share of its height that is seen."""
OFF_CENTRE = 12.0
"""The one behind stands over the middle of the thing, if the middle of the edge is no further from it than this."""
CEILING = -28.0
"""How high it may reach: the canvas ends 32 units above the drawing area."""


def has_edge(key: str) -> bool:
    """A thing that one can look over, with room above."""
    edge = top_edge(key, EDGE)
    return is_thing(key) and edge.length > 0.8 * EDGE and edge.slant < LEVEL and not is_creature(key) and solid(key)


def solid(key: str) -> bool:
    """Opaque enough to hide what is behind it."""
    body = anatomy(key)
    return body.cover * 128 * 128 > 0.55 * body.width * body.height


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
    (body, thing), edge = bodies(first, second), top_edge(first, EDGE)
    x = body.center[0] if abs(edge.x - body.center[0]) <= OFF_CENTRE else edge.x
    longest, share = max(thing.width, thing.height), shown(second, thing)
    size = min(SIZE, (edge.y - CEILING) / share * longest / thing.height)
    if size < SMALLEST:
        return None
    scale = size / longest
    y = edge.y - (share - 0.5) * scale * thing.height
    layout = put(thing, size, (x, y), frame)
    strokes = [Stroke(Sprite(second), layout, instance=0), Stroke(Sprite(first))]
    if is_animal(second) and is_face(second):
        grip = thing.box[1] + share * thing.height + 3
        numbers = f"{thing.center[0]:g},{grip:g},{0.8 * thing.width:g},{0.13 * thing.width:g}"
        strokes.append(Stroke(Sprite(second, f"full|paws:{numbers}"), layout, instance=0))
    reason = f"{emoji(second).name} looks over {emoji(first).name}"
    return Recipe("behind", 0, tuple(strokes), (layout,), reason=reason)


FAMILY = Family("behind", build, has_edge, looks_over, "a thing with a level top and someone to look over it")
