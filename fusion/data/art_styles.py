"""Emoji in other art styles: as variety for the layout branch, and as a test of foreign styles.

Sets under permissive licences are a cheap source of variety; one set kept out of training tests uploads in a foreign
style (DESIGN section 8).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from fusion.data.batch import Batch
from fusion.errors import FusionError
from fusion.geometry import Frame, content_box
from fusion.recipes.recipe import Sprite

TEST_STYLE = "twemoji"
"""Kept out of training: the style split is drawn in it."""

SHARE_ALIKE = "openmoji"
"""Never trained on: its terms may reach the weights (assets/licences/README.md)."""

STYLE_SHARE = 0.2
"""How many pairs have a non-main emoji of another style."""


class StyledSprites:
    """Whole emoji of another art style, where the teacher's table has Noto's."""

    def __init__(self, style: str, size: int, frame: Frame) -> None:
        from fusion.emoji.catalog import Catalog

        self.name, self.catalog, self.size, self.frame = style, Catalog.style(style), size, frame
        self.drawn: dict[str, Tensor] = {}

    def __contains__(self, key: str) -> bool:
        return key in self.catalog

    def take(self, sprites: Sequence[Sprite]) -> Tensor:
        """uint8 (n, 4, S, S) premultiplied."""
        return torch.stack([self.one(sprite.emoji) for sprite in sprites])

    def one(self, key: str) -> Tensor:
        """uint8 (4, S, S), drawn once where pictures are small enough to keep."""
        if key not in self.drawn:
            picture = np.ascontiguousarray(self.draw(key).transpose(2, 0, 1))
            if self.size > 64:
                return torch.from_numpy(picture)
            self.drawn[key] = torch.from_numpy(picture)
        return self.drawn[key]

    def draw(self, key: str) -> np.ndarray:
        """uint8 (S, S, 4) premultiplied."""
        return self.catalog.render(key, self.size, self.frame)


def training_styles(names: Sequence[str], size: int, frame: Frame) -> list[StyledSprites]:
    """The named styles for training. Raises FusionError for those that are not for it."""
    if SHARE_ALIKE in names:
        raise FusionError(f"The style {SHARE_ALIKE} is share-alike, so no weights are trained on it: leave it out.")
    if TEST_STYLE in names:
        raise FusionError(f"The style {TEST_STYLE} tests foreign styles, so training cannot use it: leave it out.")
    return [StyledSprites(name, size, frame) for name in names]


def restyle(batch: Batch, styles: Sequence[StyledSprites], generator: np.random.Generator) -> None:
    """Redraw some non-main inputs of an unpainted ``batch`` in other styles, in place; the truth stays.

    Never the main subject: where things go is read off its drawing (``fusion.data.foreign_pairs`` for its truth).
    """
    for row, keys in enumerate(batch.keys):
        style = styles[int(generator.integers(len(styles)))]
        side = 1 - int(batch.main[row])
        if generator.random() < STYLE_SHARE and keys[side] in style:
            other = (batch.first, batch.second)[side]
            other[row] = style.one(keys[side]).float() / 255
            batch.content[row] = content_box(other[row, 3])
