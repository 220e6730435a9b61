"""Finding emoji by words: what the words of a text are, and how well they fit an emoji's name, aliases and keywords.

Source: DESIGN section 3. The page ranks by the same rule (`ui/static/search.js`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import cached_property
from itertools import chain
from typing import NamedTuple

APOSTROPHES = "['‘’ʼ＇`´]"
"""However they are typed, "o'clock" is one word."""
SIGNS = ("So", "Sk", "Cc", "Cn", "Co", "Cs")
"""Unicode's categories of symbols, modifiers, control characters, and what is no character yet or by itself."""


def words_of(text: str) -> tuple[str, ...]:
    """The words of a name or query, in lower case, whatever stands between them; "+1", "-1", "#" and "*" are names."""
    return tuple(re.findall(r"[^\W_]+|^[+-](?=1$)|[#*]", re.sub(APOSTROPHES, "", text.casefold())))


def is_sign(char: str) -> bool:
    """Whether a character is a symbol, a part of a path or invisible: nothing that stands in names or between words."""
    return char in "/\\\u200d" or (unicodedata.category(char) in SIGNS and not char.isspace() and char not in "^`¯")


class Words(NamedTuple):
    """The words by which an emoji is found."""

    name: tuple[str, ...]
    aliases: set[tuple[str, ...]]
    keywords: list[tuple[str, ...]]

    @classmethod
    def of(cls, name: str, aliases: Iterable[str], keywords: Iterable[str]) -> Words:
        """The words of texts."""
        return cls(words_of(name), {words_of(alias) for alias in aliases}, [words_of(word) for word in keywords])


class Fit(NamedTuple):
    """How well an emoji fits a query; the better one is the greater one. ``score``: see ``match``."""

    score: int
    earliness: int
    """0 for the first emoji in Unicode order, -1 for the second and so on."""
    key: str


class WordIndex:
    """All emoji by their words. ``words``: key -> words, in Unicode order."""

    def __init__(self, words: dict[str, Words]) -> None:
        self._words = words

    @cached_property
    def _names(self) -> dict[tuple[str, ...], str]:
        """Words -> the one emoji of that name or alias; a name goes before an alias, the first before later ones."""
        names: dict[tuple[str, ...], str] = {}
        for key, words in self._words.items():
            names.setdefault(words.name, key)
        for key, words in self._words.items():
            for alias in words.aliases:
                names.setdefault(alias, key)
        return names

    def named(self, words: tuple[str, ...]) -> str | None:
        """The emoji of which ``words`` are the name or an alias, if there is one."""
        return self._names.get(words)

    def ranked(self, words: tuple[str, ...]) -> list[Fit]:
        """The emoji that fit all ``words``, best first; none for no words."""
        if not words:
            return []
        fits = (Fit(match(words, known), -index, key) for index, (key, known) in enumerate(self._words.items()))
        return sorted((fit for fit in fits if fit.score), reverse=True)


def clear_winner(ranked: list[Fit]) -> str | None:
    """The emoji that fits better than every other, if there is one. ``ranked``: best first."""
    if ranked and (len(ranked) == 1 or ranked[0].score > ranked[1].score):
        return ranked[0].key
    return None


def match(words: tuple[str, ...], known: Words) -> int:
    """How well a query fits an emoji: 0 not at all, 7 by name."""
    if words == known.name or words in known.aliases:
        return 7
    if set(words) <= set(known.name):
        return 6
    if words in known.keywords:
        return 5 if set(words) & set(known.name) else 4
    if begin(words, known.name):
        return 3
    if any(begin(words, alias) for alias in known.aliases):
        return 2
    return int(begin(words, {*known.name, *chain(*known.aliases, *known.keywords)}))


def begin(words: Iterable[str], others: Collection[str]) -> bool:
    """Whether each of ``words`` is the beginning of one of ``others``."""
    return all(any(other.startswith(word) for other in others) for word in words)
