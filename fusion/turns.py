"""Who waits for whom: fusions one after the other in a queue of their own, everything else beside it.

The web framework answers from a pool of threads. A fusion that waited there would keep others from their static
answers, so it waits here, where a place costs nothing; who finds no place is told so at once.

Source: DESIGN section 7.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from fusion.errors import FusionError

Answer = TypeVar("Answer")

FUSIONS_WAITING = 64
"""Fusions that may wait, however quick they are."""
PATIENCE = 1.8
"""Seconds after which a fusion is to be done: what remains to 2.5 is for its way there and back."""
ALWAYS = 4
"""So many may wait however slow they are."""
REMEMBERED = 16
"""Things done last whose time tells how long the next ones take."""


class Busy(FusionError):
    """More is asked for than can be done in a time anybody would wait."""


class Turns:
    """One thread that does one thing after the other. ``most``: so many may be under way or wait.

    ``patience``: seconds after which what comes last is to be done, as long as the latest took; who would have to wait
    for longer finds no place. ``None``: as long as it takes.
    """

    def __init__(
        self,
        most: int = FUSIONS_WAITING,
        name: str = "fusions",
        patience: float | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._most, self._patience, self._clock, self._open = most, patience, clock, 0
        self._latest: deque[float] = deque(maxlen=REMEMBERED)
        self._lock, self._idle = threading.Lock(), threading.Event()
        self._idle.set()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def run(self, work: Callable[[], Answer]) -> Answer:
        """``work()``, when its turn has come. Raises Busy where no place is left."""
        return await self._submit(work)

    @property
    def open(self) -> int:
        """How many are under way or wait."""
        return self._open

    def idle(self, seconds: float) -> bool:
        """Wait until nothing is under way here or waits, for so long at most; whether that came."""
        return self._idle.wait(seconds)

    def _submit(self, work: Callable[[], Answer]) -> Awaitable[Answer]:
        with self._lock:
            if self._open >= self._places():
                raise Busy("Many people are fusing right now; try again in a few seconds.")
            self._open += 1
            self._idle.clear()
        return asyncio.get_running_loop().run_in_executor(self._worker, copy_context().run, self._done, work)

    def _places(self) -> int:
        """How many may be under way or wait now. The caller holds the lock."""
        if self._patience is None or not self._latest:
            return self._most
        each = sum(self._latest) / len(self._latest)
        return min(self._most, max(ALWAYS, int(self._patience / max(each, 1e-6))))

    def _done(self, work: Callable[[], Answer]) -> Answer:
        begun = self._clock()
        try:
            return work()
        finally:
            took = self._clock() - begun
            with self._lock:
                self._open -= 1
                if not self._open:
                    self._idle.set()
                if self._patience is not None:
                    # Weights that were loaded on the way say nothing about the next fusion.
                    self._latest.append(min(took, self._patience))
