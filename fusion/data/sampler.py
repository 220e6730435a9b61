"""Which pairs: an endless stream of one split, the same for the same seed, process and step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple, Protocol

import numpy as np
from torch import Tensor

from fusion.data.splits import belongs_to
from fusion.errors import FusionError
from fusion.geometry import Frame
from fusion.recipes.captions import draw_wish
from fusion.recipes.recipe import Recipe
from fusion.recipes.teacher import Pools, SpriteSource

ANY = "any"
"""Name of the pairs drawn from the whole catalogue, whatever their family: what people who try random pairs meet."""

TRIES = 24
"""How often a pair of a wanted family is looked for before any pair is taken."""


class PairTeacher(Protocol):
    """Where pairs, their recipes and their pictures come from."""

    frame: Frame

    def pools(self) -> Pools:
        """Family -> keys that can stand first, keys that can stand second."""

    def recipe(self, first: str, second: str) -> Recipe:
        """The one answer for a pair."""

    def every(self, first: str, second: str) -> Sequence[Recipe]:
        """An answer of each family that fits a pair, the one answer first."""

    def dye(self, recipe: Recipe, first: str, second: str) -> Recipe | None:
        """A recipe of a pair in the other's palette; ``None`` where there is none."""

    def table(self, size: int) -> SpriteSource:
        """Pictures of ``size`` pixels a side."""

    def paint(self, recipes: Sequence[Recipe], size: int, layouts: Tensor | None = None) -> Tensor:
        """Targets (B, 4, S, S) in [0, 1]; ``layouts`` (B, 3, 4) takes the place of the recipes' own."""


class PairSample(NamedTuple):
    """One drawn pair and the teacher's answer; ``sentence``: the wish that the answer obeys, empty for none."""

    first: str
    second: str
    recipe: Recipe
    sentence: str = ""


class PairSampler:
    """Draws pairs of one split, families in fixed shares, the order of the two emoji by a coin.

    ``weights``: family (or ``ANY``) -> relative share, 1 where none is given. A drawn pair that the router gives to
    another family than the one it was drawn for is drawn again, so that the shares hold. ``wishes``: share of the
    pairs that get a sentence, and the recipe that obeys it instead of the router's.
    """

    def __init__(
        self,
        teacher: PairTeacher,
        split: str = "train",
        weights: Mapping[str, float] | None = None,
        tries: int = TRIES,
        wishes: float = 0.0,
    ) -> None:
        self.teacher, self.split, self.tries, self.wishes = teacher, split, tries, wishes
        pools = {name: tuple(map(tuple, pool)) for name, pool in sorted(teacher.pools().items())}
        everyone = tuple(sorted({key for pool in pools.values() for role in pool for key in role}))
        pools[ANY] = (everyone, everyone)
        weights = weights or {}
        shares = {name: weights.get(name, 1.0) for name, pool in pools.items() if pool[0] and pool[1]}
        self.names = [name for name, share in shares.items() if share > 0]
        if not self.names:
            raise FusionError("No family is left to draw pairs from: give at least one a weight above zero.")
        total = np.array([shares[name] for name in self.names])
        self.edges = np.cumsum(total / total.sum())
        self.pools = pools

    def draw(self, count: int, *stream: int) -> list[PairSample]:
        """``count`` pairs, always the same for the same ``stream`` of integers (seed, process, step)."""
        generator = np.random.default_rng(stream)
        picks = np.minimum(np.searchsorted(self.edges, generator.random(count), side="right"), len(self.names) - 1)
        pairs = [self.draw_one(self.names[pick], generator) for pick in picks]
        return [self.with_wish(pair, generator) for pair in pairs] if self.wishes else pairs

    def with_wish(self, pair: PairSample, generator: np.random.Generator) -> PairSample:
        """At times the pair with a sentence and what obeys it, else the pair as it is."""
        if generator.random() >= self.wishes:
            return pair
        dye = partial(self.teacher.dye, first=pair.first, second=pair.second)
        wish = draw_wish(self.teacher.every(pair.first, pair.second), self.teacher.frame, generator, dye=dye)
        return pair if wish is None else pair._replace(recipe=wish.recipe, sentence=wish.text)

    def draw_one(self, family: str, generator: np.random.Generator) -> PairSample:
        """One pair of ``family``, or of any where its pools are too poor to give one."""
        for wanted, tries in ((family, self.tries), (ANY, 100 * TRIES)):
            firsts, seconds = self.pools[wanted]
            for u, v, coin in generator.random((tries, 3)):
                first, second = firsts[int(u * len(firsts))], seconds[int(v * len(seconds))]
                if coin < 0.5:
                    first, second = second, first
                if first == second or not belongs_to(self.split, first, second):
                    continue
                recipe = self.teacher.recipe(first, second)
                if wanted in (ANY, recipe.family):
                    return PairSample(first, second, recipe)
        raise FusionError(f"No pair of the split '{self.split}' could be drawn: the pools of emoji are too small.")
