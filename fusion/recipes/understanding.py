"""What a sentence seems to ask for: the wordings that lie nearest to its parts.

The network takes in the sentence itself; this is for people, who want to know when a wish cannot be had.

Source: DESIGN section 3. Likeness is the cosine between mean word vectors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from fusion.emoji.search import words_of
from fusion.emoji.words import WordTable
from fusion.recipes import phrases

CLOSE, NEARLY = 0.75, 0.2
"""Likeness from which on a wording counts as meant, and by how much less the next may be like it to count as well."""

ELSEWHERE: dict[str, str] = {
    "wearable": "on the ears; over the ears; on both ears; on its nose",
    "": "in its mouth; between the teeth; in its hand; in the paws; on the arm; around its neck; on its tail; "
    "on the belly; on the leg; under its feet; on the wings",
}
"""Places that people name and no caption does: the families they may be, in vain for most pairs; none has the last."""


class Meant(NamedTuple):
    """What a part of a sentence asks for.

    ``kind``: of ``captions.KINDS``; ``values``: such as ``("three",)``, of a family all that it may be, the likeliest
    first, since "on its head" can be ``("wearable", "perch", "balance")``, and nothing for places that no family has;
    ``text``: the part that says so.
    """

    kind: str
    values: tuple[str, ...]
    text: str


class Wordings(NamedTuple):
    """Every known wording. ``vectors``: (n, dimensions) at unit length."""

    meanings: tuple[tuple[str, str], ...]
    vectors: np.ndarray


def understand(sentence: str, names: Sequence[str] = ()) -> list[Meant]:
    """What each part of ``sentence``, between commas, seems to ask for; parts like no wording are left out.

    ``names``: what the two emoji are called. A person who says "glasses on the cloud's ears" means "on the ears".
    """
    return [meant for part in parts_of(sentence) if (meant := understand_part(part, names)) is not None]


def unlike_any(sentence: str, names: Sequence[str] = ()) -> list[str]:
    """The parts of ``sentence`` that hold known words and are like no wording; ``names`` as for :func:`understand`."""
    return [part for part in parts_of(sentence) if direction(part).any() and understand_part(part, names) is None]


def parts_of(sentence: str) -> list[str]:
    """What stands between commas."""
    return [part.strip() for part in re.split(r"[,;.]", sentence) if part.strip()]


def understand_part(text: str, names: Sequence[str] = ()) -> Meant | None:
    """What one part of a sentence seems to ask for."""
    known = every_wording()
    readings = [known.vectors @ direction(reading) for reading in (text, without(text, names))]
    likeness = max(readings, key=lambda reading: float(reading.max()))
    # Of wordings that mean the same to the last digits the plainer kind counts, whatever the processor rounds to.
    order = np.argsort(-likeness.round(4), kind="stable")
    best = likeness[order[0]]
    if best < CLOSE:
        return None
    kind, value = known.meanings[order[0]]
    if kind != "family":
        return Meant(kind, (value,), text)
    if not value:
        return Meant(kind, (), text)
    near = [known.meanings[row] for row in order if likeness[row] >= best - NEARLY and known.meanings[row][1]]
    return Meant(kind, tuple(dict.fromkeys(value for other, value in near if other == kind)), text)


def without(text: str, names: Sequence[str]) -> str:
    """``text`` without the words of ``names``, be they one or many, or whose something is."""
    called = {word for name in names for word in words_of(name)}
    called |= {f"{word}s" for word in called}
    return " ".join(word for word in words_of(text) if word not in called)


@cache
def every_wording() -> Wordings:
    """The wordings of families, sizes, places, counts and palettes; made once in a process."""
    tables = {
        "size": phrases.SIZES,
        "place": phrases.PLACES,
        "count": phrases.COUNTS,
        "palette": phrases.PALETTES,
        "family": phrases.FAMILIES,
    }
    meanings, vectors = [], []
    for kind, table in (*tables.items(), ("family", ELSEWHERE)):
        for value, text in table.items():
            for wording in (wording for group in phrases.wordings(text, value) for wording in group):
                vector = direction(wording)
                if vector.any():
                    meanings.append((kind, value))
                    vectors.append(vector)
    return Wordings(tuple(meanings), np.stack(vectors))


def direction(text: str) -> np.ndarray:
    """The mean vector (dimensions,) of the words that are known, at unit length; zeros where none is."""
    vectors = WordTable.default().of_text(text).vectors
    mean = vectors.mean(0) if len(vectors) else np.zeros(WordTable.default().dimensions, np.float32)
    length = float(np.linalg.norm(mean))
    return mean / length if length else mean
