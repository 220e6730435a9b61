"""What strangers send: JSON of any shape, nearly right questions, damaged pictures, words of a command line."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

from hypothesis import strategies as st
from PIL import Image

from fusion.emoji.catalog import Catalog

KEYS = [emoji.key for emoji in Catalog.default()]
CHARS = [emoji.char for emoji in Catalog.default()]

TEXTS = st.one_of(
    st.text(max_size=20),
    st.text(st.characters(categories=["Cs", "Cc", "Cf", "So", "Mn"]), max_size=8),
    st.sampled_from(
        ["", " ", "null", "None", "NaN", "../../etc/passwd", "%00", "\0", "first", "__proto__", "a" * 5000]
    ),
    st.sampled_from(CHARS),
    st.sampled_from(KEYS),
)
NUMBERS = st.one_of(
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.booleans(),
    st.sampled_from([0, -1, 1, 2**31, 2**63, -(2**63) - 1, 10**400, 1e308, 5e-324]),
)
SCALARS = st.one_of(st.none(), NUMBERS, TEXTS)
JSON = st.recursive(
    SCALARS, lambda inside: st.lists(inside, max_size=4) | st.dictionaries(TEXTS, inside, max_size=4), max_leaves=12
)


def picture_bytes(kind: str = "PNG", side: int = 24) -> bytes:
    """A small picture as a file."""
    buffer = io.BytesIO()
    picture = Image.new("RGBA", (side, side), (200, 120, 40, 255))
    (picture.convert("RGB") if kind in ("JPEG", "BMP") else picture).save(buffer, kind)
    return buffer.getvalue()


WHOLE = [picture_bytes(kind) for kind in ("PNG", "WEBP", "JPEG", "GIF", "BMP", "TIFF")]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A picture's file with some bytes changed, cut off, or put in."""
    content = bytearray(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(0, 6))):
        content[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
    cut = draw(st.integers(0, len(content)))
    return bytes(content[:cut] + draw(st.binary(max_size=20)) + content[draw(st.integers(cut, len(content))) :])


FILES = st.one_of(damaged(), st.binary(max_size=200), st.sampled_from(WHOLE))


@st.composite
def data_urls(draw: st.DrawFn) -> str:
    """A data URL that may or may not hold a picture."""
    kind = draw(st.sampled_from(["image/png", "image/svg+xml", "text/html", "image/upload", ""]))
    return f"data:{kind};base64,{base64.b64encode(draw(FILES)).decode()}" + draw(
        st.sampled_from(["", "", "=", "é", "\ud800"])
    )


UPLOADS = st.fixed_dictionaries({"upload": data_urls() | SCALARS}, optional={"name": SCALARS})
PLACES = st.sampled_from(["/etc/passwd", "..", "/tmp", "C:\\x", "//x/y", "http://x/y", "a\0b"]) | SCALARS
FILE_DATA = st.fixed_dictionaries(
    {"path": PLACES, "meta": st.just({"_type": "gradio.FileData"})},
    optional={"url": PLACES, "size": SCALARS, "orig_name": SCALARS, "mime_type": SCALARS, "is_stream": SCALARS},
)
"""A file as the framework names it in JSON, that nobody uploaded."""
GOOD = {
    "preset": st.sampled_from(["fusion", "unet-se-po"]),
    "first": st.sampled_from(CHARS),
    "second": st.sampled_from(KEYS),
    "main": st.sampled_from(["first", "second", None]),
    "layout": st.lists(st.floats(-0.3, 2, allow_nan=False), min_size=4, max_size=4) | st.none(),
    "hypothesis": st.integers(1, 3),
    "disabled": st.lists(st.sampled_from(["layout", "position", "up3", "up4"]), max_size=2),
    "style": st.just(""),
    "stage": st.sampled_from(["output", "inputs", "gates"]),
    "key": st.sampled_from(KEYS),
    "split": st.sampled_from(["pairs", "emoji", "style"]),
    "limit": st.integers(10, 40),
    "job": st.text(max_size=24),
    "jobs": st.lists(st.text(max_size=24), max_size=3),
    "since": st.integers(0, 100),
    "count": st.integers(1, 50),
    "reference": st.sampled_from(["fusion", "unet-se-po"]),
}
"""Field of a question -> values that it may have."""


@st.composite
def questions(draw: st.DrawFn) -> Any:
    """A right question with some fields replaced, left out or added; now and then no question at all."""
    if draw(st.integers(0, 9)) == 0:
        return draw(JSON)
    data: dict[str, Any] = {name: draw(good) for name, good in GOOD.items()}
    for name in draw(st.lists(st.sampled_from([*GOOD]), max_size=3, unique=True)):
        choice = draw(st.integers(0, 3))
        if choice == 0:
            data.pop(name)
        elif choice == 1 and name in ("first", "second"):
            data[name] = draw(UPLOADS)
        else:
            data[name] = draw(JSON)
    return data | draw(st.dictionaries(TEXTS, JSON, max_size=1))


def encoded(data: Any) -> bytes:
    """JSON as a program writes it: NaN, Infinity and lone surrogates come through."""
    return json.dumps(data).encode()


ENDPOINTS = {
    "fuse": ("first", "second", "main", "scale_h", "scale_w", "offset_y", "offset_x"),
    "catalog": ("text", "limit"),
    "nothing": ("x",),
}


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """An endpoint, and arguments by name of which some are right."""
    name = draw(st.sampled_from(["fuse", "fuse", "catalog", "nothing"]))
    data = {one: draw(GOOD[one]) for one in ENDPOINTS[name] if one in GOOD}
    for one in draw(st.lists(st.sampled_from(ENDPOINTS[name]), max_size=3, unique=True)):
        data[one] = draw(UPLOADS | FILE_DATA | data_urls() | JSON if one in ("first", "second") else JSON)
    if draw(st.integers(0, 7)) == 0:
        data |= draw(st.dictionaries(TEXTS, JSON, max_size=1))
    return name, data


KNOWN = (
    *("/", "/config", "/gradio_api/info", "/gradio_api/file=", "/gradio_api/upload", "/gradio_api/queue/join"),
    *("/gradio_api/queue/data", "/gradio_api/call/fuse", "/gradio_api/heartbeat/", "/theme.css", "/robots.txt"),
    *("/gradio_api/component_server", "/gradio_api/run/fuse", "/gradio_api/reset", "/gradio_api/cancel"),
    *("/gradio_api/queue/status", "/gradio_api/startup-events", "/gradio_api/upload_progress", "/static/"),
)
FOREIGN = ("/etc/passwd", "..", "http://x/", "\0", "C:\\x", "//x/y")
PATHS = st.one_of(
    st.sampled_from(KNOWN),
    st.builds("/{}".format, st.text(max_size=30)),
    st.builds("/gradio_api/{}".format, st.text(max_size=30)),
    st.builds("/gradio_api/file={}".format, st.sampled_from(FOREIGN) | TEXTS),
)
METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
NAMES = ("Content-Type", "Origin", "Host", "Range", "Accept", "Cookie", "If-None-Match", "X-Forwarded-Host")
USUAL = ("application/json", "multipart/form-data; boundary=b", "localhost", "null", "http://evil.example")
PRINTABLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20)
HEADERS = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(USUAL) | PRINTABLE, max_size=3)

