"""The type that every recipe family is an instance of.

Source: DESIGN section 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fusion.geometry import Frame
from fusion.recipes.recipe import Recipe

Role = Callable[[str], bool]
"""Whether an emoji (its codepoint key) can stand in this place of a recipe."""

Build = Callable[[str, str, Frame], "Recipe | None"]
"""Draws up the recipe of a pair in role order (``main`` counts in it); ``None`` where it would not look right."""


@dataclass(frozen=True)
class Family:
    """One way to fuse two emoji. ``build(first, second, frame)`` expects them in role order.

    ``wants``: what the family asks for, one clause for people. ``order``: where both could stand first, the smaller
    value does; without it, the router's precedence decides. Which pairs get it, the rosters say.
    """

    name: str
    build: Build
    first_role: Role
    second_role: Role
    wants: str
    order: Callable[[str], float] | None = None

    def fits(self, first: str, second: str) -> bool:
        """Whether the two emoji, in this order, have the family's roles."""
        return self.first_role(first) and self.second_role(second)
