"""Sky: sun, moon, rainbow, cloud behind a landscape; two things of the sky as one picture.

The land, or the larger of two in the sky, is the main subject.

Looks: over the side where less of the land lies, over even land what is warm at the left and what is cool at the right;
a rainbow stands over the middle. A cloud before the other lies at its lower right.

Source: DESIGN section 3.
"""

from __future__ import annotations

import re

from fusion.geometry import Frame
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.anatomy.edges import tops
from fusion.recipes.family import Family
from fusion.recipes.looks import is_warm, lean
from fusion.recipes.placing import bodies, put
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import emoji, is_tile, kind, named

SKY = re.compile(
    r"\b(sun|moon|stars?|planet|comet|cloud|rainbow|voltage|fire|tornado|fireworks|balloon|globe|saucer|sparkles|"
    r"lightning)\b"
)
FRONT = re.compile(r"\b(cloud|snow|rain|wave|fog)\b")
LAND = re.compile(
    r"\b(mountain|fuji|volcano|island|beach|camping|hut|houses?|castle|tower|tree|cactus|liberty|lighthouse|rock|tent|"
    r"wave|building|fountain|hotel|hospital|school|bank|church|mosque|synagogue|temple|shrine|factory|store|office|"
    r"stadium|kaaba|sunflower|mushroom|wheel)\b"
)
SIZE, ARC, FRONT_SIZE = 74.0, 150.0, 84.0
"""Long side in drawing-area units: of what hangs in the sky, of a rainbow, of a cloud in front."""


def in_the_sky(key: str) -> bool:
    """Sun, moon, star, cloud, rainbow, ...: what is seen above."""
    return kind(key) in ("sky-weather", "event", "place-map", "transport-air") and named(key, SKY) and not is_tile(key)


def below_the_sky(key: str) -> bool:
    """Mountain, island, house, tree, wave; or something of the sky itself."""
    place = kind(key).startswith(("place-", "plant-", "sky-")) and named(key, LAND)
    return not is_tile(key) and (place or in_the_sky(key))


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the land or the larger thing of the sky, main subject; ``second``: what hangs in the sky."""
    land, thing = bodies(first, second)
    side = -lean(first) or (-1 if is_warm(second) else 1)
    if named(second, FRONT) and in_the_sky(first):
        layout = put(thing, FRONT_SIZE, (land.center[0] + 22, land.box[3] - 26), frame)
        strokes = (Stroke(Sprite(first)), Stroke(Sprite(second), layout, instance=0))
    else:
        size = ARC if named(second, re.compile("rainbow")) else SIZE
        column = int(min(max(land.center[0] + 0.36 * side * land.width, 0), 127))
        y = max(
            float(tops(first)[column]) - 0.12 * size, -30 + size * thing.height / max(thing.width, thing.height) / 2
        )
        at = (64.0, 56.0) if size == ARC else (min(max(float(column), 20.0), 108.0), min(y, 70.0))
        layout = put(thing, size, at, frame)
        strokes = (Stroke(Sprite(second), layout, instance=0), Stroke(Sprite(first)))
    reason = f"{emoji(second).name} hangs in the sky over {emoji(first).name}"
    return Recipe("sky", 0, strokes, (layout,), reason=reason)


def order(key: str) -> float:
    """The land before the sky, the larger before the smaller."""
    return in_the_sky(key) - anatomy(key).cover


FAMILY = Family("sky", build, below_the_sky, in_the_sky, "a landscape and something in the sky", order=order)
