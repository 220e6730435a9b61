"""Another style's pictures as people upload them: no code point, cut to what is visible, framed like an emoji.

The truth is the teacher's for that style (see ``style_teacher``), moved along with both pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PIL import Image

from fusion.data.art_styles import StyledSprites
from fusion.data.sampler import PairSample
from fusion.emoji.sources import FILL, VISIBLE, picture_source
from fusion.evaluation.style_teacher import StyleTeacher
from fusion.geometry import PUBLISHED_FRAME, Frame, Layout
from fusion.recipes.recipe import Recipe

SIDE = 256
"""Pixels a side of the picture that is uploaded."""


class Uploads(StyledSprites):
    """Emoji of another style, each through the steps that a person's own picture goes through."""

    def draw(self, key: str) -> np.ndarray:
        """uint8 (S, S, 4) premultiplied."""
        return picture_source(Image.fromarray(self.uploaded(key), "RGBa").convert("RGBA"), key).draw(
            self.size, self.frame, self.catalog
        )

    def uploaded(self, key: str) -> np.ndarray:
        """The file's pixels, uint8 (SIDE, SIDE, 4) premultiplied: the emoji's whole drawing area."""
        return self.catalog.render(key, SIDE, PUBLISHED_FRAME)

    def moved(self, key: str) -> Layout:
        """Where being an upload carries what the style draws: a point goes as a layout carries it."""
        rows, columns = (np.flatnonzero((self.uploaded(key)[..., 3] >= VISIBLE).any(axis)) for axis in (1, 0))
        top, bottom, left, right = (edge / SIDE for edge in (rows[0], rows[-1] + 1, columns[0], columns[-1] + 1))
        scale = FILL / max(bottom - top, right - left)
        from_x, from_y = self.frame.to_canvas((left + right) / 2, (top + bottom) / 2)
        to_x, to_y = self.frame.to_canvas(0.5, 0.5)
        return Layout(scale, scale, to_y - 0.5 - scale * (from_y - 0.5), to_x - 0.5 - scale * (from_x - 0.5))


class UploadTeacher(StyleTeacher):
    """The style's teacher for its pictures as uploads. Raises MissingStyle."""

    def measured(self, pairs: Sequence[PairSample]) -> list[PairSample]:
        """As the style's, with the layouts that belong to the uploads."""
        found = super().measured(pairs)
        sprites = self.table(64)
        moved = {key: sprites.moved(key) for pair in found for key in (pair.first, pair.second)}
        for pair in found:
            for order in ((pair.first, pair.second), (pair.second, pair.first)):
                self._own[order] = along(self._own[order], [moved[key] for key in order], self.frame)
        return [pair._replace(recipe=self._own[pair.first, pair.second]) for pair in found]

    def table(self, size: int) -> Uploads:
        """Pictures in the style, as uploads."""
        return Uploads(self.style, size, self.frame)


def along(recipe: Recipe, moved: Sequence[Layout], frame: Frame) -> Recipe:
    """``recipe`` for emoji that were ``moved`` so that the fusion moves with its main subject, as ``frame`` allows."""
    main, other = moved[recipe.main], inverse(moved[1 - recipe.main])
    layouts = (frame.clamp(after(main, after(layout, other))) for layout in recipe.instances)
    return replace(recipe, instances=tuple(layouts))


def after(outer: Layout, inner: Layout) -> Layout:
    """The layout that carries a point as ``inner`` and then ``outer`` do."""
    h, w, y, x = inner
    return Layout(
        outer.scale_h * h, outer.scale_w * w, outer.scale_h * y + outer.offset_y, outer.scale_w * x + outer.offset_x
    )


def inverse(layout: Layout) -> Layout:
    """The layout that carries a point back."""
    h, w, y, x = layout
    return Layout(1 / h, 1 / w, -y / h, -x / w)
