"""Options that several subcommands share."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from fusion.emoji.catalog import Catalog, UnknownEmoji
from fusion.errors import FusionError

PICTURE_SUFFIXES = (".png", ".webp", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff")


def add_network(parser: argparse.ArgumentParser) -> None:
    """``--preset``, ``--weights`` and ``--device``."""
    parser.add_argument("--preset", help="which network (default: fusion)")
    parser.add_argument("--weights", metavar="W", help="folder or hub id of weights (default: those that ship)")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"), help="default: auto")


def add_roster(parser: argparse.ArgumentParser) -> None:
    """``--roster``: whose families are asked; by default those that the default network learned."""
    parser.add_argument("--roster", default="taste", choices=("classic", "taste"), help="default: taste")


def source(text: str) -> str | Path:
    """What FIRST or SECOND means: an emoji's text, or the path of a picture.

    Emoji go first, so that a file called "pizza" hides no pizza; what looks like a path is one.
    """
    if os.sep in text or text.lower().endswith(PICTURE_SUFFIXES):
        path = home(Path(text))
        if not is_file(path):
            raise FusionError(f"There is no file {path}; check the path, or give an emoji.")
        return path
    try:
        return Catalog.default().find(text).char
    except UnknownEmoji:
        if is_file(Path(text)):
            return Path(text)
        raise


def home(path: Path) -> Path:
    """``path`` with "~" replaced; of a person that nobody knows it stays."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def is_file(path: Path) -> bool:
    """Whether there is such a file; a name that no file can have names none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def counted(text: str) -> int:
    """Argument type: a whole number of at least one."""
    if not text.isdecimal() or not int(text[:10]) >= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return int(text)


def emoji_in(path: Path) -> list[str]:
    """Keys of the emoji that a file lists: JSON with a list ``emoji`` of codepoints or characters, none twice."""
    try:
        named = json.loads(path.read_text(encoding="utf-8"))["emoji"]
    except FileNotFoundError:
        raise FusionError(f"There is no file {path}; give JSON with a list 'emoji'.") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FusionError(f'{path} is not JSON with a list \'emoji\'; write {{"emoji": ["1f600", ...]}}.') from error
    if not isinstance(named, list) or len(named) < 2 or not all(isinstance(text, str) for text in named):
        raise FusionError(f"{path} names no two emoji; its list 'emoji' needs at least two codepoints.")
    return list(dict.fromkeys(Catalog.default().find(text).key for text in named))
