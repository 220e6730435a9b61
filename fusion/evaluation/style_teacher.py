"""The truth of the style split: where the teacher would put things, had it measured the style's own pictures.

Source: DESIGN section 6.
"""

from __future__ import annotations

from collections.abc import Sequence

from fusion.data.art_styles import TEST_STYLE, StyledSprites
from fusion.data.sampler import PairSample
from fusion.emoji.catalog import Catalog
from fusion.geometry import Frame
from fusion.recipes.recipe import Recipe
from fusion.recipes.teacher import Pools, Teacher

SPARE = 2
"""Pairs drawn for each one wanted: some have no certain truth in the style and are left out."""


class StyleTeacher(Teacher):
    """The teacher's answers for inputs in another art style; it cannot paint them, since its parts are Noto's.

    Pairs are drawn by Noto's drawings, as in the other splits; once :meth:`measured` has seen them, their recipes are
    those of the style's. Raises MissingStyle.
    """

    def __init__(self, frame: Frame, style: str = TEST_STYLE, roster: str = "classic") -> None:
        super().__init__(frame, roster=roster)
        self.style = style
        self._own: dict[tuple[str, str], Recipe] = {}

    def pools(self) -> Pools:
        """As the teacher's, without the emoji that the style does not draw."""
        keys = StyledSprites(self.style, 64, self.frame)

        def drawn(role: Sequence[str]) -> tuple[str, ...]:
            return tuple(key for key in role if key in keys)

        return {name: (drawn(first), drawn(second)) for name, (first, second) in super().pools().items()}

    def measured(self, pairs: Sequence[PairSample]) -> list[PairSample]:
        """Those of ``pairs`` that get the same family in the style as in Noto's drawing, with the style's layouts."""
        from fusion.recipes.foreign import recipes_in

        orders = [order for pair in pairs for order in ((pair.first, pair.second), (pair.second, pair.first))]
        found = recipes_in(Catalog.style_path(self.style), orders, self.frame, self.roster)
        known = {order: recipe for order, recipe in zip(orders, found, strict=True) if recipe is not None}
        self._own |= known
        return [
            pair._replace(recipe=known[pair.first, pair.second])
            for pair in pairs
            if {(pair.first, pair.second), (pair.second, pair.first)} <= known.keys()
        ]

    def recipe(self, first: str, second: str) -> Recipe:
        """The style's recipe of a pair that was measured, else Noto's."""
        return self._own.get((first, second)) or super().recipe(first, second)

    def table(self, size: int) -> StyledSprites:  # type: ignore[override]  # it paints nothing, so "take" is enough
        """Pictures in the style."""
        return StyledSprites(self.style, size, self.frame)
