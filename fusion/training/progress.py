"""How far a run has come: what its checkpoint, its log and its phases' limits are about."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypedDict


class Clock:
    """Seconds by part of the step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Count what happens inside towards the part ``name``."""
        start = time.perf_counter()
        yield
        self.seconds[name] += time.perf_counter() - start


class ProgressState(TypedDict):
    """A :class:`Progress` as a checkpoint holds it; ``seconds``: by part of the step.

    ``sums``, ``counts``: of each term since the last line of the log.
    """

    phase: int
    step: int
    minutes: float
    pairs: int
    history: list[float]
    seconds: dict[str, float]
    sums: dict[str, float]
    counts: dict[str, int]


@dataclass
class Progress:
    """Where a run stands.

    ``phase``: index of the current one, in which ``step`` steps and ``minutes`` are spent. ``pairs``: seen by all
    processes in the whole run. ``history``: what the phase's switch watches, newest last. ``sums``: of each term since
    the log's last line, over ``counts`` steps: they are part of a checkpoint, or the line after it would average less.
    """

    phase: int = 0
    step: int = 0
    minutes: float = 0.0
    pairs: int = 0
    history: list[float] = field(default_factory=list)
    clock: Clock = field(default_factory=Clock)
    sums: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def begin_next_phase(self) -> None:
        """On to the next phase, of which nothing is done."""
        self.phase, self.step, self.minutes, self.history = self.phase + 1, 0, 0.0, []
        self.means()

    def watch(self, value: float, window: int) -> None:
        """Add a step's number to the history, which a switch of ``window`` steps reads two windows of."""
        self.history = [*self.history, value][-2 * window :]

    def add(self, terms: Mapping[str, float]) -> None:
        """Add a step's terms to the sums."""
        for name, value in terms.items():
            self.sums[name] = self.sums.get(name, 0.0) + value
            self.counts[name] = self.counts.get(name, 0) + 1

    def means(self) -> dict[str, float]:
        """The terms' means since the last time this was asked."""
        found = {name: total / self.counts[name] for name, total in self.sums.items()}
        self.sums, self.counts = {}, {}
        return found

    def state(self) -> ProgressState:
        """As JSON for a checkpoint."""
        return {
            "phase": self.phase,
            "step": self.step,
            "minutes": self.minutes,
            "pairs": self.pairs,
            "history": self.history,
            "seconds": dict(self.clock.seconds),
            "sums": self.sums,
            "counts": self.counts,
        }

    def restore(self, state: ProgressState) -> None:
        """Stand where ``state`` stood; minutes that were spent on setting up are added to it."""
        self.phase, self.step, self.pairs = state["phase"], state["step"], state["pairs"]
        self.minutes += state["minutes"]
        self.history = list(state["history"])
        self.clock.seconds.update(state["seconds"])
        # Checkpoints from before had none.
        self.sums, self.counts = dict(state.get("sums", {})), dict(state.get("counts", {}))


class Due:
    """Says when ``seconds`` have passed since it last said so."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.last = seconds, time.monotonic()

    def __bool__(self) -> bool:
        return time.monotonic() - self.last >= self.seconds

    def done(self) -> None:
        """Count from now."""
        self.last = time.monotonic()
