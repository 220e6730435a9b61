"""Whom the server answers, and which requests it refuses before anything reads them.

The page needs few of the doors that its framework has. What fetches addresses of somebody else's choosing, what another
site's page could set off, and what is larger than any picture stops here, with one sentence.

Source: DESIGN section 7.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fusion.ui.bodies import MOST_JSON, MOST_UPLOADED, Refused, check_json, check_length, counted, replayed, whole
from fusion.ui.uploads import is_uploaded

LOG = logging.getLogger(__name__)

HOSTS_VARIABLE = "EMOJI_FUSION_HOSTS"
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
EVERY_INTERFACE = ("0.0.0.0", "::")
"""Values of ``--host`` that name no host: whoever serves on all addresses may be reached under each of them."""

CHANGING = ("POST", "PUT", "PATCH", "DELETE")
UPLOAD = "/gradio_api/upload"
CLOSED = re.compile(
    r"/(?:gradio_api/)?(?:proxy=|custom_component/|deep_link|vibe-|undo-vibe-edit|process_recording|stream/|run-history"
    r"|runs\b|profiling/|monitoring\b|dev/|login\b|logout\b)"
)
"""Doors of the framework that no part of the page uses."""
FETCHES = re.compile(r"/file(?:=|/)\s*(?:[a-z][a-z0-9+.-]+:|//|\\\\)", re.IGNORECASE)
FILES = re.compile(r"/(?:gradio_api/)?file[=/](.*)", re.DOTALL)
"""The door that hands out files, and the path behind it."""


def allowed_hosts(host: str, more: Iterable[str] = ()) -> frozenset[str]:
    """Names under which the page may be asked for.

    This machine's own, ``--host``, ``more``, and those that EMOJI_FUSION_HOSTS (separated by commas) and a Space's
    SPACE_HOST name. ``*`` stands for all.
    """
    named = [*more, *os.environ.get(HOSTS_VARIABLE, "").split(","), *os.environ.get("SPACE_HOST", "").split(",")]
    return frozenset(name.strip().lower() for name in (*LOCAL_HOSTS, host, *named) if name.strip())


def guard(host: str, more: Iterable[str] = ()) -> Middleware:
    """The middleware for a page that is served on ``host``."""
    return Middleware(Doors, hosts=allowed_hosts(host, more))


class Doors:
    """ASGI middleware: passes on what the page and its endpoints need, and refuses the rest in one sentence."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self.app, self.hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or have it answered."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        begun = False

        async def noticed(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            self._check(scope)
            await self.app(scope, await self._measured(scope, receive), noticed)
        except Exception as error:
            if begun or isinstance(error, ClientDisconnect) or scope["type"] != "http":
                raise
            refusal = error if isinstance(error, Refused) else as_refusal(scope["path"], error)
            await JSONResponse({"error": str(refusal)}, refusal.status)(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        """Raise Refused for a request that may not pass, whatever its body."""
        headers, path = Headers(scope=scope), spelled(scope["path"])
        self._check_host(headers.get("host", ""))
        if CLOSED.match(path) or FETCHES.search(path):
            raise Refused(403, "This server fetches nothing from other addresses and has no such door.")
        if (asked := FILES.match(path)) and not is_uploaded(asked[1]):
            raise Refused(404, "There is no such file here, or not any more; fuse or upload it again.")
        if scope["type"] == "websocket" or scope["method"] in CHANGING:
            self._check_origin(headers)
        if scope.get("method") in CHANGING:
            check_kind(headers, path)

    def _check_host(self, host: str) -> None:
        name = host_name(host)
        if "*" in self.hosts or name in self.hosts:
            return
        # No foreign name can be made to point here by an address: who serves on all of them is asked by each.
        if is_address(name) and any(one in self.hosts for one in EVERY_INTERFACE):
            return
        raise Refused(
            421, f"This server does not answer as {name[:80]!r}; start it with --allow-host NAME if it should."
        )

    def _check_origin(self, headers: Headers) -> None:
        """What changes something may come from the page itself, or from no page at all."""
        origin = headers.get("origin")
        if origin is None:
            if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
                return
        else:
            parts = urlsplit(origin)
            same = parts.netloc.lower() == headers.get("host", "").lower()
            # Behind a proxy the host's port may differ from the page's; the configured names are the page's own.
            if parts.scheme in ("http", "https") and (same or (parts.hostname or "") in self.hosts - {*LOCAL_HOSTS}):
                return
        raise Refused(403, "Another site's page may not change anything here; open this server's own page.")

    async def _measured(self, scope: Scope, receive: Receive) -> Receive:
        """``receive``, with bodies that are bounded, and JSON that is read and checked."""
        if scope.get("method") not in CHANGING:
            return receive
        if spelled(scope["path"]).rstrip("/") == UPLOAD:
            check_length(Headers(scope=scope), MOST_UPLOADED)
            return counted(receive, MOST_UPLOADED)
        check_length(Headers(scope=scope), MOST_JSON)
        body = await whole(receive, MOST_JSON)
        if body:
            check_json(body)
        return replayed(body, receive)


# ---------------------------------------------------------------------------------------------- what is asked


def spelled(path: str) -> str:
    """A path without what hides it: escapes that were escaped again, doubled slashes, dots."""
    for _ in range(3):
        path = unquote(path)
    head, mark, tail = path.partition("file")
    return re.sub(r"/(?:\.?/)+", "/", head) + mark + tail


def host_name(host: str) -> str:
    """The name in a Host header, without port and brackets."""
    try:
        return (urlsplit("//" + host).hostname or "").lower()
    except ValueError:
        return ""


def is_address(name: str) -> bool:
    """Whether a host is named by its number."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def check_kind(headers: Headers, path: str) -> None:
    """Forms are for uploads only, everything else is JSON: no other site can send that without being asked first."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    empty = headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers
    wanted = "multipart/form-data" if path.rstrip("/") == UPLOAD else "application/json"
    if kind != wanted and not (empty and not kind):
        raise Refused(415, f"This door takes {wanted}; set the Content-Type.")


def as_refusal(path: str, error: Exception) -> Refused:
    """What to say where the framework gave up: an error of the arguments, of the disk, or of the server."""
    if "/call/" in path or path.rstrip("/").endswith("/component_server"):
        if isinstance(error, KeyError):
            return Refused(404, "There is no such endpoint; /gradio_api/info lists them.")
        if isinstance(error, TypeError | ValueError):
            return Refused(400, f"{' '.join(str(error).split())[:300]}; /gradio_api/info lists the arguments.")
    if isinstance(error, OSError):
        LOG.error("The disk failed at %s: %s", path, error)
        return Refused(507, "The server could not write to its disk; try again later.")
    LOG.exception("A request to %s broke", path, exc_info=error)
    return Refused(500, "The server made a mistake; its log says where.")
