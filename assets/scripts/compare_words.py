"""Compare tables of word vectors: ``python assets/scripts/compare_words.py assets/words.safetensors OTHER``.

``build_words.py --model glove --out OTHER`` makes another one; comparing needs the project alone. Asked is
what the network is to read off them: what an emoji can be in a recipe, by a linear probe on the mean vector of its name
and keywords, judged on held-out emoji; and what a held-out wording means, by the training wording nearest to it. The
table is printed in Markdown.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from fusion.data.splits import is_held_out_emoji  # noqa: E402
from fusion.emoji.catalog import Catalog  # noqa: E402
from fusion.emoji.search import words_of  # noqa: E402
from fusion.emoji.words import FILLERS, WordTable  # noqa: E402
from fusion.recipes import phrases  # noqa: E402
from fusion.recipes.teacher import Pools, Teacher  # noqa: E402

RIDGE = 30.0
"""Weight of the probe's penalty; with over a thousand emoji to learn from, little depends on it."""
FEWEST = 5
"""Held-out emoji that a role needs to be judged."""
ASKED = ("hat", "bowl", "fire")
"""Words whose nearest neighbours among the catalog's are shown."""

Wordings = Sequence[tuple[str, str]]
"""(meaning, wording)."""


def mean_vector(table: WordTable, vectors: np.ndarray) -> np.ndarray:
    """The mean of ``vectors`` (n, dimensions); zeros where there are none."""
    return vectors.mean(0) if len(vectors) else np.zeros(table.dimensions, np.float32)


def roles(pools: Pools, keys: Sequence[str]) -> np.ndarray:
    """Whether each emoji can stand first or second in each family: bool (emoji, roles)."""
    every = [set(role) for name in sorted(pools) for role in pools[name]]
    return np.array([[key in role for role in every] for key in keys])


def probe(seen: np.ndarray, truth: np.ndarray, unseen: np.ndarray) -> np.ndarray:
    """Scores (m, roles) of ``unseen`` (m, d) by ridge regression from ``seen`` (n, d) to ``truth`` (n, roles)."""
    centre, spread = seen.mean(0), seen.std(0) + 1e-6
    known, asked = (seen - centre) / spread, (unseen - centre) / spread
    weights = np.linalg.solve(known.T @ known + RIDGE * np.eye(known.shape[1]), known.T @ (truth - truth.mean(0)))
    return asked @ weights


def area(scores: np.ndarray, truth: np.ndarray) -> float:
    """Area under the ROC curve: how often one that is (bool ``truth``) scores above one that is not."""
    yes, no = scores[truth][:, None], scores[~truth][None]
    return float(((yes > no) + 0.5 * (yes == no)).mean())


def role_area(table: WordTable, pools: Pools) -> tuple[float, int]:
    """Mean area over the roles that can be judged, and how many these are."""
    catalog = list(Catalog.default())
    vectors = np.stack([mean_vector(table, table.of_emoji(emoji).vectors) for emoji in catalog]).astype(float)
    truth = roles(pools, [emoji.key for emoji in catalog])
    unseen = np.array([is_held_out_emoji(emoji.key) for emoji in catalog])
    scores, asked = probe(vectors[~unseen], truth[~unseen].astype(float), vectors[unseen]), truth[unseen]
    judged = [role for role in range(truth.shape[1]) if FEWEST <= asked[:, role].sum() <= len(asked) - FEWEST]
    return float(np.mean([area(scores[:, role], asked[:, role]) for role in judged])), len(judged)


def wordings(held_out: bool) -> Wordings:
    """Every wording of the captions, those of training or those held out."""
    tables = (phrases.FAMILIES, phrases.SIZES, phrases.PLACES, phrases.COUNTS, phrases.PALETTES)
    return [
        (value, text)
        for table in tables
        for value, joined in table.items()
        for text in phrases.wordings(joined, value)[held_out]
    ]


def understood(table: WordTable) -> float:
    """Share of the held-out wordings whose nearest training wording means the same."""
    known, asked = wordings(False), wordings(True)
    near, far = (directions(table, [text for _, text in some]) for some in (asked, known))
    nearest = (near @ far.T).argmax(1)
    return float(np.mean([known[row][0] == meaning for row, (meaning, _) in zip(nearest, asked, strict=True)]))


def directions(table: WordTable, texts: Iterable[str]) -> np.ndarray:
    """Mean vectors of the words of each text at unit length, (texts, dimensions); zeros where no word is known."""
    vectors = np.stack([mean_vector(table, table.of_text(text).vectors) for text in texts])
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)


def neighbours(table: WordTable, word: str, among: Sequence[str], count: int = 4) -> str:
    """The words nearest to ``word``."""
    likeness = directions(table, among) @ directions(table, [word])[0]
    return ", ".join([among[row] for row in np.argsort(-likeness) if among[row] != word][:count])


def known_share(table: WordTable, words: Sequence[str]) -> float:
    """Share of ``words`` with a vector of their own: those that a source does not know share one."""
    vectors, _ = table.packed(words)
    _, which, counts = np.unique(vectors, axis=0, return_inverse=True, return_counts=True)
    return float((counts[which.reshape(-1)] == 1).mean())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tables", nargs="+", type=Path, metavar="TABLE", help="files that build_words.py wrote")
    paths = parser.parse_args().tables
    pools = Teacher(roster="taste").pools()
    named = sorted({w for one in Catalog.default() for text in (one.name, *one.keywords) for w in words_of(text)})
    named = [word for word in named if word not in FILLERS]
    heads = ["table", "numbers a word", "catalog's words with a vector of their own", "roles told apart, area"]
    heads += ["wordings understood", *(f"nearest to {word!r}" for word in ASKED)]
    print(f"| {' | '.join(heads)} |")
    print("|" + "---|" * len(heads))
    for path in paths:
        table = WordTable.read(path)
        told, judged = role_area(table, pools)
        cells = [path.stem, f"{table.dimensions}", f"{known_share(table, named):.1%}", f"{told:.3f} ({judged} roles)"]
        cells += [f"{understood(table):.1%}", *(neighbours(table, word, named) for word in ASKED)]
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
