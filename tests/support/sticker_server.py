"""A sticker server on 127.0.0.1 that misbehaves on demand and counts what it is asked for."""

from __future__ import annotations

import io
import json
import threading
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from PIL import Image


def png(seed: int, size: int = 48) -> bytes:
    """A picture that does not compress, so that half of its bytes is half of its rows."""
    pixels = np.random.default_rng(seed).integers(0, 256, (size, size, 4), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels, "RGBA").save(file, "PNG")
    return file.getvalue()


class Kitchen:
    """``files``: path -> bytes. ``script``: path -> faults of the first requests, in order; after them all is well.

    Faults: a status (int), "slow" (nothing until released), "cut" (half the bytes, then the connection closes),
    "stall" (half the bytes, then nothing until released), "page" (HTML with status 200), "no-range" (ignores Range).
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.script: dict[str, list[int | str]] = {}
        self.requests: Counter[str] = Counter()
        self.sent: Counter[str] = Counter()
        self.agents: set[str] = set()
        self.busy, self.most = 0, 0
        self.lock = threading.Lock()
        self.stalled, self.released = threading.Event(), threading.Event()
        self.url = ""

    def stickers(self, count: int) -> dict[str, object]:
        """Serve ``count`` stickers and return their metadata in today's shape."""
        combinations = {}
        for index in range(count):
            other = f"1f{index + 0x400:x}"
            path = f"/20230418/u1f600/u1f600_u{other}.png"
            self.files[path] = png(index)
            entry = {"leftEmojiCodepoint": "1f600", "rightEmojiCodepoint": other, "date": "20230418", "isLatest": True}
            combinations[other] = [entry | {"gStaticUrl": self.url + path}]
        data = {"1f600": {"combinations": combinations}}
        data |= {other: {"combinations": {"1f600": entries}} for other, entries in combinations.items()}
        self.files["/metadata.json"] = json.dumps({"data": data}).encode()
        return {"data": data}

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """One request, as the script says."""
        path = handler.path
        with self.lock:
            self.requests[path] += 1
            self.busy += 1
            self.most = max(self.most, self.busy)
            self.agents.add(handler.headers["User-Agent"])
            script = self.script.get(path, [])
            fault = script.pop(0) if script else None
        try:
            self.act(handler, path, fault)
        finally:
            with self.lock:
                self.busy -= 1

    def act(self, handler: BaseHTTPRequestHandler, path: str, fault: int | str | None) -> None:
        if fault == "slow":
            self.released.wait(10)
        if isinstance(fault, int) or path not in self.files:
            handler.send_error(fault if isinstance(fault, int) else 404)
            return
        body, start = self.files[path], 0
        asked = handler.headers.get("Range", "")
        if fault == "page":
            body = b"<html>please log in</html>"
        elif asked and fault != "no-range":
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            if start >= len(body):
                handler.send_error(416)
                return
        handler.send_response(206 if start else 200)
        handler.send_header("Content-Type", "text/html" if fault == "page" else "image/png")
        handler.send_header("Content-Length", str(len(body) - start))
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        handler.end_headers()
        stop = (start + len(body)) // 2 if fault in ("cut", "stall") else len(body)
        handler.wfile.write(body[start:stop])
        handler.wfile.flush()
        with self.lock:
            self.sent[path] += stop - start
        if fault == "stall":
            self.stalled.set()
            self.released.wait(20)


@contextmanager
def serving():
    """A running :class:`Kitchen`; stopped on leaving."""
    kitchen = Kitchen()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kitchen.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads, block_on_close = True, False

        def handle_error(self, *_: object) -> None:
            """Clients that hang up are part of the tests."""

    server = Server(("127.0.0.1", 0), Handler)
    kitchen.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield kitchen
    finally:
        kitchen.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
