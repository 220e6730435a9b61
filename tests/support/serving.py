"""Pages served for tests, and where their requests may go."""

from __future__ import annotations

import os
import socket
from urllib.parse import urlsplit

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

from tests.support.fake_fuser import FakeFuser


class Served:
    """A running page: its address and the fake fusers behind it, by preset."""

    def __init__(self, url: str, fusers: dict[str, FakeFuser]) -> None:
        self.url, self.fusers = url, fusers


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve(backend, review=None):
    """Launch the page of ``backend``; returns the Blocks, to be closed, and the address."""
    from fusion.ui.page import build_page, launch_page

    blocks = build_page(backend, review)
    port = free_port()
    launch_page(blocks, server_name="127.0.0.1", server_port=port, prevent_thread_lock=True, quiet=True)
    return blocks, f"http://127.0.0.1:{port}/"


def is_outside(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in ("127.0.0.1", "localhost")
