"""Which of the network's hypotheses people can tell apart, and in which order they are offered; no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fusion.pipeline.overrides import UnknownHypothesis

SHOWN = 3
"""So many at most, however unlikely: a network that knows its pair is nearly certain, and its other hypotheses are
stickers all the same."""


@dataclass(frozen=True)
class Ranked:
    """``index``: of the hypothesis in the network; ``probability``: of all those that place the boxes like it."""

    index: int
    probability: float


def rank(shares: np.ndarray, same: np.ndarray) -> list[Ranked]:
    """First the hypothesis that the network takes, then the others by probability.

    ``shares``: (M,) probabilities; ``same``: (M, M) bool, row m says which hypotheses say the same as m.
    """
    left = shares.copy()
    found: list[Ranked] = []
    while len(found) < SHOWN:
        best = int(left.argmax())
        if left[best] <= 0:
            break
        found.append(Ranked(best, float(left[same[best]].sum())))
        left[same[best]] = 0.0
    return found[:1] + sorted(found[1:], key=lambda one: -one.probability)


def chosen(ranked: Sequence[Ranked], hypothesis: int) -> int | None:
    """Index in the network of the ``hypothesis``-th one; ``None`` where it weighs none. Raises UnknownHypothesis."""
    if hypothesis > max(len(ranked), 1):
        known = "has one hypothesis" if len(ranked) < 2 else f"has {len(ranked)} hypotheses"
        raise UnknownHypothesis(f"The network {known} for this pair; there is no number {hypothesis}.")
    return ranked[hypothesis - 1].index if ranked else None
