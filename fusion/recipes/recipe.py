"""What a recipe says: the truth that the network is to learn, and the strokes that paint its target.

A recipe family looks at two emoji and answers with one :class:`Recipe`. It holds no pixels, so that a
million of them can be drawn up for the layout branch without painting a single one.

Source: DESIGN section 3.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from fusion.geometry import IDENTITY, Layout

MAX_INSTANCES = 3


class Sprite(NamedTuple):
    """A cached picture: an emoji (its codepoint key) and which part of it (see ``parts.PARTS``)."""

    emoji: str
    part: str = "full"


@dataclass(frozen=True)
class Stroke:
    """One picture laid over what is already there.

    ``layout``: where, in canvas coordinates. ``instance``: which of the recipe's instances this stroke
    follows, so that moving the instance moves the stroke; ``None`` stays put with the main subject.
    ``curve``: (8, 4) float32, luminance knots (ascending, first column) and the RGB colours there, or
    ``None`` for the sprite's own colours. ``clip``: drawn only inside this (unmoved) sprite's alpha.
    """

    sprite: Sprite
    layout: Layout = IDENTITY
    instance: int | None = None
    curve: np.ndarray | None = field(default=None, compare=False)
    clip: Sprite | None = None
    opacity: float = 1.0


@dataclass(frozen=True)
class Recipe:
    """One answer for one pair of emoji.

    ``main``: 0 if the first emoji is the main subject, 1 if the second. ``instances``: up to three
    layouts of the non-main, ordered left to right. ``recolour``: whether the main takes the other's palette.
    ``strokes``: bottom to top. ``reason``: one clause in plain English for people.
    """

    family: str
    main: int
    strokes: tuple[Stroke, ...]
    instances: tuple[Layout, ...] = ()
    recolour: bool = False
    reason: str = ""

    def slots(self) -> tuple[np.ndarray, np.ndarray]:
        """Layouts (3, 4) and presence (3,) of the instances, float32; the identity where there is none."""
        layouts = np.array([*self.instances, *[IDENTITY] * MAX_INSTANCES][:MAX_INSTANCES], np.float32)
        return layouts, (np.arange(MAX_INSTANCES) < len(self.instances)).astype(np.float32)


def laid_over(
    family: str, main: int, under: Sprite, other: Sprite, instances: tuple[Layout, ...], reason: str
) -> Recipe:
    """The recipe of most families: a copy of ``other`` at each of ``instances`` over ``under``, the main subject."""
    copies = (Stroke(other, layout, instance=k) for k, layout in enumerate(instances))
    return Recipe(family, main, (Stroke(under), *copies), instances, reason=reason)
