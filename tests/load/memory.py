"""How much memory a server takes:  python -m tests.load.memory [--fusions 2000] [--uploads 300] [--people 8]

Starts app.py in a process of its own and asks it as the page does: different pairs, each with its film strip, then
pictures of 4,096 pixels a side, two at a time. Prints a line of JSON at twenty points on the way (questions answered,
resident megabytes) and one at the end; the exit code is 1 where it then takes more than --bound, or ever took half as
much again. Linux only.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import io
import json
import random
import time
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
from PIL import Image

from tests.load.server import KEYS, Server, running

SIDE = 4096
BOUND, PEAK = 1024, 1.5
"""Megabytes at the end, and how many times as much it may be for moments."""
POINTS = 20


def upload(number: int) -> dict[str, str]:
    """A large picture, different for each number."""
    buffer = io.BytesIO()
    colour = (number % 256, number // 256 % 256, 40, 255)
    Image.new("RGBA", (SIDE, SIDE), colour).save(buffer, "PNG", compress_level=1)
    return {"upload": "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii"), "name": "own"}


async def ask(client: httpx.AsyncClient, server: Server, name: str, data: dict[str, Any]) -> None:
    """One question, again while the server is busy. Raises RuntimeError for any other error."""
    while True:
        answer = await client.post("/gradio_api/component_server", json=server.question(name, data))
        told = answer.json()
        if answer.status_code == 200 and "error" not in told:
            return
        if "try again" not in str(told.get("error")):
            raise RuntimeError(f"{name}: {answer.status_code} {str(told)[:300]}")
        await asyncio.sleep(1)


async def climb(server: Server, fusions: int, uploads: int, people: int) -> list[dict[str, int]]:
    """Ask all of it, ``people`` at a time; what memory was at some points on the way."""
    choose, told, places = random.Random(5), [], asyncio.Semaphore(people)
    pairs = [{"first": choose.choice(KEYS), "second": choose.choice(KEYS)} for _ in range(fusions)]
    client = server.client(people)
    done, begun = 0, time.perf_counter()

    async def fusion(number: int) -> None:
        await ask(client, server, "fuse", pairs[number])
        await ask(client, server, "stages", pairs[number])

    async def own_pictures(number: int) -> None:
        two = await asyncio.to_thread(lambda: [upload(2 * number + k) for k in (0, 1)])
        await ask(client, server, "fuse", dict(zip(("first", "second"), two, strict=True)))

    async def turn(kind: str, work: Callable[[int], Coroutine[Any, Any, None]], number: int, count: int) -> None:
        nonlocal done
        async with places:
            await work(number)
        done += 1
        if done % max((fusions + uploads) // POINTS, 1) == 0 or number == count - 1:
            point = {"answered": done, "rss_mb": server.resident(), "seconds": round(time.perf_counter() - begun)}
            told.append({"part": kind} | point)
            print(json.dumps(told[-1]), flush=True)

    async with client:
        for kind, work, count in (("fusions", fusion, fusions), ("uploads", own_pictures, uploads)):
            await asyncio.gather(*(turn(kind, work, number, count) for number in range(count)))
    return told


def main(arguments: list[str] | None = None) -> int:
    """Ask, print, and say whether it kept within the bound."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fusions", type=int, default=2000)
    parser.add_argument("--uploads", type=int, default=300)
    parser.add_argument("--people", type=int, default=8, help="who ask at once")
    parser.add_argument("--bound", type=int, default=BOUND, help="megabytes at the end (default: %(default)s)")
    options = parser.parse_args(arguments)
    with running() as server:
        start = server.resident()
        asyncio.run(climb(server, options.fusions, options.uploads, options.people))
        end, most = server.resident(), server.resident("VmHWM")
    asked = {"fusions": options.fusions, "uploads": options.uploads, "people": options.people}
    print(json.dumps(asked | {"start_mb": start, "end_mb": end, "most_mb": most, "bound_mb": options.bound}))
    return 1 if end > options.bound or most > PEAK * options.bound else 0


if __name__ == "__main__":
    raise SystemExit(main())
