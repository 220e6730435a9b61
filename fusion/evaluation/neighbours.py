"""Which pairs look alike to the layout branch: its features of a pair, made small, and the pairs around one.

Free of torch. Source: DESIGN section 7 (Failures).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import numpy as np

KEPT = 24
"""Numbers a pair that a file keeps."""
LEVELS = 255
"""Steps from zero to the largest number: what is lost moves no pair by more than the thickness of a dot."""


class PackedFeatures(TypedDict):
    """Features for a file: whole multiples of ``step``, a list for each of the numbers a pair has."""

    step: float
    columns: list[list[int]]


def together(features: Sequence[np.ndarray | None]) -> np.ndarray | None:
    """The features of all pairs as (N, D), float32; ``None`` unless every one of them has some."""
    known = [one for one in features if one is not None]
    return np.stack(known).astype(np.float32) if known and len(known) == len(features) else None


def principal(features: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The first ``count`` principal components of features (N, D): (N, count), and each one's share of the variance.

    Where there are fewer, the rest is 0. Signs are such that the largest weight of each is positive.
    """
    centred = features.astype(np.float64) - features.mean(0)
    _, lengths, axes = np.linalg.svd(centred, full_matrices=False)
    axes = axes * np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(1)])[:, None]
    found, shares = np.zeros((len(features), count)), np.zeros(count)
    there = min(count, len(axes))
    found[:, :there] = centred @ axes[:there].T
    shares[:there] = lengths[:there] ** 2 / max(float((lengths**2).sum()), 1e-12)
    return found, shares


def packed(features: np.ndarray) -> PackedFeatures:
    """Features (N, D) for a file: at most KEPT principal components."""
    small, _ = principal(features, min(KEPT, features.shape[1]))
    step = float(np.float32(max(np.abs(small).max(initial=0.0), 1e-6) / LEVELS))
    return {"step": step, "columns": np.rint(small / step).astype(int).T.tolist()}


def unpacked(content: PackedFeatures | None, count: int) -> list[np.ndarray | None]:
    """The features of ``count`` pairs from a file, each (D,); ``None`` where it has none. Raises ValueError."""
    if not content:
        return [None] * count
    rows = (np.array(content["columns"], np.float32) * content["step"]).T
    if rows.ndim != 2 or len(rows) != count:
        raise ValueError(f"it has features of {len(rows)} pairs, not {count}")
    return list(rows.astype(np.float16))


def nearest(features: np.ndarray, kinds: Sequence[str], row: int, count: int) -> list[tuple[int, float]]:
    """The ``count`` pairs nearest to ``row`` in features (N, D), with their distances: first those of its kind.

    Distances are in units of the mean distance of all pairs from their mean.
    """
    spread = max(float(np.linalg.norm(features - features.mean(0), axis=1).mean()), 1e-12)
    distances = np.linalg.norm(features - features[row], axis=1) / spread
    around = [n for n in np.argsort(distances, kind="stable").tolist() if n != row][:count]
    return [(n, float(distances[n])) for n in sorted(around, key=lambda n: kinds[n] != kinds[row])]
