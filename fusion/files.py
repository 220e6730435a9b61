"""Where to write, and how so that nothing is ever half-written: beside the target first, renamed when it is whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fusion.errors import FusionError


class OutputError(FusionError):
    """A place that cannot be written to."""


def cache_folder() -> Path:
    """This user's folder: ``EMOJI_FUSION_CACHE``, or one in the system's cache folder. It need not exist yet."""
    chosen = os.environ.get("EMOJI_FUSION_CACHE")
    if chosen:
        return Path(chosen)
    from platformdirs import user_cache_path

    return user_cache_path("emoji-fusion", appauthor=False)


@contextmanager
def write_beside(target: str | os.PathLike, durable: bool = False) -> Iterator[Path]:
    """A fresh path in the target's folder, with its suffix, to write to; renamed to ``target`` at the end.

    ``durable``: what was written is on the disk before it is renamed, whenever the power goes.
    If the block raises, ``target`` stays as it was and nothing new is left behind. Raises OutputError where the
    folder is missing or does not let itself be written to.
    """
    target = Path(target)
    with _beside(target) as folder:
        if target.is_dir():
            raise OutputError(f"{target} is a folder; name a file.")
        partial = folder / ("partial" + target.suffix)
        yield partial
        if durable:
            with open(partial, "rb") as written:
                os.fsync(written.fileno())
        os.replace(partial, target)


@contextmanager
def write_folder_beside(target: str | os.PathLike, marker: str) -> Iterator[Path]:
    """A fresh folder to fill, which becomes ``target`` at the end.

    An empty folder or one that holds the file ``marker`` (what was written here before) is replaced; any other is
    refused with OutputError, for it holds something else.
    """
    target = Path(target)
    if target.exists() and not target.is_dir():
        raise OutputError(f"{target} is a file; name a folder.")
    if target.exists() and any(target.iterdir()) and not (target / marker).exists():
        raise OutputError(f"{target} holds other files; name an empty or a new folder.")
    with _beside(target) as folder:
        fresh, old = folder / "fresh", folder / "old"
        fresh.mkdir()
        yield fresh
        if target.exists():
            os.replace(target, old)
        os.replace(fresh, target)


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A scratch folder on the target's file system, gone afterwards; OSErrors become a sentence."""
    try:
        os.fsencode(target)  # half a surrogate pair names no file
        if "\0" in str(target):
            raise OutputError(f"{str(target)!r} has a NUL in it; choose another name.")
        folder = Path(tempfile.mkdtemp(dir=target.resolve().parent, prefix=".partial-"))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        if isinstance(error, FusionError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"{target} cannot be written ({reason}); choose another place.") from error
