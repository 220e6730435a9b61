"""Blind comparison: two folders of pictures of equal names, judged one pair at a time in an order that tells nothing.

Which folder stands left is a coin, seeded, and never shown. A vote says which of the two would be sent to a friend, and
of either whether it would be sent at all, or is poor. The summary gives shares with Wilson intervals.

Source: DESIGN section 6; Wilson, "Probable inference, the law of succession, and statistical inference" (1927).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fusion.errors import FusionError
from fusion.files import write_beside

Z95 = 1.959964
"""Normal quantile of a two-sided 95 % interval."""
CHOICES = ("a", "b", "neither")
GRADES = ("send", "so-so", "poor")
SUFFIXES = (".png", ".webp")


@dataclass(frozen=True)
class Vote:
    """``choice``: the better picture's folder, or ``"neither"``; ``grade_a``, ``grade_b``: one of ``GRADES``."""

    name: str
    choice: str
    grade_a: str
    grade_b: str


class Card(NamedTuple):
    """One pair to judge: the pictures' common name, and whether folder A's stands left."""

    name: str
    a_left: bool


class Share(NamedTuple):
    """A share of ``n``, with the bounds of its 95 % Wilson interval."""

    share: float
    low: float
    high: float
    n: int


def common_names(a: Path, b: Path) -> list[str]:
    """Names of the pictures that both folders hold, sorted. Raises FusionError where there are none."""
    for folder in (a, b):
        if not folder.is_dir():
            raise FusionError(f"{folder} is no folder; name two folders of pictures with equal names.")
    names = sorted(p.name for p in a.iterdir() if p.suffix in SUFFIXES and (b / p.name).is_file())
    if not names:
        raise FusionError(f"{a} and {b} have no picture in common; draw both with sheet --folder from the same pairs.")
    return names


def deal(names: Sequence[str], seed: int = 0) -> list[Card]:
    """The cards in a random order, the same for the same names and seed; half of them, rounded down, have A left."""
    generator = np.random.default_rng(seed)
    sides = generator.permutation(np.arange(len(names)) % 2 == 1)
    order = generator.permutation(len(names))
    return [Card(names[i], bool(sides[i])) for i in order]


def cast(card: Card, choice: str, left: str, right: str) -> Vote:
    """A vote from what was said of left and right. ``choice``: ``"left"``, ``"right"`` or ``"neither"``.

    Raises FusionError for a word that is none of these.
    """
    if choice not in ("left", "right", "neither") or left not in GRADES or right not in GRADES:
        raise FusionError(f"A vote of {choice!r}, {left!r}, {right!r} means nothing; vote on the page again.")
    better = choice if choice == "neither" else "a" if (choice == "left") == card.a_left else "b"
    return Vote(card.name, better, *((left, right) if card.a_left else (right, left)))


def wilson(hits: int, n: int, z: float = Z95) -> Share:
    """The share ``hits / n`` with its Wilson interval; 0 to 1 where ``n`` is 0."""
    if n == 0:
        return Share(math.nan, 0.0, 1.0, 0)
    share, square = hits / n, z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z * math.sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return Share(share, max(middle - half, 0.0), min(middle + half, 1.0), n)


def summary(votes: Iterable[Vote]) -> dict[str, Share]:
    """``b_preferred`` among pairs where one was better, and of either folder the shares sent and poor."""
    votes = list(votes)
    decided = [vote for vote in votes if vote.choice != "neither"]
    shares = {"b_preferred": wilson(sum(vote.choice == "b" for vote in decided), len(decided))}
    for side in ("a", "b"):
        grades = [getattr(vote, f"grade_{side}") for vote in votes]
        for grade in ("send", "poor"):
            shares[f"{side}_{grade}"] = wilson(grades.count(grade), len(votes))
    return shares


def write_votes(path: Path, votes: Iterable[Vote], a: Path, b: Path) -> None:
    """Write votes as JSON: the two folders, and one entry a pair."""
    table = {"a": str(a), "b": str(b), "votes": [asdict(vote) for vote in votes]}
    with write_beside(path) as partial:
        partial.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


def read_votes(path: Path) -> list[Vote]:
    """The votes of a file. Raises FusionError where it is none."""
    try:
        votes = [Vote(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))["votes"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FusionError(f"{path} holds no votes; make them with: python -m fusion blind A B --out {path}") from error
    for vote in votes:
        if vote.choice not in CHOICES or vote.grade_a not in GRADES or vote.grade_b not in GRADES:
            raise FusionError(f"{path} holds the vote {vote.choice!r} for {vote.name}, which means nothing; remove it.")
    return votes
