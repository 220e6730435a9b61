"""The teacher: one answer for every pair of emoji, for training and for the trace alike.

Source: DESIGN section 3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from fusion.geometry import STICKER_FRAME, Frame
from fusion.recipes.recipe import Recipe, Sprite

if TYPE_CHECKING:
    from torch import Tensor

    from fusion.recipes.painting.sprites import SpriteTable

Pools = Mapping[str, tuple[Sequence[str], Sequence[str]]]
"""Family -> (keys that can stand first, keys that can stand second)."""


class SpriteSource(Protocol):
    """What :class:`fusion.recipes.painting.sprites.SpriteTable` offers."""

    def take(self, sprites: Sequence[Sprite]) -> Tensor:
        """uint8 (n, 4, S, S), premultiplied RGBA."""


class Teacher:
    """The procedural teacher: the router's recipes, painted from the cached sprites of the catalogue.

    ``memory_limit``: bytes of sprites to hold, and then of one size at a time; ``None`` holds whatever is asked for,
    as training wants it. ``roster``: whose families answer (see :mod:`fusion.recipes.rosters`); a network's
    configuration names the one it learned from. Raises FusionError for an unknown one, when it is first asked.
    ``dyes``: whether a wish for the other's palette may also mean the same recipe with its main subject dyed.
    """

    dyes = False

    def __init__(self, frame: Frame = STICKER_FRAME, memory_limit: int | None = None, roster: str = "classic") -> None:
        self.frame, self.memory_limit, self.roster = frame, memory_limit, roster
        self._tables: dict[int, SpriteTable] = {}

    def prepare(self) -> None:
        """Measure every emoji, so that forked workers share the result."""
        from fusion.emoji.catalog import Catalog
        from fusion.recipes.anatomy.anatomy import anatomy

        for emoji in Catalog.default():
            anatomy(emoji.key)
        self.pools()

    # Here, not above: the first fusion need not wait for anatomy and recipes.

    def pools(self) -> Pools:
        """Family -> keys that can stand first, keys that can stand second; families of the roster alone."""
        from fusion.recipes.rosters import roster_named
        from fusion.recipes.router import role_pools

        return {family.name: role_pools(family) for family in roster_named(self.roster).rules}

    def recipe(self, first: str, second: str) -> Recipe:
        """The one answer for two codepoint keys."""
        from fusion.recipes.rosters import roster_named
        from fusion.recipes.router import recipe_for

        return recipe_for(first, second, self.frame, roster_named(self.roster))

    def every(self, first: str, second: str) -> tuple[Recipe, ...]:
        """A recipe of every family that fits the two codepoint keys; :meth:`recipe` gives the first of them."""
        from fusion.recipes.rosters import roster_named
        from fusion.recipes.router import every

        return every(first, second, self.frame, roster_named(self.roster))

    def dye(self, recipe: Recipe, first: str, second: str) -> Recipe | None:
        """``recipe`` of the two keys in the other's palette; ``None`` where that cannot be, or is not taught."""
        from fusion.recipes.dyeing import dyed

        return dyed(recipe, first, second) if self.dyes else None

    def table(self, size: int) -> SpriteSource:
        """Pictures of ``size`` pixels a side."""
        return self._sprites(size)

    def _sprites(self, size: int) -> SpriteTable:
        from fusion.recipes.painting.sprites import SpriteTable

        if size not in self._tables:
            if self.memory_limit is None:
                self._tables[size] = SpriteTable(size, self.frame)
            else:
                self._tables = {size: SpriteTable(size, self.frame, memory_limit=self.memory_limit)}
        return self._tables[size]

    def paint(self, recipes: Sequence[Recipe], size: int, layouts: Tensor | None = None) -> Tensor:
        """Targets (B, 4, S, S) in [0, 1], premultiplied; ``layouts`` (B, 3, 4) takes the place of the recipes' own."""
        from fusion.recipes.painting.paint import paint

        return paint(recipes, self._sprites(size), layouts)
