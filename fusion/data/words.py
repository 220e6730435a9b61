"""Words of a batch: name, kind and keywords of each emoji, and a sentence, as vectors; some left out in training.

Source: DESIGN section 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from fusion.data.batch import Batch
from fusion.emoji.catalog import Catalog
from fusion.emoji.search import words_of
from fusion.emoji.words import TOKENS, Tokens, WordTable, named_and_said
from fusion.errors import FusionError


@dataclass(frozen=True)
class WordRates:
    """How often words are left out in training.

    ``all``: every word of a pair, so that the network keeps working with pictures alone; ``name``, ``kind``,
    ``keywords``: of one emoji, else. ``blur``: standard deviation of what is added to the words of a sentence, whose
    components have a mean square of 1, so that a word that was never said is taken for its neighbours.
    """

    all: float = 0.25
    name: float = 0.2
    kind: float = 0.3
    keywords: float = 0.4
    blur: float = 0.35


RATES = WordRates()


def name_words(
    key: str, rates: WordRates, generator: np.random.Generator | None, keywords_too: bool = True
) -> list[str]:
    """The words of an emoji's name, kind and keywords; a ``generator`` may leave any of them out. None for a stranger.

    ``keywords_too``: else the words of the name alone.
    """
    if key not in Catalog.default():
        return []
    emoji = Catalog.default()[key]
    told = [True, keywords_too, keywords_too]
    if generator is not None:
        told = list(generator.random(3) >= (rates.name, rates.kind, rates.keywords))
    parts = ((emoji.name,), (emoji.kind,), emoji.keywords)
    texts = [text for part, wanted in zip(parts, told, strict=True) if wanted for text in part]
    return [word for text in texts for word in words_of(text)]


def blurred(said: Tokens, rates: WordRates, generator: np.random.Generator | None) -> Tokens:
    """The same words with vectors (n, dimensions) a little off, as training gives them; unchanged by default."""
    if generator is None or not len(said.vectors):
        return said
    noise = rates.blur * generator.standard_normal(said.vectors.shape, np.float32)
    return replace(said, vectors=said.vectors + noise)


def add_words(
    batch: Batch,
    dimensions: int,
    sentences: Sequence[str] = (),
    generator: np.random.Generator | None = None,
    rates: WordRates = RATES,
    keywords: bool = True,
) -> None:
    """Give ``batch``, in place, the words of its emoji, and to each pair its sentence; the truth stays.

    ``dimensions``: of the vectors (``FusionConfig.words``), 0 gives none. ``sentences``: one a pair, or none at all.
    ``generator``: leaves names, kinds and keywords out at random and blurs what is said, as training does; sentences
    are kept, since the truth follows them. ``keywords``: without a ``generator``, whether they and the kinds are told
    beside the names. Raises FusionError where the table has fewer dimensions.
    """
    if not dimensions:
        return
    table = WordTable.default()
    if dimensions > table.dimensions:
        raise FusionError(f"The word table has {table.dimensions} dimensions: set words to that or less.")
    vectors = torch.zeros(len(batch), 2, 2 * TOKENS, dimensions)
    roles = torch.zeros(len(batch), 2, 2 * TOKENS, dtype=torch.long)
    for row, keys in enumerate(batch.keys):
        silent = generator is not None and generator.random() < rates.all
        said = blurred(table.of_text(sentences[row] if sentences else ""), rates, generator)
        for side, key in enumerate(keys):
            named = table.look_up([] if silent else name_words(key, rates, generator, keywords))
            found, role = named_and_said(named, said)
            vectors[row, side, : len(found)] = torch.from_numpy(found[:, :dimensions])
            roles[row, side, : len(role)] = torch.from_numpy(role)
    batch.word_vectors, batch.word_roles = vectors, roles
