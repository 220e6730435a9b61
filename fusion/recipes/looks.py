"""Which of a family's looks a pair gets: by what is seen of the two, so that neighbours differ and looks are learnt.

A look drawn by lot would be one that no network can know: it would get half of them wrong and paint the rest pale.

Source: DESIGN section 3.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.craft import picture
from fusion.recipes.roles import kind

EVEN = 0.02
"""An emoji leans where the centre of its area lies further than this share of its width from the middle of its box."""
NUMEROUS = {"food-fruit", "food-vegetable", "food-sweet", "plant-flower", "heart", "animal-bug", "money", "music"}
"""Subcategories of what one has several of: berries, sweets, flowers, hearts."""


@cache
def lean(key: str) -> int:
    """The side on which most of an emoji lies: -1 left, 1 right, 0 where it is even."""
    area, body = picture(key)[..., 3].sum(0), anatomy(key)
    x = float((area * (np.arange(len(area)) + 0.5)).sum() / max(float(area.sum()), 1.0))
    share = (x - body.center[0]) / max(body.width, 1.0)
    return int(np.sign(share)) if abs(share) > EVEN else 0


@cache
def is_warm(key: str) -> bool:
    """Whether an emoji is more red than blue on the whole: a sun is, a cloud is not."""
    red, _, blue = anatomy(key).mean_rgb
    return red > blue + 0.1


@cache
def is_numerous(key: str) -> bool:
    """Whether one has several of it, so that three of it look right."""
    return kind(key) in NUMEROUS


@cache
def is_food(key: str) -> bool:
    """Something to eat or to drink."""
    return kind(key).startswith(("food-", "drink"))
