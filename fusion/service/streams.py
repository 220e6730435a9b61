"""Answers that take minutes to write: a few at a time; who comes meanwhile is told to come back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from fusion.turns import Busy

MOST_STREAMS = 2
"""Each takes a share of a core for as long as it lasts."""


class Streams:
    """Places for ``most`` long answers; for one event loop."""

    def __init__(self, most: int = MOST_STREAMS) -> None:
        self.free = most

    @contextmanager
    def place(self) -> Iterator[None]:
        """One of them. Raises Busy."""
        if not self.free:
            raise Busy(
                "The whole catalogue goes to others right now; try again in a few minutes, or ask for some emoji."
            )
        self.free -= 1
        try:
            yield
        finally:
            self.free += 1


class LongAnswer(StreamingResponse):
    """A stream that takes a place in ``streams`` while it is sent, or none where there are no ``streams``."""

    def __init__(self, chunks: Iterable[bytes], streams: Streams | None, **options: Any) -> None:
        super().__init__(chunks, **options)
        self._streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it. Raises Busy before anything is sent."""
        if self._streams is None:
            await super().__call__(scope, receive, send)
            return
        with self._streams.place():
            await super().__call__(scope, receive, send)
