"""Words as vectors: the tokens of an emoji's name, kind and keywords, of an upload's name, and of a person's sentence.

The table is made by ``assets/scripts/build_words.py``; looking words up needs numpy alone.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from fusion.assets import ASSETS
from fusion.emoji.catalog import Emoji
from fusion.emoji.search import words_of
from fusion.errors import FusionError

TABLE = ASSETS / "words.safetensors"

TOKENS = 12
"""So many words of an emoji or of a sentence count; further ones are left out."""

FILLERS = frozenset({"a", "an", "and", "be", "is", "it", "its", "of", "or", "please", "that", "the", "this", "to"})
"""Words that say nothing about a layout; attention need not learn that."""


class UnreadableWords(FusionError):
    """The table of word vectors is missing or damaged."""


@dataclass(frozen=True)
class Tokens:
    """Words that were found. ``vectors``: (n, dimensions) float32; ``unknown``: words the table does not have."""

    words: tuple[str, ...]
    vectors: np.ndarray
    unknown: tuple[str, ...] = ()


NAMED, SAID = 1, 2
"""Roles of a token, as a network reads them (0 is padding): of an emoji's name, or of what a person says."""


def named_and_said(named: Tokens, said: Tokens) -> tuple[np.ndarray, np.ndarray]:
    """Vectors (n, dimensions) of the words that name an emoji, then of those said, and their roles (n,)."""
    roles = np.array([NAMED] * len(named.words) + [SAID] * len(said.words), np.int64)
    return np.concatenate([named.vectors, said.vectors]), roles


class WordTable:
    """Vectors of words, int8 with one scale a component. ``vectors``: (n, dimensions)."""

    def __init__(self, words: list[str], vectors: np.ndarray, scale: np.ndarray) -> None:
        self._rows = {word: row for row, word in enumerate(words)}
        self._vectors, self._scale = vectors, scale
        self.dimensions = vectors.shape[1]

    @classmethod
    @cache
    def default(cls) -> WordTable:
        """The table that ships."""
        return cls.read(TABLE)

    @classmethod
    def read(cls, path: Path) -> WordTable:
        """A table from a file, read without the package that wrote it: bots have no other need of it.

        Raises UnreadableWords.
        """

        def tensor(name: str, kind: str) -> np.ndarray:
            begin, end = header[name]["data_offsets"]
            return np.frombuffer(content[8 + length + begin : 8 + length + end], kind).reshape(header[name]["shape"])

        try:
            content = path.read_bytes()
            (length,) = struct.unpack("<Q", content[:8])
            header = json.loads(content[8 : 8 + length])
            words = header["__metadata__"]["words"].split("\n")
            return cls(words, tensor("vectors", "<i1"), tensor("scale", "<f4"))
        except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
            raise UnreadableWords(
                f"The word table {path.name} is missing or damaged: restore assets/ from the repository."
            ) from error

    def __contains__(self, word: str) -> bool:
        return word in self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def packed(self, words: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
        """Vectors (n, dimensions) of words that are here, int8, and what a component is multiplied by (dimensions,)."""
        return self._vectors[[self._rows[word] for word in words]], self._scale

    def look_up(self, words: Iterable[str], limit: int = TOKENS) -> Tokens:
        """The first ``limit`` known words, each once, fillers left out."""
        found: dict[str, int] = {}
        unknown: dict[str, None] = {}
        for word in words:
            row = self._rows.get(word)
            if word in FILLERS:
                continue
            if row is None:
                unknown[word] = None
            elif len(found) < limit:
                found[word] = row
        vectors = self._vectors[list(found.values())].astype(np.float32) * self._scale
        return Tokens(tuple(found), vectors.reshape(len(found), self.dimensions), tuple(unknown))

    def of_text(self, text: str) -> Tokens:
        """The tokens of a sentence or of a name that a person gives."""
        return self.look_up(words_of(text.replace("’", "'").replace("n't", " not")))

    def of_emoji(self, emoji: Emoji) -> Tokens:
        """The tokens of an emoji: the words of its name, of what it is one of, and of its keywords."""
        kind = (word for word in words_of(emoji.kind) if word in self)  # a term of the catalogue's, not of a person's
        texts = (word for text in emoji.keywords for word in words_of(text))
        return self.look_up([*words_of(emoji.name), *kind, *texts])
