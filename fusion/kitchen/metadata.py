"""Which stickers exist: ``metadata.json`` in the public emoji-kitchen format, in each of its three shapes.

* today: ``{"data": {code: {"combinations": {other: [{"gStaticUrl", "leftEmojiCodepoint", "rightEmojiCodepoint",
  "date", "isLatest"}, ...]}}}}``;
* before: the same with ``combinations`` as one flat list, without ``isLatest``;
* first: ``{code: [{"leftEmoji", "rightEmoji", "date"}, ...]}`` with codepoints and no addresses.

Every sticker is listed under both of its emoji, and old drawings of a pair stay listed next to the new one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fusion.errors import FusionError

CODEPOINTS = re.compile(r"[0-9a-f]{1,6}(-[0-9a-f]{1,6})*")
DATE = re.compile(r"[0-9]{8}")
ADDRESS = "https://www.gstatic.com/android/keyboard/emojikitchen/{date}/{left}/{left}_{right}.png"
"""Where a sticker of the first shape lies; ``left`` and ``right`` read ``u1f600`` or ``u2764-ufe0f``."""

STICKERS = "stickers"
METADATA = "metadata.json"


class KitchenError(FusionError):
    """The stickers, their metadata or the server leave something to be desired."""


@dataclass(frozen=True, order=True)
class Sticker:
    """One picture: its two emoji (lower-hex codepoints joined by "-", with fe0f), its date YYYYMMDD, its address."""

    left: str
    right: str
    date: str
    url: str
    latest: bool | None = None

    @property
    def file(self) -> str:
        """Path inside the sticker folder. The date is part of it, so a newer drawing never passes for an older one."""
        return f"{STICKERS}/{self.left}/{self.left}_{self.right}_{self.date}.png"

    @property
    def keys(self) -> tuple[str, str]:
        """The catalogue keys (without fe0f) of the two emoji."""
        return catalogue_key(self.left), catalogue_key(self.right)


def catalogue_key(codepoints: str) -> str:
    """Codepoints as the catalogue writes them: without the presentation selector fe0f."""
    return "-".join(part for part in codepoints.split("-") if part != "fe0f")


def read_metadata(path: Path) -> list[Sticker]:
    """The latest sticker of every pair in ``path``, sorted and without repeats.

    Raises :class:`KitchenError` where the file is missing, is no JSON or lists no sticker.
    """
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise KitchenError(f"There is no file {path}: name the emoji-kitchen metadata.json to read.") from None
    except OSError as error:
        raise KitchenError(f"{path} cannot be read ({error.strerror}): name the emoji-kitchen metadata.json.") from None
    except ValueError:
        raise KitchenError(f"{path} is not valid JSON: download the emoji-kitchen metadata.json again.") from None
    stickers = latest(filter(None, map(to_sticker, entries(content))))
    if not stickers:
        raise KitchenError(f"{path} lists no stickers: it should be an emoji-kitchen metadata.json.")
    return stickers


def entries(content: Any) -> Iterator[dict[str, Any]]:
    """Every combination in the file, whichever of the three shapes it has."""
    table = content.get("data", content) if isinstance(content, dict) else {}
    for emoji in table.values() if isinstance(table, dict) else ():
        found = emoji.get("combinations", []) if isinstance(emoji, dict) else emoji
        lists = found.values() if isinstance(found, dict) else [found]
        for group in lists:
            if isinstance(group, list):
                yield from (entry for entry in group if isinstance(entry, dict))


def to_sticker(entry: dict[str, Any]) -> Sticker | None:
    """The sticker of one combination; ``None`` where a field is missing or could lead out of the folder."""

    def text(*names: str) -> str:
        return next((entry[name].lower() for name in names if isinstance(entry.get(name), str)), "")

    left, right = text("leftEmojiCodepoint", "leftEmoji"), text("rightEmojiCodepoint", "rightEmoji")
    date = text("date")
    if not (CODEPOINTS.fullmatch(left) and CODEPOINTS.fullmatch(right) and DATE.fullmatch(date)):
        return None
    url = entry.get("gStaticUrl") or ADDRESS.format(date=date, left=server_name(left), right=server_name(right))
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        return None
    mark = entry.get("isLatest")
    return Sticker(left, right, date, url, mark if isinstance(mark, bool) else None)


def server_name(codepoints: str) -> str:
    """Codepoints as the sticker server writes them: every part with a leading "u"."""
    return "-".join(f"u{part}" for part in codepoints.split("-"))


def latest(stickers: Iterable[Sticker]) -> list[Sticker]:
    """One sticker a pair, whatever the order of its emoji: the one marked latest, else the one of the last date."""
    best: dict[frozenset[str], Sticker] = {}
    for sticker in stickers:
        pair = frozenset((sticker.left, sticker.right))
        known = best.get(pair)
        if known is None or rank(sticker) > rank(known):
            best[pair] = sticker
    return sorted(best.values(), key=lambda sticker: sticker.file)


def rank(sticker: Sticker) -> tuple[bool, str, str, str]:
    """Order among the stickers of one pair; the names only break ties, so that the choice is always the same."""
    return sticker.latest is True, sticker.date, sticker.left, sticker.url
