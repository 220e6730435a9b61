"""The catalogue in the public emoji-kitchen format, for programs that read that: every pair there is, or some of it.

The whole has 2.7 million entries, each pair under both of its emoji, so it is written emoji by emoji.

Source: the types of https://github.com/xsalazar/emoji-kitchen (``EmojiMetadata``, ``EmojiData``, ``EmojiCombination``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypedDict

from fusion.emoji.catalog import Catalog, Emoji

DATE = "20261124"
"""The format dates drawings; all of these have the day of the first version."""


class Combination(TypedDict):
    """One sticker. Its address is called after the server that others' stickers came from."""

    gStaticUrl: str
    alt: str
    leftEmoji: str
    leftEmojiCodepoint: str
    rightEmoji: str
    rightEmojiCodepoint: str
    date: str
    isLatest: bool
    gBoardOrder: int


@dataclass(frozen=True)
class Entry:
    """An emoji as the format names it. ``order``: its place in the catalogue."""

    emoji: Emoji
    order: int

    @cached_property
    def code(self) -> str:
        """Code points with the presentation selector, where the character has one."""
        return "-".join(f"{ord(char):x}" for char in self.emoji.char)

    @cached_property
    def alt(self) -> str:
        """A short name, with "_" for spaces."""
        return (self.emoji.aliases or (self.emoji.name.replace(" ", "_"),))[0]


class KitchenMetadata:
    """Writes the format. ``address``: begins every sticker's address; ``query``: ends it."""

    def __init__(self, catalog: Catalog, address: str, query: str = "") -> None:
        self._address, self._query = address, query
        self._entries = {emoji.key: Entry(emoji, order) for order, emoji in enumerate(catalog)}

    def chunks(self, only: Iterable[Emoji] | None = None) -> Iterator[bytes]:
        """The file in parts, one an emoji. ``only``: those that are listed, each with all its partners."""
        listed = [self._entries[one.key] for one in only] if only is not None else list(self._entries.values())
        known = json.dumps([one.code for one in listed])
        yield f'{{"knownSupportedEmoji":{known},"data":{{'.encode()
        for number, one in enumerate(listed):
            joint = "," if number else ""
            yield f'{joint}"{one.code}":{json.dumps(self._data(one), ensure_ascii=False)}'.encode()
        yield b"}}"

    def _data(self, one: Entry) -> dict[str, object]:
        """An emoji with all its partners."""
        others = (other for other in self._entries.values() if other is not one)
        return {
            "emoji": one.emoji.char,
            "emojiCodepoint": one.code,
            "alt": one.alt,
            "keywords": list(one.emoji.keywords),
            "category": one.emoji.category,
            "subcategory": one.emoji.subcategory,
            "gBoardOrder": one.order,
            "combinations": {other.code: [self._combination(*self._ordered(one, other))] for other in others},
        }

    @staticmethod
    def _ordered(one: Entry, other: Entry) -> tuple[Entry, Entry]:
        """A pair has one sticker, whichever of the two is asked: the first in the catalogue comes first."""
        return (one, other) if one.order < other.order else (other, one)

    def _combination(self, left: Entry, right: Entry) -> Combination:
        return {
            "gStaticUrl": f"{self._address}/kitchen/{left.code}_{right.code}.png{self._query}",
            "alt": f"{left.alt}-{right.alt}",
            "leftEmoji": left.emoji.char,
            "leftEmojiCodepoint": left.code,
            "rightEmoji": right.emoji.char,
            "rightEmojiCodepoint": right.code,
            "date": DATE,
            "isLatest": True,
            "gBoardOrder": left.order,
        }
