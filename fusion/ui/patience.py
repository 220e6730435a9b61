"""Connections that are opened and say nothing, or that never take their answer, are closed after a while.

The web server itself times out between two requests only. A request's body has a time limit in ``bodies``.

Source: DESIGN section 7.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import uvicorn

HEAD_SECONDS = 20.0
"""From the first byte of a request, or from the connection, to the end of its head."""
READ_SECONDS = 120.0
"""For which an answer may wait to be taken."""


class Patience:
    """In front of a protocol class of uvicorn, whose state it reads: ``transport``, ``cycle``, ``loop``."""

    transport: asyncio.Transport
    loop: asyncio.AbstractEventLoop
    cycle: Any
    _head: asyncio.TimerHandle | None = None
    _taken: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Wait for a head."""
        super().connection_made(transport)  # type: ignore[misc]
        self._head = self.loop.call_later(HEAD_SECONDS, self._close)

    def data_received(self, data: bytes) -> None:
        """Wait for a head as long as there is a part of one."""
        super().data_received(data)  # type: ignore[misc]
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_head()
        elif self._head is None:
            self._head = self.loop.call_later(HEAD_SECONDS, self._close)

    def pause_writing(self) -> None:
        """Wait for the other end to take what was sent."""
        super().pause_writing()  # type: ignore[misc]
        self._taken = self._taken or self.loop.call_later(READ_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """It was taken."""
        super().resume_writing()  # type: ignore[misc]
        self._stop_taken()

    def connection_lost(self, error: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop_head()
        self._stop_taken()
        super().connection_lost(error)  # type: ignore[misc]

    def _close(self) -> None:
        self._head = None
        if self.transport.get_protocol() is self:  # and not another one, for a connection that is no HTTP any more
            self.transport.abort()

    def _stop_head(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _stop_taken(self) -> None:
        if self._taken is not None:
            self._taken.cancel()
            self._taken = None


def be_patient(config: uvicorn.Config) -> None:
    """Have a server with this configuration, loaded or not, close the connections that are made from now on."""
    if not config.loaded:
        config.load()
    spoken = config.http_protocol_class
    if not issubclass(spoken, Patience):
        config.http_protocol_class = type("PatientProtocol", (Patience, spoken), {})
