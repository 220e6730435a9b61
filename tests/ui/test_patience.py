"""Connections that say nothing, too little or take nothing end; long answers go to few at a time."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from fusion.ui import bodies, patience

SHORT = 0.3


@contextlib.contextmanager
def connection(served) -> Iterator[socket.socket]:
    where = urlsplit(served.url)
    # A narrow window: what is not taken is soon felt at the other end.
    with socket.socket() as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        opened.settimeout(60)
        opened.connect((where.hostname, where.port))
        yield opened


def head(method: str, path: str, *lines: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *lines, "", ""]).encode()


def answer(opened: socket.socket) -> tuple[int, bytes]:
    """Status, and all of an answer whose length is told."""
    got = b""
    while b"\r\n\r\n" not in got:
        part = opened.recv(65536)
        assert part, got
        got += part
    told, _, body = got.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in told.split(b"\r\n") if line.lower().startswith(b"content-length")]
    while lengths and len(body) < int(lengths[0]):
        body += opened.recv(65536)
    return int(told.split()[1]), body


def ended(opened: socket.socket) -> bool:
    """Whether the other end closes; fails where nothing comes for a minute."""
    with contextlib.suppress(ConnectionResetError):
        while opened.recv(65536):
            pass
    return True


@pytest.mark.parametrize("begun", [b"", b"GET", b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: "], ids=len)
def test_a_connection_that_never_asks_is_closed(served, monkeypatch, begun):
    monkeypatch.setattr(patience, "HEAD_SECONDS", SHORT)
    with connection(served) as opened:
        opened.sendall(begun)
        assert ended(opened)


def test_nor_may_a_second_question_be_half_of_one(served, monkeypatch):
    with connection(served) as opened:
        opened.sendall(head("GET", "/agents.md"))
        assert answer(opened)[0] == 200
        monkeypatch.setattr(patience, "HEAD_SECONDS", SHORT)
        opened.sendall(b"GET /agents.md HTTP/1.1\r\n")
        assert ended(opened)


def test_an_answer_may_take_longer_than_a_question(served, monkeypatch):
    monkeypatch.setattr(patience, "HEAD_SECONDS", SHORT)
    with connection(served) as opened:
        for _ in range(2):
            opened.sendall(head("POST", "/gradio_api/call/fuse", "Content-Type: application/json", "Content-Length: 7"))
            time.sleep(3 * SHORT)
            opened.sendall(b'{"a": 1')
            assert answer(opened)[0] == 400


@pytest.mark.parametrize(
    ("path", "kind", "status"),
    [
        ("/gradio_api/call/fuse", "application/json", 408),
        ("/gradio_api/upload", "multipart/form-data; boundary=b", 400),
    ],
)
def test_a_body_that_never_ends_is_not_waited_for(served, monkeypatch, path, kind, status):
    monkeypatch.setattr(bodies, "BODY_SECONDS", SHORT)
    with connection(served) as opened:
        opened.sendall(head("POST", path, f"Content-Type: {kind}", "Content-Length: 1000") + b"--b\r\nx")
        told, text = answer(opened)
        assert told == status
        assert b"in time" in text
        assert ended(opened)


WHOLE = head("GET", "/metadata.json")


def test_the_whole_catalogue_goes_to_few_at_a_time(served):
    with contextlib.ExitStack() as opened:
        for _ in range(2):
            begun(served, opened)
        third = opened.enter_context(connection(served))
        third.sendall(WHOLE)
        status, text = answer(third)
        assert status == 503
        assert "try again" in json.loads(text)["error"]
        third.sendall(head("GET", "/metadata.json?emoji=1f600"))
        assert answer(third)[0] == 200
    until_there_is_a_place(served)


def test_who_does_not_take_an_answer_loses_it(served, monkeypatch):
    monkeypatch.setattr(patience, "READ_SECONDS", SHORT)
    with contextlib.ExitStack() as opened:
        first, second = begun(served, opened), begun(served, opened)
        until_there_is_a_place(served)  # though both are still open at this end
        assert ended(first)
        assert ended(second)


def until_there_is_a_place(served) -> None:
    """Ask for the whole until it begins."""
    with contextlib.ExitStack() as opened:
        begun(served, opened)


def begun(served, opened: contextlib.ExitStack) -> socket.socket:
    """A connection on which the whole has begun; who had its place before may take a moment to be missed."""
    for _ in range(600):
        asked = opened.enter_context(connection(served))
        asked.sendall(WHOLE)
        if answer(asked)[0] == 200:
            return asked
        asked.close()
        time.sleep(0.1)
    pytest.fail("no place became free")
