"""Face on object: the smiley's features, without its disc, on the object's seat. The object is the main subject.

Source: DESIGN sections 3 and 8 (faces on objects want to be large).
"""

from __future__ import annotations

from functools import cache

import numpy as np

from fusion.emoji.catalog import Catalog
from fusion.geometry import PUBLISHED_FRAME, VIEW_BOX, Frame
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, disc_of, middle, scaled
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import emoji, is_smiley, takes_face

ENLARGE = 1.35
"""Features relative to a disc that just fills the seat: they lie well inside their disc."""
DARK = 0.45
"""Where the object is darker than this at its seat, the features are light."""
RAISE = 2.0
"""How far above the middle of the seat the face goes, in drawing-area units."""
VIEW = 32
"""Side in pixels of the picture on which the seat's brightness is read."""


@cache
def seat_value(key: str) -> float:
    """Mean of the largest colour channel where the face goes, 0 to 1: red is bright, although its luminance is low."""
    x, y, radius = anatomy(key).seat
    picture = Catalog.default().render(key, VIEW, PUBLISHED_FRAME).astype(np.float32) / 255
    rows, columns = np.mgrid[:VIEW, :VIEW] + 0.5
    scale = VIEW / VIEW_BOX
    inside = np.hypot(columns - x * scale, rows - y * scale) < 0.7 * radius * scale
    inside &= picture[..., 3] > 0.5
    return float(picture[inside, :3].max(axis=1).mean()) if inside.any() else 1.0


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: smiley; ``second``: object, the main subject."""
    smiley, thing = bodies(first, second)
    x, y, radius = thing.seat
    disc = disc_of(smiley)
    layout = scaled(min(1.1, ENLARGE * 2 * radius / (disc[2] - disc[0])), middle(disc), (x, y - RAISE), frame)
    part = "features-light" if seat_value(second) < DARK else "features"
    reason = f"{emoji(second).name} has room for a face"
    return laid_over("face on object", 1, Sprite(second), Sprite(first, part), (layout,), reason)


FAMILY = Family("face on object", build, is_smiley, takes_face, "a smiley and an object with room for a face")
