"""What a sentence seems to ask for: the wordings that lie nearest to its parts.

The network takes in the sentence itself; this is for people, who want to know when a wish cannot be had.

Source: DESIGN section 3. Likeness is the cosine between mean word vectors.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import numpy as np

from fusion.emoji.words import WordTable
from fusion.recipes import phrases

CLOSE, NEARLY = 0.75, 0.2
"""Likeness from which on a wording counts as meant, and by how much less the next may be like it to count as well."""


class Meant(NamedTuple):
    """What a part of a sentence asks for.

    ``kind``: of ``captions.KINDS``; ``values``: such as ``("three",)``, of a family all that it may be, the likeliest
    first, since "on its head" can be ``("wearable", "perch", "balance")``; ``text``: the part that says so.
    """

    kind: str
    values: tuple[str, ...]
    text: str


class Wordings(NamedTuple):
    """Every known wording. ``vectors``: (n, dimensions) at unit length."""

    meanings: tuple[tuple[str, str], ...]
    vectors: np.ndarray


def understand(sentence: str) -> list[Meant]:
    """What each part of ``sentence``, between commas, seems to ask for; parts like no wording are left out."""
    parts = filter(None, (part.strip() for part in re.split(r"[,;.]", sentence)))
    return [meant for part in parts if (meant := understand_part(part)) is not None]


def understand_part(text: str) -> Meant | None:
    """What one part of a sentence seems to ask for."""
    known = every_wording()
    likeness = known.vectors @ direction(text)
    # Of wordings that mean the same to the last digits the plainer kind counts, whatever the processor rounds to.
    order = np.argsort(-likeness.round(4), kind="stable")
    best = likeness[order[0]]
    if best < CLOSE:
        return None
    kind, value = known.meanings[order[0]]
    if kind != "family":
        return Meant(kind, (value,), text)
    near = [known.meanings[row] for row in order if likeness[row] >= best - NEARLY]
    return Meant(kind, tuple(dict.fromkeys(value for other, value in near if other == kind)), text)


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
    for kind, table in tables.items():
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
