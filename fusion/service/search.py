"""Answers in the shape of the sticker search that chat programs used until it was switched off.

They asked ``/v2/featured?q=😀_🍕&collection=emoji_kitchen_v6`` and read ``results[].url``, ``results[].tags`` and
``results[].media_formats.png_transparent.url``; what else they sent is ignored. A pair that nobody has gives no
results, and no error.

Source: https://developers.google.com/tenor/guides/response-objects-and-errors
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TypedDict
from urllib.parse import unquote

from fusion.emoji.catalog import Catalog, Emoji, UnknownEmoji
from fusion.emoji.popular import popular
from fusion.service.stickers import find_emoji, find_pair

SIDE = 512
"""Pixels of the stickers in answers: what chat services show."""
CREATED = 1795478400.0
"""Seconds since 1970 until the day of the first version, in UTC."""


class Media(TypedDict):
    """One file of a sticker. ``size``: its bytes, 0 while it was never made; ``dims``: pixels."""

    url: str
    duration: float
    preview: str
    dims: list[int]
    size: int


@dataclass(frozen=True)
class Found:
    """A sticker of an answer. ``name``: what tells it from all others; ``sizes``: bytes of its PNG and WebP."""

    first: Emoji
    second: Emoji
    name: str
    sizes: tuple[int, int]


def pairs_for(text: str, catalog: Catalog, limit: int) -> list[tuple[Emoji, Emoji]]:
    """The pair that ``text`` means, or for one emoji it with ``limit`` others that people like; nothing else."""
    text = unquote(text).strip()  # some programs escape it once more than needed
    try:
        return [find_pair(text, catalog)] if "_" in text else partners(find_emoji(text, catalog), catalog, limit)
    except UnknownEmoji:
        return []


def partners(emoji: Emoji, catalog: Catalog, limit: int) -> list[tuple[Emoji, Emoji]]:
    """``emoji`` with others that people like."""
    others = (other for other in popular(catalog) if other.key != emoji.key)
    return [(emoji, other) for other in islice(others, limit)]


def result(found: Found, address: str, query: str) -> dict[str, object]:
    """One entry of ``results``."""
    stem = f"{address}/kitchen/{found.first.key}_{found.second.key}"
    urls = [f"{stem}.{suffix}?{query}" for suffix in ("png", "webp")]
    media: list[Media] = [
        {"url": url, "duration": 0.0, "preview": "", "dims": [SIDE, SIDE], "size": size}
        for url, size in zip(urls, found.sizes, strict=True)
    ]
    return {
        "id": str(int(found.name[:15], 16)),
        "title": "",
        "media_formats": {"png_transparent": media[0], "webp_transparent": media[1]},
        "created": CREATED,
        "content_description": f"{found.first.name} and {found.second.name}",
        "itemurl": urls[0],
        "url": urls[0],
        "tags": [found.first.char, found.second.char],
        "flags": ["sticker", "static"],
        "hasaudio": False,
    }
