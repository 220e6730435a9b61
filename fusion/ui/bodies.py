"""The bodies of requests: how long, how large and how deep they may be, and what they may not name.

Source: DESIGN section 7.
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from fusion.errors import FusionError
from fusion.ui.pictures import MAX_UPLOAD_BYTES
from fusion.ui.uploads import inside

ENVELOPE = 64_000
"""Bytes that a form or JSON may add around what it carries."""
MOST_UPLOADED = MAX_UPLOAD_BYTES + ENVELOPE
MOST_JSON = 2 * MAX_UPLOAD_BYTES * 4 // 3 + ENVELOPE
"""Two pictures as data URLs."""
DEEPEST = 40
"""Levels of lists and objects in a request."""
BODY_SECONDS = 120.0
"""For which a body may be under way."""
REMOTE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]+:|//|\\\\)", re.IGNORECASE)
"""An address with a scheme, or of another machine; a drive letter is none."""
FILE = "gradio.FileData"
"""What the framework calls a file in JSON."""


class Refused(FusionError):
    """A request that is not answered. ``status``: the HTTP code."""

    def __init__(self, status: int, sentence: str) -> None:
        # It may repeat what was asked, and half of a surrogate pair cannot be sent back.
        super().__init__(sentence.encode("utf-8", "replace").decode())
        self.status = status


def check_length(headers: Headers, most: int) -> None:
    """Refuse what says itself that it is too large."""
    said = headers.get("content-length", "0")
    if not said.isdecimal():
        raise Refused(400, "The request's Content-Length is not a number; send it again.")
    if int(said) > most:
        raise too_large()


def too_large() -> Refused:
    """What is said to more bytes than any door takes."""
    return Refused(413, f"A picture may have at most {MAX_UPLOAD_BYTES // 1_000_000} MB; upload a smaller one.")


def check_json(body: bytes) -> None:
    """Raise Refused for JSON that is damaged, no object, deeply nested, or names a file that was not uploaded here."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(400, "The request is no JSON that can be read; send one object.") from None
    if not isinstance(data, dict):
        raise Refused(400, "The request is not an object; send one with the arguments by name.")
    level: list[Any] = [data]
    for _ in range(DEEPEST):
        for one in level:
            if isinstance(one, dict):
                check_file(one)
        level = [child for one in level for child in children(one)]
        if not level:
            return
    raise Refused(400, f"The request is nested deeper than {DEEPEST} levels; send a plain one.")


def check_file(value: dict[str, Any]) -> None:
    """Raise Refused for an object that names a file at another address, or one that nobody uploaded."""
    if any(remote(value.get(name)) for name in ("url", "path")):
        raise Refused(403, "This server fetches no addresses; upload the picture itself.")
    meta = value.get("meta")
    if isinstance(meta, dict) and meta.get("_type") == FILE and not inside(value.get("path")):
        raise Refused(403, "No such file was uploaded here; upload the picture itself.")


def children(value: object) -> list[Any]:
    """The lists and objects directly inside one."""
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [one for one in below if isinstance(one, dict | list)]


def remote(value: object) -> bool:
    """Whether a file is named by an address instead of a path on this machine."""
    return isinstance(value, str) and REMOTE.match(value) is not None


def in_time(receive: Receive) -> Receive:
    """``receive`` that raises TimeoutError where the body has not ended in time; after its end it waits for good."""
    end, arrived = asyncio.get_running_loop().time() + BODY_SECONDS, False

    async def hurried() -> Message:
        nonlocal arrived
        if arrived:
            return await receive()
        left = end - asyncio.get_running_loop().time()
        message = await asyncio.wait_for(receive(), max(left, 0))
        arrived = not message.get("more_body", False)
        return message

    return hurried


async def whole(receive: Receive, most: int) -> bytes:
    """The body, at most ``most`` bytes of it. Raises Refused."""
    parts, size, more = [], 0, True
    hurried = in_time(receive)
    while more:
        try:
            message = await hurried()
        except asyncio.TimeoutError:
            raise Refused(408, "The request did not arrive in time; send it again.") from None
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        size, more = size + len(parts[-1]), message.get("more_body", False)
        if size > most:
            raise too_large()
    return b"".join(parts)


def replayed(body: bytes, receive: Receive) -> Receive:
    """A body that was read, once more; then what ``receive`` says."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def counted(receive: Receive, most: int) -> Receive:
    """``receive`` that stops a form at ``most`` bytes or too late, so that its parser removes what it had begun."""
    size, hurried = 0, in_time(receive)

    async def measured() -> Message:
        nonlocal size
        try:
            message = await hurried()
        except asyncio.TimeoutError:
            raise MultiPartException("The picture did not arrive in time; upload it again.") from None
        size += len(message.get("body", b""))
        if size > most:
            raise MultiPartException(f"File exceeded maximum allowed size of {MAX_UPLOAD_BYTES} bytes.")
        return message

    return measured
