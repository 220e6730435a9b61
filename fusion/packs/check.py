"""Whether a pack keeps to its service's published rules, read back from the files alone. Documents: ``services``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from fusion.files import OutputError
from fusion.packs.services import PackError, Picture, Service

Rows = list[dict[str, object]]


def check_pack(folder: Path, service: Service) -> int:
    """The number of stickers in a pack that keeps the rules. Raises PackError naming the first that does not."""
    index = read_json(folder / "index.json")
    require(index["service"] == service.name, f"{folder} is a pack for {index['service']}, not {service.name}")
    require("Apache" in (folder / "ATTRIBUTION.txt").read_text(encoding="utf-8"), f"{folder} lacks its licence")
    sets: dict[str, list[str]] = {}
    for row in index["stickers"]:
        name, _, file = str(row["file"]).rpartition("/")
        sets.setdefault(name, []).append(file)
    for name, files in sets.items():
        place = folder / name
        require(service.least <= len(files) <= service.most, f"{place} holds {len(files)} stickers")
        for file in files:
            check_picture(place / file, service.sticker)
            if service.emoji:
                check_picture(place / "emoji" / file, service.emoji)
        if service.icon:
            check_picture(place / service.icon_file, service.icon)
        if service.name in SET_RULES:
            SET_RULES[service.name](read_json(place / "pack.json"), files)
    if service.name == "whatsapp":
        check_whatsapp(read_json(folder / "contents.json"), sets)
    return len(index["stickers"])


def require(holds: bool, error: str) -> None:
    """Raises PackError with ``error`` unless it ``holds``."""
    if not holds:
        raise PackError(f"{error}; make the pack again in a new folder.")


def read_json(file: Path) -> dict:
    """A JSON file of the pack. Raises OutputError."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OutputError(f"{file} is missing or damaged; run the same command again.") from error


def check_picture(file: Path, rules: Picture) -> None:
    """Format by its content, side, length, one frame, and transparency, which every service asks for."""
    require(file.is_file(), f"{file} is missing")
    length = file.stat().st_size
    require(length <= rules.most_bytes, f"{file} has {length} bytes and may have {rules.most_bytes}")
    with Image.open(file) as picture:
        require(picture.format == rules.format, f"{file} is {picture.format} and must be {rules.format}")
        require(picture.size == (rules.side,) * 2, f"{file} has {picture.size} pixels and must have {rules.side}")
        require(getattr(picture, "n_frames", 1) == 1, f"{file} is animated")
        require(picture.convert("RGBA").getchannel("A").getextrema()[0] == 0, f"{file} is not transparent")


def check_text(value: object, least: int, most: int, pattern: str = r"(?s).*") -> None:
    """Length and characters of a text."""
    text = str(value)
    require(least <= len(text) <= most, f"{text!r} has {len(text)} characters and may have {least} to {most}")
    require(re.fullmatch(pattern, text) is not None, f"{text!r} holds characters that are not allowed")


def check_listed(rows: Rows, key: str, files: list[str]) -> None:
    """Whether the metadata lists just the files that there are, in their order."""
    require([row[key] for row in rows] == files, "the metadata lists other files than there are")


def check_telegram(told: dict, files: list[str]) -> None:
    """``createNewStickerSet`` of the Bot API."""
    check_text(told["name"], 1, 60, r"[a-z](_?[a-z0-9])*")
    check_text(told["title"], 1, 64)
    check_listed(told["stickers"], "sticker", files)
    for row in told["stickers"]:
        require(row["format"] == "static" and 1 <= len(row["emoji_list"]) <= 20, f"{row} has no emoji or too many")
        require(len(row["keywords"]) <= 20 and sum(map(len, row["keywords"])) <= 64, f"{row} has too long keywords")


def check_signal(told: dict, files: list[str]) -> None:
    """What the sticker creator asks for."""
    check_listed(told["stickers"], "file", files)
    require(
        bool(told["title"]) and bool(told["author"]) and told["cover"] in files, "title, author or cover is missing"
    )
    require(all(row["emoji"] for row in told["stickers"]), "a sticker has no emoji")


def check_discord(told: dict, files: list[str]) -> None:
    """Create Guild Sticker and Create Guild Emoji."""
    check_listed(told["stickers"], "file", files)
    check_listed(told["emojis"], "file", [f"emoji/{file}" for file in files])
    for row in told["stickers"]:
        check_text(row["name"], 2, 30)
        check_text(row["description"], 2, 100)
        check_text(row["tags"], 1, 200)
    for row in told["emojis"]:
        check_text(row["name"], 2, 32, r"[A-Za-z0-9_]+")


def check_slack(told: dict, files: list[str]) -> None:
    """Names of custom emoji."""
    check_listed(told["emoji"], "file", files)
    names = [row["name"] for row in told["emoji"]]
    require(len(set(names)) == len(names), "two emoji have one name")
    for name in names:
        check_text(name, 1, 100, r"[a-z0-9_-]+")


def check_maunium(told: dict, files: list[str]) -> None:
    """What ``sticker-pack`` reads."""
    require(sorted(told) == ["id", "stickers", "title"], "pack.json is not what sticker-pack reads")
    check_text(told["id"], 1, 100, r"[A-Za-z0-9_/.#-]+")
    require(bool(told["title"]) and told["stickers"] == [], "pack.json lists stickers that were never uploaded")


def check_whatsapp(told: dict, sets: dict[str, list[str]]) -> None:
    """``StickerPackValidator`` of the sample app, and the length of the descriptions."""
    packs = {pack["identifier"]: pack for pack in told["sticker_packs"]}
    require(list(packs) == list(sets), "contents.json lists other sets than there are")
    for identifier, pack in packs.items():
        check_text(identifier, 1, 128, r"(?!.*\.\.)[\w\-.,'\s]+")
        check_text(pack["name"], 1, 128)
        check_text(pack["publisher"], 1, 128)
        check_text(pack["license_agreement_website"], 1, 200, r"https?://.+")
        require(pack["tray_image_file"] == "tray.png", "the tray icon is not named")
        check_listed(pack["stickers"], "image_file", sets[identifier])
        for row in pack["stickers"]:
            require(1 <= len(row["emojis"]) <= 3, f"{row} has no emoji or too many")
            check_text(row["accessibility_text"], 1, 125)


SET_RULES: dict[str, Callable[[dict, list[str]], None]] = {
    "telegram": check_telegram,
    "signal": check_signal,
    "discord": check_discord,
    "slack": check_slack,
    "maunium": check_maunium,
}
