"""Stickers that were made once, kept on the disk within a bound: the service and packs share them.

Behind each lies its checksum: a file that was cut short or changed is none, and is made anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
from pathlib import Path
from typing import Protocol

from fusion.errors import FusionError
from fusion.files import cache_folder, write_beside
from fusion.packs.services import Picture

LOG = logging.getLogger(__name__)

KEPT_BYTES = 256 * 2**20
"""Of all stickers on the disk: some six thousand of 256 pixels."""
TRIM_EVERY, TRIM_TO = 1 / 16, 0.9
"""After so much of the bound was written the folder is counted, and brought down to that share of it."""


CHECKSUM = 16
"""Bytes of a checksum."""


def checksum_of(content: bytes) -> bytes:
    """Tells a whole file from one that is not."""
    return hashlib.blake2b(content, digest_size=CHECKSUM).digest()


class Weights(Protocol):
    """An engine with weights of that hash."""

    weights_hash: str


def name_of(engine: Weights, first: str, second: str, picture: Picture, **asked: object) -> str:
    """What tells a sticker from all others: 40 hexadecimal digits, of the weights and of all that was asked for.

    ``first``, ``second``: keys of the catalogue.
    """
    told = [type(engine).__name__, engine.weights_hash, first, second, picture.side, picture.format, asked]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:40]


class Kept:
    """Files by name in ``folder``; what was not read for longest goes first. Safe to share, also between processes.

    A disk that fails costs speed and nothing else. ``limit``: bytes of all files.
    """

    def __init__(self, folder: Path, limit: int = KEPT_BYTES) -> None:
        self.folder, self.limit = folder, limit
        self._unseen = limit * TRIM_EVERY  # what earlier processes wrote is counted at the first write

    @classmethod
    def default(cls) -> Kept:
        """Those in this user's cache folder."""
        return cls(cache_folder() / "stickers")

    def read(self, name: str) -> bytes | None:
        """The content of that name, if it is kept."""
        file = self._file(name)
        try:
            content = file.read_bytes()
            os.utime(file)
        except OSError:
            return None
        whole, checksum = content[:-CHECKSUM], content[-CHECKSUM:]
        return whole if whole and checksum_of(whole) == checksum else None

    def length(self, name: str) -> int:
        """Bytes of what is kept under that name, 0 for nothing."""
        with contextlib.suppress(OSError):
            return max(self._file(name).stat().st_size - CHECKSUM, 0)
        return 0

    def write(self, name: str, content: bytes) -> None:
        """Keep ``content``."""
        file = self._file(name)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with write_beside(file) as path:
                path.write_bytes(content + checksum_of(content))
            self._unseen += len(content)
            if self._unseen > self.limit * TRIM_EVERY:
                self._trim()
        except (OSError, FusionError) as error:
            LOG.warning("Stickers are not kept: %s", error)

    def remove(self, name: str) -> None:
        """Forget what is kept under that name."""
        with contextlib.suppress(OSError):
            self._file(name).unlink()

    def _file(self, name: str) -> Path:
        return self.folder / name[:2] / name[2:]

    def _trim(self) -> None:
        """Forget what was not read for longest."""
        self._unseen = 0
        found = []
        for file in self.folder.glob("??/*"):
            with contextlib.suppress(OSError):  # another process may have removed it
                told = file.stat()
                found.append((told.st_mtime_ns, told.st_size, file))
        total = sum(size for _, size, _ in found)
        if total <= self.limit:
            return
        for _, size, file in sorted(found):
            with contextlib.suppress(OSError):
                file.unlink()
            total -= size
            if total <= self.limit * TRIM_TO:
                return
