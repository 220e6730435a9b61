"""What the page and its scripts are sent, packed: its text shrinks to a third, its pictures in text to three quarters.

Gradio packs its own scripts; everything else goes through as it is.
"""

from __future__ import annotations

import asyncio
import zlib
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEAST, LEVEL = 1000, 2
"""Bytes from which packing is worth it; how hard to try, when somebody waits."""
AT_ONCE = 256 * 2**10
"""Bytes up to which an answer is packed on the spot: a thread would take longer to begin."""
PICTURE = b";base64,"
GZIP = 16 + zlib.MAX_WBITS


class Packed:
    """ASGI middleware: gzip for the page itself and for the answers to its scripts."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.page = app, GZipMiddleware(app, LEAST, LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["path"].rstrip("/").endswith("/component_server"):
            taken = "gzip" in Headers(scope=scope).get("accept-encoding", "")
            await self.app(scope, receive, Answer(send).pass_on if taken else send)
        else:
            await (self.page if scope["path"] == "/" else self.app)(scope, receive, send)


@dataclass
class Answer:
    """An answer to the scripts on its way, whole before it is packed. ``send``: where it goes."""

    send: Send
    start: Message = field(default_factory=dict)
    parts: list[bytes] = field(default_factory=list)

    async def pass_on(self, message: Message) -> None:
        """One message of the application's."""
        if message["type"] == "http.response.start":
            self.start = message
        elif message["type"] == "http.response.body":
            self.parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                await self._finish(b"".join(self.parts))
        else:
            await self.send(message)

    async def _finish(self, body: bytes) -> None:
        headers = MutableHeaders(raw=self.start.setdefault("headers", []))
        if len(body) >= LEAST and "content-encoding" not in headers:
            body = pack(body) if len(body) <= AT_ONCE else await asyncio.to_thread(pack, body)
            headers["content-encoding"], headers["content-length"] = "gzip", str(len(body))
            headers.add_vary_header("Accept-Encoding")
        self.start["headers"] = headers.raw
        await self.send(self.start)
        await self.send({"type": "http.response.body", "body": body})


def pack(body: bytes) -> bytes:
    """``body`` as gzip.

    Pictures are packed already, and repeat nothing that a search could find: what their text wastes is that it has 64
    letters, and for that each letter gets its own length, in a quarter of the time.
    """
    how = zlib.Z_HUFFMAN_ONLY if PICTURE in body else zlib.Z_DEFAULT_STRATEGY
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP, zlib.DEF_MEM_LEVEL, how)
    return packer.compress(body) + packer.flush()