QUERY = {
    "size": st.sampled_from([64, 256, 1024]) | SCALARS,
    "main": st.sampled_from(["first", "second"]) | TEXTS,
    "layout": st.sampled_from(["0.5,0.5,0.1,0", "1,1,1,1", "1111", "nan,1,0,0"]) | TEXTS,
    "hypothesis": st.integers(1, 3) | SCALARS,
    "say": TEXTS,
    "fit": st.booleans() | SCALARS,
    "limit": st.integers(1, 3) | SCALARS,
}
FIRSTS, SUFFIXES = st.sampled_from(KEYS) | TEXTS, st.sampled_from(["png", "webp", "png", "gif", ""]) | TEXTS
ADDRESSES = st.one_of(
    st.builds("/kitchen/{}_{}.{}".format, FIRSTS, FIRSTS, SUFFIXES),
    st.builds("/android/keyboard/emojikitchen/{}/u{}/u{}_u{}.png".format, TEXTS, FIRSTS, FIRSTS, FIRSTS),
    st.just("/v2/featured"),
)
SERVICE = st.tuples(ADDRESSES, st.fixed_dictionaries({"q": FIRSTS}, optional=QUERY)) | st.tuples(
    st.just("/metadata.json"), st.fixed_dictionaries({"emoji": FIRSTS})
)
"""An address of the service, and its query."""
