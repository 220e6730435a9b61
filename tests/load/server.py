"""A real server to put load on: app.py in a process of its own, and how much of this machine's memory it takes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from fusion.emoji.catalog import Catalog
from tests.support.serving import free_port

ROOT = Path(__file__).parents[2]
KEYS = [emoji.key for emoji in Catalog.default()]


@dataclass(frozen=True)
class Server:
    """``component``: the number of the page in its configuration, which its questions name."""

    url: str
    process: subprocess.Popen
    component: int

    def question(self, name: str, data: dict[str, Any]) -> dict[str, Any]:
        """A question of the page as JSON for ``/gradio_api/component_server``."""
        return {"data": data, "component_id": self.component, "fn_name": name, "session_hash": "s"}

    def resident(self, field: str = "VmRSS") -> int:
        """Megabytes that are in memory now, or (``VmHWM``) were at most. Linux only."""
        told = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{field}:\s+(\d+)", told, re.MULTILINE)[1]) // 1024

    def computing(self) -> float:
        """Seconds of computing time, of all cores, that the process has taken. Linux only."""
        # Fields 14 and 15, counted from 1; the second one, a name in brackets, may hold anything.
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def forget_most(self) -> None:
        """Count the most from now on."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def client(self, connections: int) -> httpx.AsyncClient:
        """A client for so many connections."""
        # The server closes what is idle for five seconds: nobody is to ask over a connection that is just being closed.
        limits = httpx.Limits(max_connections=connections, keepalive_expiry=2)
        return httpx.AsyncClient(base_url=self.url, timeout=300, limits=limits)


@contextmanager
def running() -> Iterator[Server]:
    """The server, up and past its first fusion, so that loading is not measured."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "app.py", "--port", str(port), "--device", "cpu"], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        yield Server(url, process, first_answer(url, process))
    finally:
        process.terminate()
        process.wait()


def first_answer(url: str, process: subprocess.Popen) -> int:
    """Wait for it; the number of the page."""
    while process.poll() is None:
        try:
            config = httpx.get(f"{url}/config", timeout=60).json()
            httpx.get(f"{url}/kitchen/1f600_1f355.png", timeout=300).raise_for_status()
            return next(one["id"] for one in config["components"] if one["type"] == "html")
        except httpx.TransportError:
            time.sleep(0.3)
    raise SystemExit("The server ended before it answered.")
