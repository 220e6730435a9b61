"""The emoji themselves: look-up by character, code points or name, keyword search, and rendering.

Everything comes from one file, ``assets/noto.json.gz`` (see ``assets/scripts/build_catalog.py``). It is read on
first use; torch is not needed for any of it.

Source: DESIGN section 3.
"""

from __future__ import annotations

import difflib
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import ClassVar

import numpy as np

from fusion.assets import ASSETS, INSTALLED, STYLES
from fusion.cache import SharedCache
from fusion.emoji.search import WordIndex, Words, clear_winner, is_sign, words_of
from fusion.errors import FusionError
from fusion.frame import STICKER_FRAME, Frame

NOTO = ASSETS / "noto.json.gz"

VARIATION_SELECTORS = "\ufe0e\ufe0f"
SKIN_TONES = {"1f3fb", "1f3fc", "1f3fd", "1f3fe", "1f3ff"}
LONGEST_QUERY = 100
"""Characters of a query that are worth looking at; the longest name has 44."""

CACHE_BYTES = 32 * 2**20
"""Bound of the pictures that a catalog keeps."""


@dataclass(frozen=True)
class Emoji:
    """One emoji. ``key``: code points in lower-case hexadecimal, joined by "-", without variation selectors."""

    key: str
    char: str
    name: str
    category: str
    subcategory: str
    keywords: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    """Short names that mean this emoji and no other, such as "smile" or "tada"."""

    @property
    def kind(self) -> str:
        """What it is one of: the subcategory; the category where the catalogue gives none."""
        return self.subcategory or self.category


class UnknownEmoji(FusionError):
    """No emoji, or no single one, answers to the text."""


class UnreadableCatalog(FusionError):
    """The catalog file is missing or damaged."""


class MissingStyle(FusionError):
    """An art style was asked for that has not been fetched."""


def key_of(char: str) -> str:
    """The key of a character sequence: ``"☹️"`` -> ``"2639"``."""
    return "-".join(f"{ord(c):x}" for c in char if c not in VARIATION_SELECTORS)


def rasterise(body: str, size: int, frame: Frame) -> np.ndarray:
    """Draw the SVG elements ``body`` on a canvas of ``size`` pixels a side.

    ``body`` uses a drawing area of 128 x 128 user units, placed on the canvas as ``frame`` says.
    Returns premultiplied RGBA, uint8 (size, size, 4).
    """
    import resvg_py
    from PIL import Image

    view_box = " ".join(f"{value:g}" for value in frame.view_box)
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{size}" height="{size}" viewBox="{view_box}">{body}</svg>'
    )
    png = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)
    return premultiply(np.asarray(Image.open(io.BytesIO(png)).convert("RGBA")))


def premultiply(straight: np.ndarray) -> np.ndarray:
    """Straight-alpha RGBA, uint8 (..., 4), with its colours multiplied by alpha and rounded."""
    alpha = straight[..., 3:].astype(np.uint16)
    colours = (straight[..., :3] * alpha + 127) // 255
    return np.concatenate([colours, alpha], axis=-1).astype(np.uint8)


