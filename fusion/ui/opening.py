"""The document that a browser, or a chat program that shows a preview, is sent first.

Gradio's own is empty until its scripts have run and speaks of Gradio. This one has the outlines of the page in its
first frame, and the sticker of the link for previews.

Source: DESIGN section 7; the Open Graph protocol, https://ogp.me.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fusion.emoji.catalog import Catalog, Emoji, UnknownEmoji
from fusion.service.app import address_of
from fusion.ui.contract import OPENING

OUTLINES = Path(__file__).parent / "static" / "outlines.html"
PREVIEWS = re.compile(r'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>\s*')
SIDE = 512
"""Pixels a side of a preview."""
SENTENCE = "Two emoji in, one new emoji out: see how the network made it, and correct it."


class Opening:
    """ASGI middleware: puts outlines and previews into the document at ``/``."""

    def __init__(self, app: ASGIApp, catalog: Catalog) -> None:
        self.app, self.catalog = app, catalog

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] != "http" or scope["path"] != "/" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        start: Message = {}
        body = b""

        async def gather(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            headers = MutableHeaders(raw=start["headers"])
            whole = body
            if headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers:
                whole = self.furnished(body.decode("utf-8"), Request(scope)).encode("utf-8")
                headers["content-length"] = str(len(whole))
            await send(start)
            await send({"type": "http.response.body", "body": whole})

        await self.app(scope, receive, gather)

    def furnished(self, document: str, request: Request) -> str:
        """``document`` with the previews of the pair that ``request`` asks for, and with the page's outlines."""
        before, head, rest = PREVIEWS.sub("", document).partition("<head>")
        body, close, tail = rest.rpartition("</body>")
        outlines = OUTLINES.read_text(encoding="utf-8")
        return f"{before}{head}\n{self.previews(request)}{body}{outlines}{close}{tail}"

    def previews(self, request: Request) -> str:
        """What other programs show of a link: the sticker of its pair, and both names."""
        first, second = (
            self.meant(request.query_params.get(side), key)
            for side, key in zip(("first", "second"), OPENING, strict=True)
        )
        picture = f"{address_of(request)}/kitchen/{quote(first.key)}_{quote(second.key)}.png?size={SIDE}"
        said = {
            "og:type": "website",
            "og:title": f"{first.name} + {second.name}: Emoji Fusion",
            "og:description": SENTENCE,
            "og:image": picture,
            "og:image:alt": f"{first.name} fused with {second.name}",
            "twitter:card": "summary",
        }
        return "".join(f'<meta property="{name}" content="{html.escape(value)}" />\n' for name, value in said.items())

    def meant(self, text: str | None, otherwise: str) -> Emoji:
        """The emoji that a link names; ``otherwise`` where it names none, or somebody's own picture."""
        try:
            return self.catalog.find(text or otherwise)
        except UnknownEmoji:
            return self.catalog.find(otherwise)
