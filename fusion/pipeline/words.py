"""What a fusion is told in words: what the two are called, and a sentence; and what of it the network cannot know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fusion.emoji.catalog import Catalog
from fusion.emoji.sources import Source
from fusion.emoji.words import Tokens, WordTable, named_and_said
from fusion.pipeline.overrides import RequestError

LONGEST = 200
"""Characters of a sentence or of a name."""

NO_WORDS = "These weights know no words"


@dataclass(frozen=True)
class PairWords:
    """Tokens of what each of the two is called, and of what is said in ``sentence``.

    ``notices``: sentences for people.
    """

    named: tuple[Tokens, Tokens]
    said: Tokens
    sentence: str = ""
    notices: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[tuple[str, ...], ...]:
        """What tells it from all else that can be told."""
        return (*(tokens.words for tokens in self.named), self.said.words)

    def count(self, side: int) -> int:
        """How many words are told of the first (0) or the second (1)."""
        return len(self.named[side].words) + len(self.said.words)


def tokens(words: Sequence[PairWords], dimensions: int) -> tuple[np.ndarray, np.ndarray]:
    """Of B pairs the vectors (B, 2, T, D), float32, and the roles (B, 2, T), int64, as a network reads them.

    T is that of the emoji with most words, at least 1: what is no word is padding.
    """
    longest = max([1, *(pair.count(side) for pair in words for side in (0, 1))])
    vectors = np.zeros((len(words), 2, longest, dimensions), np.float32)
    roles = np.zeros((len(words), 2, longest), np.int64)
    for row, pair in enumerate(words):
        for side, named in enumerate(pair.named):
            vector, role = named_and_said(named, pair.said)
            vectors[row, side, : len(role)], roles[row, side, : len(role)] = vector[:, :dimensions], role
    return vectors, roles


def name_uploads(sources: tuple[Source, Source], names: Sequence[str | None] | None) -> tuple[Source, Source]:
    """Both with pictures called as a person calls them; emoji keep their own names. Raises RequestError."""
    if names is None:
        return sources
    if len(names) != 2:
        raise RequestError(f"There are {len(names)} names; give two, None where there is nothing to say.")
    checked = [check_text(name or "", "name") for name in names]
    first, second = (
        replace(source, name=name) if name and source.picture is not None else source
        for source, name in zip(sources, checked, strict=True)
    )
    return first, second


def check_text(text: str, what: str) -> str:
    """``text`` without spaces around it. Raises RequestError where it is too long."""
    if len(text) > LONGEST:
        raise RequestError(f"The {what} has {len(text)} characters; say it in at most {LONGEST}.")
    return text.strip()


def read_words(
    sources: tuple[Source, Source], say: str | None, names: Sequence[str | None] | None, catalog: Catalog, knows: bool
) -> PairWords | None:
    """What is told about two emoji; ``None`` for networks that know no words (``knows`` is False).

    ``say``, ``names``: as in ``Fuser.fuse``; a picture without a name has no words. Raises RequestError for a sentence
    that the network could not read.
    """
    say = check_text(say or "", "sentence")
    if not knows:
        if say:
            raise RequestError(f"{NO_WORDS}: leave the sentence out, or choose weights trained with words.")
        return None
    table = WordTable.default()
    first, second = (
        words_for(source, name, catalog, table) for source, name in zip(sources, names or ("", ""), strict=True)
    )
    said = table.of_text(say)
    return PairWords((first, second), said, say, tuple(notices((first, second), said)))


def words_for(source: Source, name: str | None, catalog: Catalog, table: WordTable) -> Tokens:
    """The tokens of an emoji's name, kind and keywords, or of the name a person gives a picture."""
    return table.of_text(name or "") if source.picture is not None else table.of_emoji(catalog[source.key])


def notices(named: Sequence[Tokens], said: Tokens) -> list[str]:
    """One sentence about the words that are not known, if any."""
    unknown = list(dict.fromkeys(word for tokens in (*named, said) for word in tokens.unknown))
    if not unknown:
        return []
    words = ", ".join(f"“{word}”" for word in unknown)
    return [f"Left out, because the network does not know {'it' if len(unknown) == 1 else 'them'}: {words}."]
