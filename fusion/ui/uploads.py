"""The folder for what visitors send and endpoints hand out: one a process, and nothing is left behind.

The web framework keeps such files where all its applications on a machine do, and forgets them when it is killed. Here
each process has a folder of its own, and beside it a lock that lasts as long as the process; the next start removes
what belongs to nobody any more.

Source: DESIGN section 7.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from fusion.errors import FusionError

if TYPE_CHECKING:
    from filelock import BaseFileLock

VARIABLE = "GRADIO_TEMP_DIR"
"""Where the framework looks up its folder."""
KEPT_SECONDS, SWEEP_SECONDS = 3600.0, 600.0
"""So long a file is kept after it was last written; so often that is looked at."""
GUARD_SECONDS = 60
"""Another process that starts is waited for as long as this at most."""


def upload_folder() -> Path:
    """The framework's folder, as it is named now."""
    return Path(os.environ.get(VARIABLE) or Path(tempfile.gettempdir(), "gradio")).resolve()


def inside(path: object) -> bool:
    """Whether a path, of whatever it is made, leads into the folder."""
    with contextlib.suppress(ValueError, OSError, RuntimeError):  # a NUL, a name too long, links in a circle
        return isinstance(path, str) and Path(path).resolve().is_relative_to(upload_folder())
    return False


def is_uploaded(path: object) -> bool:
    """Whether a path names a file that is in the folder."""
    with contextlib.suppress(OSError):
        return inside(path) and Path(str(path)).is_file()
    return False


@contextlib.contextmanager
def own_folder() -> Iterator[Path]:
    """A folder for this process, below what GRADIO_TEMP_DIR names, and named there while it lasts.

    What ended processes of this user left is removed first. Raises FusionError where nothing can be kept.
    """
    given = os.environ.get(VARIABLE)
    base = Path(given or tempfile.gettempdir()) / f"emoji-fusion-{user()}"
    try:
        folder, lock = claim(base)
    except OSError as error:
        raise FusionError(
            f"Uploads cannot be kept in {base} ({error.strerror or error}); name another folder in {VARIABLE}."
        ) from error
    os.environ[VARIABLE] = str(folder)
    ended = threading.Event()
    threading.Thread(target=keep_sweeping, args=(folder, ended), daemon=True).start()
    try:
        yield folder
    finally:
        ended.set()
        os.environ.pop(VARIABLE)
        if given is not None:
            os.environ[VARIABLE] = given
        remove(folder, lock)


def user() -> int:
    """This user's number; 0 where users have none, which have temporary folders of their own."""
    return os.getuid() if hasattr(os, "getuid") else 0


def claim(base: Path) -> tuple[Path, BaseFileLock]:
    """A new folder in ``base``, and its lock, held. Raises OSError."""
    from filelock import FileLock

    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    if base.is_symlink() or (hasattr(os, "getuid") and base.stat().st_uid != os.getuid()):
        raise PermissionError(errno.EPERM, "it belongs to another user")
    with FileLock(base / "start.lock", timeout=GUARD_SECONDS):  # nobody clears what is only half claimed
        clear_ended(base)
        folder = base / f"{os.getpid()}-{secrets.token_hex(4)}"
        lock = FileLock(lock_of(folder))
        lock.acquire()
        folder.mkdir(mode=0o700)
        return folder, lock


def lock_of(folder: Path) -> Path:
    """The file that is locked while the process of ``folder`` lives: the system lets go of it, however that ends."""
    return folder.with_name(f"{folder.name}.lock")


def clear_ended(base: Path) -> None:
    """Remove the folders whose processes have ended."""
    from filelock import FileLock, Timeout

    for folder in [path for path in base.iterdir() if path.is_dir()]:
        lock = FileLock(lock_of(folder), timeout=0)
        with contextlib.suppress(Timeout):
            lock.acquire()
            remove(folder, lock)


def remove(folder: Path, lock: BaseFileLock) -> None:
    """The folder and its lock, which this process holds."""
    shutil.rmtree(folder, ignore_errors=True)
    lock.release()
    lock_of(folder).unlink(missing_ok=True)


def keep_sweeping(folder: Path, ended: threading.Event) -> None:
    """Sweep now and then, until ``ended``."""
    while not ended.wait(SWEEP_SECONDS):
        sweep(folder)


def sweep(folder: Path, seconds: float = KEPT_SECONDS) -> None:
    """Remove files that nobody wrote for so long, and folders that have been empty for as long."""
    until = time.time() - seconds
    for path in sorted(folder.rglob("*"), reverse=True):  # what is inside comes before what it is in
        with contextlib.suppress(OSError):  # it is gone already, or not empty
            if path.stat().st_mtime >= until:
                continue
            path.rmdir() if path.is_dir() else path.unlink()
