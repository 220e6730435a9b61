"""Pages served for tests, and where their requests may go."""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path
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
    from fusion.packs.kept import Kept
    from fusion.turns import Turns
    from fusion.ui.page import build_page, launch_page, service_of

    fusions, kept = Turns(), Kept(Path(tempfile.mkdtemp(prefix="stickers-")))
    blocks = build_page(backend, review, fusions, kept)
    port = free_port()
    options = {"server_name": "127.0.0.1", "server_port": port, "prevent_thread_lock": True, "quiet": True}
    launch_page(blocks, service_of(backend, fusions, kept), **options)
    return blocks, f"http://127.0.0.1:{port}/"


def is_outside(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in ("127.0.0.1", "localhost")
