"""Which recipe a pair of emoji gets, and why. A pure, total function of the two emoji.

The same in every process, and in both orders unless both are smileys: then the first is the main subject.

Source: DESIGN section 3.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from fusion.emoji.catalog import Catalog
from fusion.geometry import STICKER_FRAME, Frame
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.family import Family
from fusion.recipes.recipe import Recipe
from fusion.recipes.roles import is_animal, is_face, is_hand, is_mark, is_motif, is_person, is_smiley, is_tile
from fusion.recipes.rosters import CLASSIC, Roster


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
    fitting = [exchanged for exchanged in (False, True) if family.fits(*_turned(first, second, exchanged))]
    # The order is asked only where it matters: some measure for it what no other role needs.
    if len(fitting) == 2 and not in_order(first, second, family):
        fitting.reverse()
    for exchanged in fitting:
        recipe = family.build(*_turned(first, second, exchanged), frame)
        if recipe is not None:
            return recipe, exchanged
    return None


def _turned(first: str, second: str, exchanged: bool) -> tuple[str, str]:
    return (second, first) if exchanged else (first, second)


def route(first: str, second: str, frame: Frame, roster: Roster = CLASSIC) -> tuple[Recipe, int]:
    """The recipe, ``main`` counted in the given order, and the index of its family in the roster's rules."""
    for index, family in enumerate(roster.rules):
        answer = ask(family, first, second, frame)
        if answer is not None:
            recipe, exchanged = answer
            return (replace(recipe, main=1 - recipe.main) if exchanged else recipe), index
    raise AssertionError(f"the last family of the roster {roster.name} does not take every pair")


def recipe_for(first: str, second: str, frame: Frame = STICKER_FRAME, roster: Roster = CLASSIC) -> Recipe:
    """The one recipe of this pair of codepoint keys. Raises ``UnknownEmoji`` for a key outside the catalogue."""
    return route(first, second, frame, roster)[0]


def explain(first: str, second: str, roster: Roster = CLASSIC) -> Explanation:
    """Which family the pair gets, who is main, why, and what was considered before."""
    recipe, index = route(first, second, STICKER_FRAME, roster)
    considered = tuple(f"{family.name}: wants {family.wants}" for family in roster.rules[:index])
    return Explanation(recipe.family, (first, second)[recipe.main], recipe.reason, considered)


@cache
def role_pools(family: Family) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The sorted keys that can stand first in a family, and those that can stand second, in role order."""
    keys = sorted(emoji.key for emoji in Catalog.default())
    return tuple(key for key in keys if family.first_role(key)), tuple(key for key in keys if family.second_role(key))


def pools(roster: Roster = CLASSIC) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Per family of the roster, those for sheets only at the end: see :func:`role_pools`."""
    return {family.name: role_pools(family) for family in (*roster.rules, *roster.shown)}


def every_pair(keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    """All pairs of different ``keys`` without regard to order, each once."""
    return ((first, second) for i, first in enumerate(keys) for second in keys[:i])


def walk(keys: Sequence[str], sample: int) -> Iterator[tuple[str, str]]:
    """``sample`` ordered pairs, a few of them the same emoji twice, which are left out.

    A fixed low-discrepancy walk over all pairs: the same estimate in every process.
    """
    steps = ((k * 0.7548776662466927 % 1, k * 0.5698402909980532 % 1) for k in range(1, sample + 1))
    pairs = ((keys[int(u * len(keys))], keys[int(v * len(keys))]) for u, v in steps)
    return ((a, b) for a, b in pairs if a != b)


def shares(keys: Sequence[str], roster: Roster = CLASSIC, sample: int | None = None) -> tuple[int, Counter]:
    """How many pairs of ``keys`` were routed, and how many of them each family got.

    ``sample``: so many pairs of a fixed walk; ``None``: every pair.
    """
    pairs = every_pair(sorted(keys)) if sample is None else walk(keys, sample)
    got = Counter(recipe_for(a, b, roster=roster).family for a, b in pairs)
    return sum(got.values()), got


def counts(sample: int = 20_000, roster: Roster = CLASSIC) -> dict:
    """``emoji``: how many take part; ``families``: name -> ``pairs`` (a guess), ``first``, ``second``."""
    keys = [emoji.key for emoji in Catalog.default()]
    routed, got = shares(keys, roster, sample)
    total = len(keys) * (len(keys) - 1)
    chosen = pools(roster)
    families = {
        name: {"pairs": round(total * got[name] / routed), "first": len(first), "second": len(second)}
        for name, (first, second) in chosen.items()
    }
    return {"emoji": len({key for pair in chosen.values() for role in pair for key in role}), "families": families}
