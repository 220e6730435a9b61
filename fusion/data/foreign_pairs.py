"""Pairs in other art styles, with where things go on those styles' own drawings: what no drawing of Noto's can teach.

Source: DESIGN section 3.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from tqdm import tqdm

from fusion.data.art_styles import StyledSprites
from fusion.data.batch import Batch, unpainted
from fusion.data.sampler import PairSample, PairSampler
from fusion.emoji.catalog import Catalog
from fusion.errors import FusionError
from fusion.geometry import Frame
from fusion.recipes.foreign import recipes_in

DRAWN = 12_000
"""Pairs that each style is asked for; about half get the same family there as in Noto's drawing and are kept."""

FOREIGN_SHARE = 0.2
"""How many pairs of a batch are foreign, where there are any."""


class ForeignPairs:
    """Pairs of other art styles and their recipes there, measured once before training.

    ``sampler``: draws them, by Noto's drawings; ``seed``: which. Raises MissingStyle, and FusionError where no style
    has a pair.
    """

    def __init__(
        self, styles: Sequence[StyledSprites], sampler: PairSampler, roster: str, seed: int, drawn: int = DRAWN
    ) -> None:
        pairs = sampler.draw(drawn, seed)
        self.styles: list[tuple[StyledSprites, list[PairSample]]] = []
        for style in tqdm(styles, desc="pairs in other styles", disable=None):
            known = measured(style, pairs, sampler.teacher.frame, roster)
            if known:
                self.styles.append((style, known))
        if not self.styles:
            raise FusionError("No pair has the same recipe in the other styles as in Noto's drawing: train without.")

    def draw(self, count: int, generator: np.random.Generator) -> Batch:
        """``count`` of them, unpainted, each pair in one style."""
        picked = np.sort(generator.integers(len(self.styles), size=count))
        parts = []
        for index in np.unique(picked):
            style, pairs = self.styles[index]
            rows = generator.integers(len(pairs), size=int((picked == index).sum()))
            parts.append(unpainted([pairs[row] for row in rows], style))
        return Batch.join(parts)


def measured(style: StyledSprites, pairs: Sequence[PairSample], frame: Frame, roster: str) -> list[PairSample]:
    """Those of ``pairs`` that ``style`` draws and whose family it keeps, with its own layouts."""
    drawn = [pair for pair in pairs if pair.first in style and pair.second in style]
    keys = [(pair.first, pair.second) for pair in drawn]
    found = recipes_in(Catalog.style_path(style.name), keys, frame, roster)
    return [PairSample(*key, recipe) for key, recipe in zip(keys, found, strict=True) if recipe is not None]
