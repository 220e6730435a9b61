"""The files beside the stickers of a set: what the service reads, the licence, who made what.

The documents are listed in ``services``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from fusion.emoji.catalog import Emoji
from fusion.packs.services import Service

PUBLISHER = "Emoji Fusion"
LICENCE = "Apache-2.0"
LICENCE_URL = "https://www.apache.org/licenses/LICENSE-2.0"
ATTRIBUTION = f"""These stickers were made by Emoji Fusion, a neural network that fuses two emoji.
The emoji it started from are drawings of Noto Emoji, copyright Google Inc., under the Apache License, Version 2.0.
The stickers are under the same licence: {LICENCE_URL}
They are not from, and not endorsed by, Google, the makers of Emoji Kitchen, or the service they are packed for.
"""
MANIFEST = "pack.json"


@dataclass(frozen=True)
class Sticker:
    """One sticker of a set: its file's name and the two emoji it was fused from."""

    file: str
    first: Emoji
    second: Emoji

    @property
    def chars(self) -> list[str]:
        """The two emoji as characters."""
        return [self.first.char, self.second.char]

    @property
    def name(self) -> str:
        """What a screen reader says."""
        return f"{self.first.name} and {self.second.name}"

    def short_name(self, most: int, joint: str = "_") -> str:
        """Lower-case letters, digits and ``joint``; unique by its code points where it has to be cut."""
        plain = joint.join(re.findall(r"[a-z0-9]+", self.name.lower().replace(" and ", " ")))
        codes = joint.join(f"{self.first.key}{joint}{self.second.key}".replace("-", joint).split(joint))
        return plain if len(plain) <= most else codes if len(codes) <= most else codes[:most].rstrip(joint)


@dataclass(frozen=True)
class StickerSet:
    """One set of a pack. ``number``: from 1, of ``count``."""

    title: str
    number: int
    count: int
    stickers: tuple[Sticker, ...]

    @property
    def full_title(self) -> str:
        """With the number of the set, at most 64 characters."""
        suffix = f" {self.number}/{self.count}" if self.count > 1 else ""
        return self.title[: 64 - len(suffix)] + suffix  # Telegram's bound, the tightest

    @property
    def identifier(self) -> str:
        """Letters, digits and single underscores, beginning with a letter."""
        plain = "_".join(re.findall(r"[a-z0-9]+", self.title.lower()))[:40].strip("_")
        return f"{plain or 'emoji_fusion'}_{self.number:02d}"


def json_bytes(value: object) -> bytes:
    """Readable JSON, the same for the same value."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=False) + "\n").encode()


def telegram(made: StickerSet) -> dict[str, object]:
    """Arguments of ``createNewStickerSet``; the first 50 go there, the others through ``addStickerToSet``.

    ``name`` still lacks the ending ``_by_<bot username>`` that Telegram asks for.
    """
    return {
        "name": made.identifier,
        "title": made.full_title,
        "sticker_type": "regular",
        "thumbnail": "thumbnail.webp",
        "stickers": [
            {
                "sticker": one.file,
                "format": "static",
                "emoji_list": one.chars,
                "keywords": [name[:32] for name in (one.first.name, one.second.name)],
            }
            for one in made.stickers
        ],
    }


def whatsapp(sets: list[StickerSet], folders: list[str]) -> dict[str, object]:
    """``contents.json`` of the sample app, one entry a set; the folders are named like the identifiers."""
    return {
        "android_play_store_link": "",
        "ios_app_store_link": "",
        "sticker_packs": [
            {
                "identifier": folder,
                "name": made.full_title,
                "publisher": PUBLISHER,
                "tray_image_file": "tray.png",
                "image_data_version": "1",
                "avoid_cache": False,
                "publisher_email": "",
                "publisher_website": "",
                "privacy_policy_website": "",
                "license_agreement_website": LICENCE_URL,
                "animated_sticker_pack": False,
                "stickers": [
                    {"image_file": one.file, "emojis": one.chars, "accessibility_text": one.name[:125]}
                    for one in made.stickers
                ],
            }
            for made, folder in zip(sets, folders, strict=True)
        ],
    }


def signal(made: StickerSet) -> dict[str, object]:
    """Title, author, cover and the emoji of each sticker, as Signal Desktop's sticker creator asks for them."""
    stickers = [{"file": one.file, "emoji": one.first.char} for one in made.stickers]
    return {"title": made.full_title, "author": PUBLISHER, "cover": made.stickers[0].file, "stickers": stickers}


def discord(made: StickerSet) -> dict[str, object]:
    """Arguments of Create Guild Sticker and Create Guild Emoji, one entry each."""
    return {
        "stickers": [
            {
                "name": one.short_name(30),
                "description": one.name[:100],
                "tags": (one.first.aliases or (one.first.name.replace(" ", "_"),))[0],
                "file": one.file,
            }
            for one in made.stickers
        ],
        "emojis": [{"name": one.short_name(32), "file": f"emoji/{one.file}"} for one in made.stickers],
    }


def slack(made: StickerSet) -> dict[str, object]:
    """Names to type in "Add emoji"; Slack takes lower-case letters, digits, underscores and dashes."""
    return {"emoji": [{"name": one.short_name(64), "file": one.file} for one in made.stickers]}


def maunium(made: StickerSet) -> dict[str, object]:
    """The ``pack.json`` that ``sticker-pack`` reads and completes: it uploads the pictures beside it and lists them."""
    return {"title": made.full_title, "id": made.identifier, "stickers": []}


WRITERS = {"telegram": telegram, "signal": signal, "discord": discord, "slack": slack, "maunium": maunium}


def index(
    service: Service, request: dict[str, object], sets: list[StickerSet], folders: list[str]
) -> dict[str, object]:
    """The manifest of a whole pack: how it was made, and every sticker with its two emoji."""
    return {
        "service": service.name,
        "licence": LICENCE,
        "attribution": ATTRIBUTION,
        **request,
        "stickers": [
            {"file": f"{folder}{one.file}", "first": one.first.key, "second": one.second.key, "name": one.name}
            for made, folder in zip(sets, (f"{name}/" if name else "" for name in folders), strict=True)
            for one in made.stickers
        ],
    }
