"""What the page and its scripts are sent, packed: its text shrinks to a third, its pictures in text to three quarters.

Gradio packs its own scripts; everything else goes through as it is.
"""

from __future__ import annotations

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

LEAST, LEVEL = 1000, 2
"""Bytes from which packing is worth it; how hard to try, when somebody waits."""


class Packed:
    """ASGI middleware: gzip for the page itself and for the answers to its scripts."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.packing = app, GZipMiddleware(app, LEAST, LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on one request."""
        whole = scope["type"] == "http" and (
            scope["path"] == "/" or scope["path"].rstrip("/").endswith("/component_server")
        )
        await (self.packing if whole else self.app)(scope, receive, send)
