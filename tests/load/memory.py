"""How much memory a serving backend takes: ``python -m tests.load.memory [--fusions N] [--uploads N] [--threads N]``.

Threads ask the backend as a server's would: different pairs, each with its film strip, then pictures of 4,096 pixels a
side. Prints the resident megabytes after each part, and the most there ever were. Linux only.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image

from fusion.ui import launcher
from fusion.ui.backend import Backend

SIDE = 4096


def resident(field: str = "VmRSS") -> int:
    """Megabytes of this process that are in memory now, or (``VmHWM``) were at most."""
    line = next(row for row in Path("/proc/self/status").read_text().splitlines() if row.startswith(field))
    return int(line.split()[1]) // 1024


def upload(number: int) -> str:
    """A large picture, different for each number, as a data URL."""
    buffer = io.BytesIO()
    Image.new("RGBA", (SIDE, SIDE), (number % 256, 120, 40, 255)).save(buffer, "PNG", compress_level=1)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def pair(backend: Backend, keys: tuple[str, str]) -> None:
    """What a visitor sees of one pair: sticker and strip."""
    question = {"first": keys[0], "second": keys[1]}
    backend.fuse(question)
    backend.stages(question)


def own_picture(backend: Backend, number: int) -> None:
    """Two large pictures."""
    first, second = ({"upload": upload(2 * number + k), "name": "own"} for k in (0, 1))
    backend.fuse({"first": first, "second": second})


def main() -> None:
    """Ask, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fusions", type=int, default=600)
    parser.add_argument("--uploads", type=int, default=60)
    parser.add_argument("--threads", type=int, default=8)
    options = parser.parse_args()
    getattr(launcher, "bound_memory", lambda: None)()  # as ``serve`` does, where this version does it
    backend = launcher.build_backend("cpu")
    backend.warm()
    figures = {"start": resident()}
    keys, choose = [emoji.key for emoji in backend.catalog], random.Random(5)
    pairs = [(choose.choice(keys), choose.choice(keys)) for _ in range(options.fusions)]
    with ThreadPoolExecutor(options.threads) as pool:
        begun = time.perf_counter()
        list(pool.map(lambda one: pair(backend, one), pairs))
        figures["seconds"] = round(time.perf_counter() - begun)
        figures[f"{options.fusions} fusions"] = resident()
        list(pool.map(lambda number: own_picture(backend, number), range(options.uploads)))
        figures[f"{options.uploads} uploads of two"] = resident()
    print(json.dumps(figures | {"most": resident("VmHWM")}))


if __name__ == "__main__":
    main()
