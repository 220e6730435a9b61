"""Peek: the other looks out of a cup, a box, a boot, a nest, whose front rim lies before it.

The vessel is the main subject.

Looks: one large, or, where the vessel is wide and the other compact and what one has several of, three side by side.

Source: DESIGN section 3.
"""

from __future__ import annotations

from fusion.geometry import Frame
from fusion.recipes.anatomy.anatomy import Anatomy
from fusion.recipes.anatomy.fittings import Rim, rims
from fusion.recipes.craft import precious
from fusion.recipes.family import Family
from fusion.recipes.looks import is_numerous
from fusion.recipes.placing import bodies, left_to_right, put
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import compact, emoji, is_mark, is_scene, is_tile, kind

FILL, LARGEST = 0.92, 92.0
"""Width of what looks out, as a share of the rim, and its longest side in drawing-area units."""
SHOWN = 0.7
"""Share of its height that is seen; a face shows both eyes and as much of its mouth as it can."""
CEILING = -28.0
"""How high it may reach: the canvas ends 32 units above the drawing area."""
WIDE = 80.0
"""Width of a rim from which three find room."""


def has_rim(key: str) -> bool:
    """A vessel with an opening that another thing can look out of."""
    return key in rims()


def looks_out(key: str) -> bool:
    """Neither a place nor a sign nor a picture in a square; a thing that is itself a vessel may well."""
    return not (is_scene(key) or is_tile(key) or is_mark(key))


def shown(key: str, thing: Anatomy) -> float:
    """The share of the height that has to be seen so that nothing precious is hidden."""
    lowest = max((box[3] for box in precious(key)), default=0.0)
    return min(max(SHOWN, (lowest - thing.box[1]) / thing.height), 0.9)


def one(key: str, thing: Anatomy, rim: Rim) -> tuple[float, float]:
    """Long side of a single one, and y of its centre."""
    y = rim.middle[1]
    share = shown(key, thing)
    ratio = max(thing.width, thing.height)
    size = min(LARGEST, FILL * rim.width * ratio / thing.width, (y - CEILING) * ratio / thing.height / share)
    height = size * thing.height / ratio
    return size, y - (share - 0.5) * height


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the vessel, main subject; ``second``: who looks out."""
    thing, rim = bodies(first, second)[1], rims()[first]
    x, _ = rim.middle
    mask = Sprite(first, f"full|mouth:{','.join(f'{v:g}' for v in rim)}")
    size, y = one(second, thing, rim)
    several = rim.width >= WIDE and compact(thing) and is_numerous(second) and kind(second) != kind(first)
    if several and not precious(second):
        size, drop, step = 0.6 * size, y - rim.middle[1], 0.27 * rim.width
        spots = ((x - step, rim.at(x - step) + 0.6 * drop), (x, y - 2), (x + step, rim.at(x + step) + 0.6 * drop))
        instances = left_to_right(thing, (put(thing, size, spot, frame) for spot in spots), frame)
    else:
        instances = (put(thing, size, (x, y), frame),)
    order = (1, 0, 2) if len(instances) == 3 else (0,)
    strokes = (
        Stroke(Sprite(first)),
        *(Stroke(Sprite(second), instances[k], instance=k, clip=mask) for k in order),
    )
    reason = f"{emoji(second).name} looks out of {emoji(first).name}"
    return Recipe("peek", 0, strokes, instances, reason=reason)


FAMILY = Family("peek", build, has_rim, looks_out, "a vessel with an opening and something to look out of it")
