"""A folder of stickers on disk: what is there, what is whole, and how a file gets there in one step.

``metadata.json``, ``stickers/<left>/<left>_<right>_<date>.png``, next to an unfinished sticker its ``.partial``, next
to one that the server does not have its empty ``.absent``, and ``failures.json`` of the last fetch.
A file under its final name is complete and verified: it was written beside and renamed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from fusion.files import write_beside
from fusion.kitchen.metadata import STICKERS, Sticker

PARTIAL, ABSENT = ".partial", ".absent"
FAILURES = "failures.json"
MAX_SIDE = 4096


def beside(path: Path, ending: str) -> Path:
    """The companion of ``path``: the same name with ``ending`` added."""
    return path.with_name(path.name + ending)


def png_error(path: Path) -> str | None:
    """What is wrong with the PNG at ``path``, in a few words; ``None`` if it decodes completely."""
    try:
        with Image.open(path, formats=["PNG"]) as picture:
            if max(picture.size) > MAX_SIDE:
                return f"larger than {MAX_SIDE} pixels"
            picture.load()
        # Decoding stops with the last pixel; verify reads the checksums of all chunks up to the end mark.
        with Image.open(path, formats=["PNG"]) as picture:
            picture.verify()
    except UnidentifiedImageError:
        return "not a PNG"
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        return f"damaged ({error})"
    return None


def write_text(path: Path, text: str) -> None:
    """``text`` as UTF-8 at ``path``, written beside and renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with write_beside(path) as partial:
        partial.write_text(text, encoding="utf-8")


@dataclass
class Inventory:
    """What ``kitchen check`` found. Paths relative to the folder, sorted."""

    wanted: int
    whole: int = 0
    missing: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    damaged: dict[str, str] = field(default_factory=dict)
    extra: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Nothing to fetch and nothing to repair; what the server does not have cannot be helped."""
        return not self.missing and not self.damaged


def take_stock(
    folder: Path, stickers: Sequence[Sticker], progress: Callable[[Iterable[str], int], Iterable[str]] | None = None
) -> Inventory:
    """Compare ``folder`` with the ``stickers`` it should hold, decoding every picture.

    ``progress``: wraps the sequence of finished files (and their number), for a progress bar.
    """
    names = {sticker.file for sticker in stickers}
    on_disk = {path.relative_to(folder).as_posix() for path in (folder / STICKERS).rglob("*") if path.is_file()}
    present = sorted(names & on_disk)
    gone = {name for name in names - on_disk if name + ABSENT in on_disk}
    helpers = {name + ending for name in names for ending in (PARTIAL, ABSENT)}
    stock = Inventory(len(names), absent=sorted(gone), missing=sorted(names - on_disk - gone))
    stock.extra = sorted(on_disk - names - helpers)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        results = pool.map(lambda name: png_error(folder / name), present)
        for name in progress(present, len(present)) if progress else present:
            if wrong := next(results):
                stock.damaged[name] = wrong
    stock.whole = len(present) - len(stock.damaged)
    return stock
