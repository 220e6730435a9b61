"""Which pairs a pack holds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise, product

from fusion.emoji.catalog import Catalog, Emoji
from fusion.emoji.popular import popular
from fusion.packs.services import PackError

ALL, POPULAR = "all", "popular"


def named(words: Sequence[str], catalog: Catalog) -> list[Emoji]:
    """The emoji that ``words`` mean, each once: texts for ``Catalog.find``, ``popular`` or ``all``."""
    groups = {ALL: lambda: list(catalog), POPULAR: lambda: popular(catalog)}
    found = [one for word in words for one in (groups[word]() if word in groups else [catalog.find(word)])]
    return list({one.key: one for one in found}.values())


def choose_pairs(words: Sequence[str], others: Sequence[str], catalog: Catalog) -> list[tuple[Emoji, Emoji]]:
    """Every emoji of ``words`` with every one of ``others``; without others, with each other. No pair twice.

    Raises PackError where that leaves none, UnknownEmoji for a word that means no emoji.
    """
    firsts = named(words, catalog)
    if not others:
        pairs = list(combinations(firsts, 2))
    else:
        met: set[frozenset[str]] = set()
        pairs = []
        for pair in product(firsts, named(others, catalog)):
            both = frozenset(one.key for one in pair)
            if len(both) == 2 and both not in met:
                met.add(both)
                pairs.append(pair)
    if not pairs:
        raise PackError("That makes no pair; name two emoji, or one and others --with it.")
    return pairs


def split(count: int, least: int, most: int) -> list[range]:
    """``count`` stickers in as few sets as ``most`` allows, of equal size give or take one.

    Raises PackError where a set would hold fewer than ``least``.
    """
    if count < least:
        raise PackError(f"A set needs at least {least} stickers there, and these are {count}; name more emoji.")
    sets = -(-count // most)
    bounds = [count * n // sets for n in range(sets + 1)]
    return [range(a, b) for a, b in pairwise(bounds)]
