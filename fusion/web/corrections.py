"""What the browser's renderer draws otherwise than Python's: a few pixels of some emoji, all of very few.

Both are resvg, of versions that differ. The network's pictures would follow its inputs, so the differences are found
when the page is written, and laid over each drawing there (``static/drawing.js``).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from fusion.emoji.catalog import Catalog
from fusion.files import cache_folder, write_beside
from fusion.frame import Frame
from fusion.web.packages import PackagesError, program

MOST_PLACES = 8192
"""Pixels that differ, of 65,536, beyond which the whole picture is kept."""
HERE = Path(__file__).parent


def write_corrections(site: Path, side: int, frame: Frame, progress: Callable[[int], object]) -> None:
    """``corrections.bin.gz`` in a page whose other files are there; ``progress`` is told of emoji as they are compared.

    Raises PackagesError.
    """
    told = [(site / name).read_bytes() for name in ("noto.json.gz", "vendor/resvg.wasm.gz", "drawing.js")]
    told.append(f"{side} {frame.view_box}".encode())
    kept = cache_folder() / "npm" / f"corrections-{hashlib.sha256(b''.join(told)).hexdigest()[:24]}.bin.gz"
    if not kept.is_file():
        found = gzip.compress(compare(site, side, frame, progress), 9, mtime=0)
        with write_beside(kept) as path:
            path.write_bytes(found)
    shutil.copyfile(kept, site / "corrections.bin.gz")


def compare(site: Path, side: int, frame: Frame, progress: Callable[[int], object]) -> bytes:
    """All corrections, as ``static/drawing.js`` reads them. Raises PackagesError."""
    catalog, length = Catalog.default(), 4 * side * side
    places: dict[str, tuple[int, int]] = {}
    body = bytearray()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        shutil.copytree(site, folder, dirs_exist_ok=True)
        shutil.copyfile(HERE / "draw.mjs", folder / "draw.mjs")
        (folder / "package.json").write_text('{"type": "module"}')
        command = [program("node"), str(folder / "draw.mjs")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as drawing:
            for emoji in catalog:
                drawn = drawing.stdout.read(length) if drawing.stdout else b""
                if len(drawn) < length:
                    raise PackagesError("The drawing of the emoji broke off; install Node.js 20 or newer.")
                wanted = catalog.render(emoji.key, side, frame)
                found = correction(np.frombuffer(drawn, np.uint8).reshape(wanted.shape), wanted)
                if found is not None:
                    places[emoji.key] = (len(body), found[0])
                    body += found[1]
                progress(1)
    head = json.dumps(places, separators=(",", ":")).encode()
    return struct.pack("<I", len(head)) + head + bytes(body)


def correction(drawn: np.ndarray, wanted: np.ndarray) -> tuple[int, bytes] | None:
    """How many pixels of two pictures (S, S, 4) differ, and what is to be kept; none for all of a picture."""
    different = np.flatnonzero((drawn != wanted).any(-1))
    if not len(different):
        return None
    if len(different) > MOST_PLACES:
        return 0, wanted.tobytes()
    return len(different), different.astype("<u2").tobytes() + wanted.reshape(-1, 4)[different].tobytes()
