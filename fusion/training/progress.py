"""How far a run has come: what its checkpoint, its log and its phases' limits are about."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
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
    """A :class:`Progress` as a checkpoint holds it; ``seconds``: by part of the step."""

    phase: int
    step: int
    minutes: float
    pairs: int
    history: list[float]
    seconds: dict[str, float]


@dataclass
class Progress:
    """Where a run stands.

    ``phase``: index of the current one, in which ``step`` steps and ``minutes`` are spent. ``pairs``: seen by all
    processes in the whole run. ``history``: what the phase's switch watches, newest last.
    """

    phase: int = 0
    step: int = 0
    minutes: float = 0.0
    pairs: int = 0
    history: list[float] = field(default_factory=list)
    clock: Clock = field(default_factory=Clock)

    def begin_next_phase(self) -> None:
        """On to the next phase, of which nothing is done."""
        self.phase, self.step, self.minutes, self.history = self.phase + 1, 0, 0.0, []

    def watch(self, value: float, window: int) -> None:
        """Add a step's number to the history, which a switch of ``window`` steps reads two windows of."""
        self.history = [*self.history, value][-2 * window :]

    def state(self) -> ProgressState:
        """As JSON for a checkpoint."""
        return {
            "phase": self.phase,
            "step": self.step,
            "minutes": self.minutes,
            "pairs": self.pairs,
            "history": self.history,
            "seconds": dict(self.clock.seconds),
        }

    def restore(self, state: ProgressState) -> None:
        """Stand where ``state`` stood; minutes that were spent on setting up are added to it."""
        self.phase, self.step, self.pairs = state["phase"], state["step"], state["pairs"]
        self.minutes += state["minutes"]
        self.history = list(state["history"])
        self.clock.seconds.update(state["seconds"])


class Due:
    """Says when ``seconds`` have passed since it last said so."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.last = seconds, time.monotonic()

    def __bool__(self) -> bool:
        return time.monotonic() - self.last >= self.seconds

    def done(self) -> None:
        """Count from now."""
        self.last = time.monotonic()
