"""Where measured and rendered things are kept, and how stale ones are told from fresh ones."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path

from fusion.assets import ASSETS

HERE = Path(__file__).parent
MEASURED_BY = ("anatomy/layers.py", "anatomy/paths.py", "anatomy/measure.py", "anatomy/anatomy.py")
RENDERED_BY = (*MEASURED_BY, "anatomy/regions.py", "painting/parts.py")
_INPUTS = ("noto.json.gz", "anatomy.json")


def cache_folder() -> Path:
    """This user's folder: ``EMOJI_FUSION_CACHE``, or one in the system's cache folder. It need not exist yet."""
    chosen = os.environ.get("EMOJI_FUSION_CACHE")
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "emoji-fusion"


@lru_cache(maxsize=4)
def fingerprint(sources: tuple[str, ...]) -> str:
    """Hash of the emoji, the corrections by hand and the named source files, whatever their line endings."""
    digest = hashlib.blake2b(digest_size=8)
    for path in [*(HERE / name for name in sources), *(ASSETS / name for name in _INPUTS)]:
        content = path.read_bytes() if path.exists() else b"-"
        digest.update(content if path.suffix == ".gz" else content.replace(b"\r\n", b"\n"))
    return digest.hexdigest()
