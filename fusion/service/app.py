"""The HTTP side: addresses, their arguments, caching, and one JSON sentence for whatever goes wrong.

An application of its own, which ``Beside`` puts in front of the page's; all of it is GET, and open to scripts of other
sites. Whom the server answers at all is for ``fusion.ui.doors`` to say.

Source: DESIGN section 6, RFC 9110 (conditional requests), RFC 8246 (immutable).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from fusion.emoji.catalog import Emoji, UnknownEmoji
from fusion.errors import FusionError
from fusion.service.metadata import DATE, KitchenMetadata
from fusion.service.pages import agents_text, docs_html
from fusion.service.search import SIDE, Found, pairs_for, result
from fusion.service.stickers import (
    NotReady,
    Stickers,
    Wanted,
    find_emoji,
    find_pair,
    picture_for,
    read_layout,
)
from fusion.service.streams import LongAnswer, Streams
from fusion.turns import Busy

OPEN = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Retry-After"}
RETRY_AFTER = 5
"""Seconds after which a full queue has room again."""
YEAR, DAY = 31_536_000, 86_400
"""Seconds for which a sticker may be kept: where its address names the weights, and where it does not."""
MOST_FOUND = 50
"""Results of one search."""
FEW_LISTED = 16
"""Emoji that ``/metadata.json`` may list beside any number of others."""
MIME = {"PNG": "image/png", "WEBP": "image/webp"}

PATHS = ("/metadata.json", "/docs", "/openapi.json", "/agents.md")
FOLDERS = ("/kitchen/", "/v2/", "/android/keyboard/emojikitchen/")
"""What the service answers; everything else is the page's."""

Size = Annotated[int, Query(description="pixels a side, a multiple of 16 from 64 to 1024")]
Main = Annotated[Literal["first", "second"] | None, Query(description="main subject; the network decides if left out")]
SomeLayout = Annotated[
    str | None,
    Query(description="SH,SW,OY,OX: scales of the other emoji (above 0, up to 2), how far it moves down and right"),
]
Rank = Annotated[int, Query(ge=1, description="the network's N-th hypothesis about the pair")]
Sentence = Annotated[str | None, Query(max_length=200, description="how, in words; for weights that know words")]
Fitted = Annotated[bool, Query(description="false leaves the sticker where the network paints it")]
Version = Annotated[str | None, Query(description="hash of the weights; such an address may be kept for a year")]
Some = Annotated[str | None, Query(description="emoji to list, separated by commas; all if left out")]
Asked = Annotated[str, Query(min_length=1, description="two emoji with _ between them, or one")]
Limit = Annotated[int, Query(ge=1, le=MOST_FOUND, description="results for a single emoji")]


def build_service(stickers: Stickers) -> FastAPI:
    """The application."""
    app = FastAPI(
        title="Emoji Fusion",
        version="1",
        description="Two emoji in, one new emoji out. All of it is GET, without a key, and open to every site.",
        docs_url=None,
        redoc_url=None,
    )
    app.state.stickers, app.state.streams = stickers, Streams()
    app.get("/kitchen/{first}_{second}.{suffix}", response_class=Response, summary="The sticker of a pair")(sticker)
    app.get(
        "/android/keyboard/emojikitchen/{date}/{folder}/{first}_{second}.{suffix}",
        response_class=Response,
        summary="The same, where other stickers used to lie",
    )(moved_here)
    app.get("/metadata.json", summary="The catalogue in the emoji-kitchen format")(metadata)
    for path in ("/v2/featured", "/v2/search"):
        app.get(path, summary="Search in the shape that chat programs read")(search)
    app.get("/agents.md", response_class=PlainTextResponse, summary="All that a program needs to know")(agents)
    app.get("/docs", response_class=HTMLResponse, include_in_schema=False)(docs)
    app.add_exception_handler(FusionError, told)
    app.add_exception_handler(RequestValidationError, told_query)
    app.add_exception_handler(HTTPException, told_path)
    app.add_exception_handler(Exception, told_fault)
    return app


