"""Who waits for whom: fusions one after the other in a queue of their own, everything else beside it.

The web framework answers from a pool of threads. A fusion that waited there would keep others from their static
answers, so it waits here, where a place costs nothing; who finds no place is told so at once.

Source: DESIGN section 7.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from fusion.errors import FusionError

Answer = TypeVar("Answer")

FUSIONS_WAITING = 64
"""Fusions that may wait: at some eight a second the last of them waits eight seconds."""


class Busy(FusionError):
    """More is asked for than can be done in a time anybody would wait."""


class Turns:
    """One thread that does one thing after the other. ``most``: so many may be under way or wait."""

    def __init__(self, most: int = FUSIONS_WAITING, name: str = "fusions") -> None:
        self._most, self._open = most, 0
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def run(self, work: Callable[[], Answer]) -> Answer:
        """``work()``, when its turn has come. Raises Busy where no place is left."""
        return await self._submit(work)

    def _submit(self, work: Callable[[], Answer]) -> Awaitable[Answer]:
        with self._lock:
            if self._open >= self._most:
                raise Busy("Many people are fusing right now; try again in a few seconds.")
            self._open += 1
        return asyncio.get_running_loop().run_in_executor(self._worker, copy_context().run, self._done, work)

    def _done(self, work: Callable[[], Answer]) -> Answer:
        try:
            return work()
        finally:
            with self._lock:
                self._open -= 1
