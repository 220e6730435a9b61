"""Which recipe a pair of emoji gets, and why. A pure, total function of the two emoji.

The same in every process, and in both orders unless both are smileys: then the first is the main subject.

Source: design section 3; feasibility study (the order in which families are asked).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cache

from fusion.emoji.catalog import Catalog
from fusion.geometry import STICKER_FRAME, Frame
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.families import (
    aura,
    behind,
    companion,
    face_on_object,
    face_swap,
    halo,
    inlay,
    inside,
    material,
    motif_eyes,
    part_swap,
    peek,
    perch,
    recolour,
    repaint,
    reskin,
    ride,
    scatter,
    scene,
    shape,
    sky,
    topping,
    two_step,
    wearable,
    wheels,
)
from fusion.recipes.family import Family
from fusion.recipes.recipe import Recipe
from fusion.recipes.roles import is_animal, is_face, is_hand, is_mark, is_motif, is_person, is_smiley, is_tile

RULES: tuple[Family, ...] = (
    face_swap.FAMILY,
    wearable.FAMILY,
    material.FAMILY,
    halo.FAMILY,
    face_on_object.FAMILY,
    perch.FAMILY,
    two_step.FAMILY,
    aura.FAMILY,
    motif_eyes.FAMILY,
    scene.FAMILY,
    inside.FAMILY,
    repaint.FAMILY,
    recolour.FAMILY,
    companion.FAMILY,
)
"""The families that pairs get, in the order in which they are asked."""

SHOWN_ONLY: tuple[Family, ...] = (
    inlay.FAMILY,
    scatter.FAMILY,
    peek.FAMILY,
    part_swap.FAMILY,
    wheels.FAMILY,
    shape.FAMILY,
    reskin.FAMILY,
    ride.FAMILY,
    behind.FAMILY,
    sky.FAMILY,
    topping.FAMILY,
)
"""Families that no pair gets."""

FAMILIES: dict[str, Family] = {family.name: family for family in (*RULES, *SHOWN_ONLY)}
"""All families by name, those for sheets only at the end."""


@dataclass(frozen=True)
class Explanation:
    """Why a pair gets what it gets.

    ``main``: key of the main subject. ``reason``: one clause. ``considered``: families asked before, with what they
    want and did not find.
    """

    family: str
    main: str
    reason: str
    considered: tuple[str, ...] = ()


@cache
def precedence(key: str) -> tuple[int, float, str]:
    """Who comes first where a family could take the two either way: faces, then the living, then what is larger."""
    if is_smiley(key):
        rank = 0
    elif is_face(key):
        rank = 1
    elif (is_person(key) or is_animal(key)) and not is_tile(key):
        rank = 2
    elif is_person(key) or is_mark(key) or is_hand(key) or is_motif(key):
        rank = 4
    else:
        rank = 3
    return rank, -anatomy(key).cover, key


def in_order(first: str, second: str, family: Family) -> bool:
    """Whether ``first`` goes before ``second``: as given for two smileys, else by the family or :func:`precedence`."""
    if is_smiley(first) and is_smiley(second):
        return True
    if family.order is not None:
        return (family.order(first), first) <= (family.order(second), second)
    return precedence(first) <= precedence(second)


def ask(family: Family, first: str, second: str, frame: Frame) -> tuple[Recipe, bool] | None:
    """The family's recipe for the pair, in whichever order fits, and whether the two were exchanged for it."""
    straight = in_order(first, second, family)
    for exchanged in (not straight, straight):
        a, b = (second, first) if exchanged else (first, second)
        if family.fits(a, b):
            recipe = family.build(a, b, frame)
            if recipe is not None:
                return recipe, exchanged
    return None


def route(first: str, second: str, frame: Frame) -> tuple[Recipe, int]:
    """The recipe, ``main`` counted in the given order, and the index of its family in :data:`RULES`."""
    for index, family in enumerate(RULES):
        answer = ask(family, first, second, frame)
        if answer is not None:
            recipe, exchanged = answer
            return (replace(recipe, main=1 - recipe.main) if exchanged else recipe), index
    raise AssertionError("companion takes every pair")


def recipe_for(first: str, second: str, frame: Frame = STICKER_FRAME) -> Recipe:
    """The one recipe of this pair of codepoint keys. Raises ``UnknownEmoji`` for a key outside the catalogue."""
    return route(first, second, frame)[0]


def explain(first: str, second: str) -> Explanation:
    """Which family the pair gets, who is main, why, and what was considered before."""
    recipe, index = route(first, second, STICKER_FRAME)
    considered = tuple(f"{family.name}: wants {family.wants}" for family in RULES[:index])
    return Explanation(recipe.family, (first, second)[recipe.main], recipe.reason, considered)


@cache
def pools() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Per family: the sorted keys that can stand first, and those that can stand second, in role order."""
    keys = sorted(emoji.key for emoji in Catalog.default())
    return {
        family.name: (
            tuple(key for key in keys if family.first_role(key)),
            tuple(key for key in keys if family.second_role(key)),
        )
        for family in FAMILIES.values()
    }


def counts(sample: int = 20_000) -> dict:
    """``emoji``: how many take part; ``families``: name -> ``pairs`` (a guess), ``first``, ``second``."""
    keys = [emoji.key for emoji in Catalog.default()]
    # A fixed low-discrepancy walk over all pairs: the same estimate in every process.
    steps = ((k * 0.7548776662466927 % 1, k * 0.5698402909980532 % 1) for k in range(1, sample + 1))
    pairs = [(keys[int(u * len(keys))], keys[int(v * len(keys))]) for u, v in steps]
    got = Counter(recipe_for(a, b).family for a, b in pairs if a != b)
    total = len(keys) * (len(keys) - 1)
    families = {
        name: {"pairs": round(total * got[name] / sum(got.values())), "first": len(first), "second": len(second)}
        for name, (first, second) in pools().items()
    }
    return {"emoji": len({key for pair in pools().values() for role in pair for key in role}), "families": families}