class Catalog:
    """All emoji in Unicode order, with their drawings."""

    _instead: ClassVar[Catalog | None] = None

    def __init__(self, emoji: list[Emoji], bodies: list[bytes]) -> None:
        self._emoji = {one.key: one for one in emoji}
        self._bodies = dict(zip(self._emoji, bodies, strict=True))
        self._pictures: SharedCache[np.ndarray] = SharedCache(CACHE_BYTES, lambda picture: picture.nbytes)

    @staticmethod
    @cache
    def default() -> Catalog:
        """The catalog that ships with the project; read once in a process."""
        return Catalog.load(NOTO) if Catalog._instead is None else Catalog._instead

    @staticmethod
    def replace_default(catalog: Catalog) -> None:
        """From here on ``catalog`` is the default of this process: for one that measures another art style alone."""
        Catalog._instead = catalog
        Catalog.default.cache_clear()

    @staticmethod
    @cache
    def style(name: str) -> Catalog:
        """The same emoji, those that there are, in another art style; read once in a process.

        Raises MissingStyle when the style was not fetched: see assets/scripts/fetch_styles.py.
        """
        return Catalog.load(Catalog.style_path(name))

    @staticmethod
    def style_path(name: str) -> Path:
        """The catalog file of an art style. Raises MissingStyle."""
        path = STYLES / f"{name}.json.gz"
        if not path.is_file():
            command = f"python assets/scripts/fetch_styles.py {name}" + (f" --out {STYLES}" if INSTALLED else "")
            where = " in a checkout" if INSTALLED else ""
            raise MissingStyle(f"the art style {name!r} is not here: run {command}{where}")
        return path

    @staticmethod
    def load(path: str | Path) -> Catalog:
        """Read a catalog file. Raises UnreadableCatalog when it is missing or damaged."""
        try:
            head, *bodies = gzip.decompress(Path(path).read_bytes()).split(b"\n")
            rows = json.loads(head)
            emoji = [
                Emoji(key_of(char), char, name, category, subcategory, tuple(keywords), tuple(aliases))
                for char, name, category, subcategory, keywords, aliases in rows
            ]
            return Catalog(emoji, bodies)
        except (OSError, EOFError, zlib.error, ValueError, TypeError) as error:
            raise UnreadableCatalog(
                f"the emoji file {path} is missing or damaged ({error}): restore it from the repository, or make it "
                "again with assets/scripts/build_catalog.py or assets/scripts/fetch_styles.py"
            ) from error

    @cached_property
    def _index(self) -> WordIndex:
        """The words of all emoji, read on the first search."""
        return WordIndex({one.key: Words.of(one.name, one.aliases, one.keywords) for one in self})

    def __getitem__(self, key: str) -> Emoji:
        try:
            return self._emoji[key]
        except KeyError:
            raise UnknownEmoji(f"no emoji has the code points {key!r}: look one up with Catalog.find") from None

    def __iter__(self) -> Iterator[Emoji]:
        return iter(self._emoji.values())

    def __len__(self) -> int:
        return len(self._emoji)

    def __contains__(self, key: object) -> bool:
        return key in self._emoji

    def body(self, key: str) -> str:
        """The SVG elements of an emoji, in a drawing area of 128 x 128 user units."""
        return self._bodies[self[key].key].decode()

    def find(self, text: str) -> Emoji:
        """The one emoji that ``text`` means.

        ``text``: a character with or without variation selector (a skin tone is dropped), code points such as
        ``1f355``, ``U+1F355`` or ``1f468-200d-1f373``, a name, or a keyword that points to one emoji.
        Raises UnknownEmoji, with near matches, when nothing or more than one thing fits.
        """
        text = self._checked(text)
        for key in (key_of(text), key_of_codepoints(text)):
            plain = "-".join(code for code in key.split("-") if code not in SKIN_TONES)
            for candidate in (key, plain):
                if candidate in self._emoji:
                    return self._emoji[candidate]
        # A word that hangs on an emoji or is part of a path is no name: alone it would mean something else.
        words = () if any(map(is_sign, text)) else words_of(text)
        if named := self._index.named(words):
            return self._emoji[named]
        ranked = self._index.ranked(words)
        if winner := clear_winner(ranked):
            return self._emoji[winner]
        raise UnknownEmoji(self._apology(text, [one.key for one in ranked[:4]]))

    def search(self, text: str, limit: int = 50) -> list[Emoji]:
        """Emoji for a search box, best first; an empty text gives nothing.

        Every word must begin a word of the name or of a keyword. Exact names come first, then names that hold the
        words, then keywords; Unicode order decides between equals.
        """
        text = (text or "")[:LONGEST_QUERY]
        return [self._emoji[one.key] for one in self._index.ranked(words_of(text))[:limit]]

    def render(self, key: str, size: int = 256, frame: Frame | None = None) -> np.ndarray:
        """The picture of an emoji: premultiplied RGBA, uint8 (size, size, 4), yours to change.

        ``frame``: how it sits on the canvas; without one, STICKER_FRAME. The latest pictures are kept (CACHE_BYTES).
        """
        place = frame or STICKER_FRAME
        made = self._pictures.get((key, size, place.view_box), lambda: rasterise(self.body(key), size, place))
        return made.copy()

    @staticmethod
    def _checked(text: str) -> str:
        """``text`` without the white space and colons around it; raises UnknownEmoji if nothing can be meant."""
        text = text.strip().strip(":").strip() if isinstance(text, str) else ""
        if not text:
            raise UnknownEmoji('no emoji given: type one, its code points ("1f355") or its name ("pizza")')
        if len(text) > LONGEST_QUERY:
            raise UnknownEmoji(f"{len(text)} characters are too many for one emoji: type a single one or its name")
        return text

    def _apology(self, text: str, found: list[str]) -> str:
        """What to tell someone whose text means no emoji, or more than one."""
        if not found and not words_of(text):
            return f"{text!r} is not one of the {len(self)} emoji here: type a single emoji such as 🍕, or its name"
        error = f"{text!r} can mean several emoji" if found else f"no emoji is called {text!r}"
        near = ", ".join(f"{self[key].char} {self[key].name}" for key in found or self._similar(text))
        return f"{error}: did you mean {near}?" if near else f"{error}: try a simpler name such as pizza, or 🍕 itself"

    def _similar(self, text: str, limit: int = 4) -> list[str]:
        """Keys of the emoji whose names or aliases are spelled most like ``text``."""
        spelled = {alias: emoji.key for emoji in self for alias in (*emoji.aliases, emoji.name)}
        close = difflib.get_close_matches(text.casefold(), spelled, n=2 * limit, cutoff=0.4)
        return list(dict.fromkeys(spelled[name] for name in close))[:limit]


def key_of_codepoints(text: str) -> str:
    """The key of code points written out, "U+1F468 U+200D U+1F373" or "1f468-200d-1f373"; "" for other texts."""
    codes = re.sub(r"(?i)\b(u\+|0x)", "", text).replace("-", " ").split()
    if not all(re.fullmatch(r"[0-9a-fA-F]{2,6}", code) for code in codes):
        return ""
    return "-".join(f"{int(code, 16):x}" for code in codes if code.lower() not in ("fe0e", "fe0f"))
