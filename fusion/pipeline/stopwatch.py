"""How long each step of a fusion takes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import torch


class Stopwatch:
    """Milliseconds by step, and since it was made. On a GPU the work of a step is waited for."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.timings_ms: dict[str, float] = {}
        self._start = time.perf_counter()

    @contextmanager
    def measure(self, step: str) -> Iterator[None]:
        """Take the time of the block."""
        start = time.perf_counter()
        yield
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        self.timings_ms[step] = 1000 * (time.perf_counter() - start)

    def stop(self) -> dict[str, float]:
        """All steps, and the ``total`` since the beginning."""
        self.timings_ms["total"] = 1000 * (time.perf_counter() - self._start)
        return self.timings_ms
