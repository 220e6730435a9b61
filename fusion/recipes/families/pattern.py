"""Pattern: a shape whose coat is cut from the other's picture (brick, watermelon, cookie), its light and shadow kept.

The shape is the main subject. Where the other's picture does not reach, the coat takes its palette.

Source: DESIGN section 3.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from scipy import ndimage

from fusion.geometry import Frame
from fusion.recipes.anatomy import measure, regions
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.craft import picture
from fusion.recipes.family import Family
from fusion.recipes.kept import kept
from fusion.recipes.painting.paint import luminance_curve
from fusion.recipes.placing import middle, scaled
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import (
    emoji,
    is_animal,
    is_creature,
    is_face,
    is_hand,
    is_mark,
    is_scene,
    is_smiley,
    is_tile,
    kind,
    named,
)

TELLING = re.compile(
    r"\b(brick|wood|watermelon|melon|kiwi|strawberry|grapes|blueberries|coconut|avocado|lime|tomato|corn|broccoli|"
    r"leafy|mushroom|nest|pizza|hamburger|hot dog|sandwich|taco|burrito|fries|meat|cheese|bread|bagel|waffle|pancakes|"
    r"pie|cake|cookie|chocolate|candy|lollipop|custard|cracker|spaghetti|curry|salad|cooking|falafel|sushi|flatbread|"
    r"shallow pan|blossom|sunflower|hibiscus|rosette|lotus|globe|map|milky way|rainbow|fire|wave|meteor|"
    r"soccer|baseball|softball|basketball|volleyball|football|bullseye|pool 8|mirror|artist palette|yarn|"
    r"kimono|sari|gem|banknote|basket)\b"
)
"""Names of what is told by a piece of it."""
LEAST_DEPTH = 19.5
"""Radius of the largest circle in the coat: what is thinner shows too little of its stuff."""
LEAST_COAT = 0.38
"""Share of the silhouette that the coat must have: less is a trim, which says nothing of its stuff."""
LEAST_SEAT = 27.0
"""Radius of the circle that the donor must fill: a smaller one cannot cover a coat."""
LEAST_CONTRAST = 0.085
"""Standard deviation of the donor's colours inside its circle from which it counts as patterned."""
OVERLAP = 1.12
"""How much further than the coat the donor's circle reaches."""


@kept
def coat(key: str) -> np.ndarray:
    """Mask (128, 128) of what has the emoji's main hue."""
    return regions.coat(picture(key))


@cache
def coat_box(key: str) -> tuple[float, tuple[float, float, float, float]]:
    """Share of the silhouette that the coat covers, and its box in drawing-area units."""
    flat = picture(key)
    mask = coat(key)
    return float(mask.sum() / max((flat[..., 3] > 0.5).sum(), 1)), measure.mask_box(mask) or anatomy(key).box


@cache
def wears_pattern(key: str) -> bool:
    """A thing or an animal that is mostly coat, so that it is still itself in another stuff."""
    if is_smiley(key) or kind(key).startswith(("face-", "person", "family")) or is_hand(key):
        return False
    if is_mark(key) or is_scene(key) or is_tile(key):
        return False
    return coat_box(key)[0] >= LEAST_COAT and anatomy(key).cover > 0.16 and coat_depth(key) >= LEAST_DEPTH


@cache
def coat_depth(key: str) -> float:
    """Radius of the largest circle that lies in the coat, drawing-area units."""
    return float(ndimage.distance_transform_edt(np.pad(coat(key), 1)).max())


@cache
def contrast(key: str) -> float:
    """How varied the donor's colours are inside its circle: the mean of the three channels' deviations."""
    flat = picture(key)
    x, y, radius = anatomy(key).seat
    rows, columns = np.mgrid[: measure.SIDE, : measure.SIDE] + 0.5
    inside = (np.hypot(columns - x, rows - y) < 0.8 * radius) & (flat[..., 3] > 0.9)
    return float(flat[inside][:, :3].std(0).mean()) if inside.any() else 0.0


@cache
def gives_pattern(key: str) -> bool:
    """A full-bodied thing whose picture is a pattern: told by a piece of it."""
    if is_creature(key) or is_mark(key) or not named(key, TELLING):
        return False
    return anatomy(key).seat[2] >= LEAST_SEAT and contrast(key) >= LEAST_CONTRAST


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the shape, main subject; ``second``: the pattern."""
    shape, donor = anatomy(first), anatomy(second)
    box = coat_box(first)[1]
    x, y, radius = donor.seat
    reach = max(box[2] - box[0], box[3] - box[1]) / 2
    layout = scaled(min(max(OVERLAP * reach / radius, 0.6), 2.0), (x, y), middle(box), frame)
    coat = Sprite(first, "coat")
    strokes = [
        Stroke(Sprite(first)),
        Stroke(Sprite(first), curve=luminance_curve(shape.palette, donor.palette), clip=coat),
        Stroke(Sprite(second), layout, instance=0, clip=coat),
        Stroke(Sprite(first, "full|shade"), clip=coat),
    ]
    if is_face(first):
        strokes.append(Stroke(Sprite(first, "face-mask")))
    reason = f"{emoji(first).name} can be cut from {emoji(second).name}"
    return Recipe("pattern", 0, tuple(strokes), (layout,), recolour=True, reason=reason)


def order(key: str) -> float:
    """The less patterned one is the shape; animals and faces are shapes first of all."""
    return contrast(key) - is_face(key) - is_animal(key)


FAMILY = Family("pattern", build, wears_pattern, gives_pattern, "a shape and a thing with a pattern", order=order)