class Beside:
    """ASGI middleware: requests for the service go there, all others on to ``app``. HEAD is answered as GET."""

    def __init__(self, app: ASGIApp, service: ASGIApp) -> None:
        self.app, self.service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on one request."""
        if scope["type"] != "http" or not serves(scope["path"]):
            await self.app(scope, receive, send)
            return
        # The web server leaves out the body of what was asked with HEAD.
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        await self.service({**scope, "method": method}, receive, send)


def serves(path: str) -> bool:
    """Whether the service has this address."""
    return path in PATHS or path.startswith(FOLDERS)


# ---------------------------------------------------------------------------------------------- what is answered


async def sticker(
    request: Request,
    first: str,
    second: str,
    suffix: str,
    size: Size = 256,
    main: Main = None,
    layout: SomeLayout = None,
    hypothesis: Rank = 1,
    say: Sentence = None,
    fit: Fitted = True,
    v: Version = None,
) -> Response:
    """A transparent PNG or WebP. Emoji are characters, code points (1f600) or names (grinning_face)."""
    stickers: Stickers = request.app.state.stickers
    pair = find_pair(f"{first}_{second}", stickers.catalog)
    wanted = Wanted(*pair, picture_for(suffix, size), main, read_layout(layout), hypothesis, say or None, fit)
    headers = keeping(await stickers.name(wanted), YEAR if v == await stickers.version() else DAY)
    if unchanged(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(await stickers.content(wanted), media_type=MIME[wanted.picture.format], headers=headers)


async def moved_here(request: Request, date: str, folder: str, first: str, second: str, suffix: str) -> Response:
    """For programs that put sticker addresses together themselves: u1f600/u1f600_u1f355.png, of whatever date."""
    return await sticker(request, first, second, suffix, size=SIDE)


async def metadata(request: Request, emoji: Some = None) -> Response:
    """All pairs: some gigabyte, written as it is sent, to two at a time. With ?emoji=😀,🍕 those two's pairs."""
    stickers: Stickers = request.app.state.stickers
    only = None if emoji is None else [find_emoji(one, stickers.catalog) for one in emoji.split(",")]
    address, version = address_of(request), await stickers.version()
    headers = keeping(digest(address, version, DATE, only), DAY)
    if unchanged(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    chunks = KitchenMetadata(stickers.catalog, address, f"?v={version}").chunks(only and dict.fromkeys(only))
    few = only is not None and len(only) <= FEW_LISTED
    streams: Streams | None = None if few else request.app.state.streams
    return LongAnswer(chunks, streams, media_type="application/json", headers=headers)


async def search(request: Request, q: Asked, limit: Limit = 20) -> Response:
    """The sticker of two emoji, or of one emoji several. Emoji that are not here give no results, and no error."""
    stickers: Stickers = request.app.state.stickers
    address, query = address_of(request), f"size={SIDE}&v={await stickers.version()}"
    results = []
    for pair in pairs_for(q, stickers.catalog, limit):
        files = [Wanted(*pair, picture_for(suffix, SIDE)) for suffix in ("png", "webp")]
        sizes = [await stickers.length(file) for file in files]
        results.append(result(Found(*pair, await stickers.name(files[0]), (sizes[0], sizes[1])), address, query))
    return JSONResponse({"results": results, "next": ""}, headers=OPEN)


async def agents(request: Request) -> Response:
    """This service in words, for programs that read them."""
    text = agents_text(address_of(request), len(request.app.state.stickers.catalog))
    return PlainTextResponse(text, media_type="text/markdown", headers=OPEN)


async def docs(request: Request) -> Response:
    """What OpenAPI says, as a page that loads nothing from elsewhere."""
    return HTMLResponse(docs_html(request.app.openapi(), address_of(request)), headers=OPEN)


# ---------------------------------------------------------------------------------------------- caching, addresses


def keeping(name: str, seconds: int) -> dict[str, str]:
    """Headers of what stays as it is for that long."""
    return {"ETag": f'"{name}"', "Cache-Control": f"public, max-age={seconds}, immutable", **OPEN}


def unchanged(request: Request, etag: str) -> bool:
    """Whether the one who asks has this already."""
    tags = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    return etag in tags or "*" in tags


def digest(address: str, version: str, date: str, only: Iterable[Emoji] | None) -> str:
    """What tells one answer of ``/metadata.json`` from another."""
    keys = "all" if only is None else ",".join(one.key for one in only)
    return hashlib.sha256("\n".join((address, version, date, keys)).encode()).hexdigest()[:40]


def address_of(request: Request) -> str:
    """How this server is reached, without a slash at the end; behind a proxy that speaks TLS, by that."""
    spoken = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip()
    scheme = spoken if spoken in ("http", "https") else request.url.scheme
    return f"{scheme}://{request.url.netloc}{request.scope.get('root_path', '').rstrip('/')}"


# ---------------------------------------------------------------------------------------------- what goes wrong


def sentence(status: int, text: str, **headers: str) -> Response:
    """An error for a person to read, and for a program by its status."""
    return JSONResponse({"error": " ".join(text.split())}, status, {**OPEN, "Cache-Control": "no-store", **headers})


async def told(_: Request, error: Any) -> Response:
    """A FusionError: 404 for an emoji that is not here, 503 where it is worth asking again, else 422."""
    if isinstance(error, Busy):
        return sentence(503, str(error), **{"Retry-After": str(RETRY_AFTER)})
    return sentence(404 if isinstance(error, UnknownEmoji) else 503 if isinstance(error, NotReady) else 422, str(error))


async def told_query(_: Request, error: Any) -> Response:
    """The first argument that is not what it should be."""
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"][1:])
    return sentence(422, f"The query's {name} is not what it should be ({first['msg']}); /docs lists what it can be.")


async def told_path(_: Request, error: Any) -> Response:
    """An address that is none, or a method that nothing here answers."""
    if error.status_code == 405:
        return sentence(405, "Everything here is read with GET; /docs lists it.", Allow="GET, HEAD")
    return sentence(error.status_code, "There is nothing at this address; /docs lists what there is.")


async def told_fault(_: Request, error: Exception) -> Response:
    """What should not have happened; the web server writes it into its log."""
    return sentence(500, "The server made a mistake; its log says where.")
