"""How a server holds under people:  python -m tests.load.people [--people 10] [--seconds 120] [--evaluate 2000]

Starts app.py in a process of its own and asks it as the page does: a new pair with its film strip, in 10 % of the cases
a drag (the pair before, under another layout), in 5 % a picture of one's own; between answers everybody thinks for 1 to
3 seconds. Prints answers a second, milliseconds to the sticker (p50, p95, by kind), how many were told "busy", errors,
the server's computing time an answer with its strip (of all cores together, so that it says something on a machine that
is not idle, too), and its resident megabytes. Numbers are of this machine: say which, and what else ran. Linux only.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import io
import json
import random
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import httpx
from PIL import Image

from tests.load.server import KEYS, Server, running

THINK = (1.0, 3.0)
DRAGS, UPLOADS = 0.10, 0.05


@dataclass
class Tally:
    """``ms``: kind of question -> milliseconds of each answer."""

    ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    busy: int = 0
    errors: list[str] = field(default_factory=list)

    def figures(self, seconds: float, computed: float) -> dict[str, Any]:
        """What is printed. ``computed``: seconds of the server's computing time."""
        every = [one for kind in ("new", "drag", "upload") for one in self.ms[kind]]
        told = {
            "answers_per_s": round(len(every) / seconds, 2),
            "cpu_ms_per_answer": round(1000 * computed / max(len(every), 1)),
            "p50_ms": part(every, 0.5),
            "p95_ms": part(every, 0.95),
        }
        kinds = {
            kind: {"n": len(ms), "p50_ms": part(ms, 0.5), "p95_ms": part(ms, 0.95)} for kind, ms in self.ms.items()
        }
        return {**told, "kinds": kinds, "busy": self.busy, "errors": len(self.errors), "first_error": self.errors[:1]}


def part(values: list[float], share: float) -> int | None:
    """The value below which ``share`` of them lie."""
    return round(sorted(values)[min(len(values) - 1, int(share * len(values)))]) if values else None


class Person:
    """One visitor: remembers the pair on screen, asks, thinks."""

    def __init__(self, client: httpx.AsyncClient, server: Server, tally: Tally, number: int) -> None:
        self.client, self.server, self.tally = client, server, tally
        self.random = random.Random(number)
        self.pair = {"first": "1f600", "second": "1f355"}

    async def stay(self, until: float) -> None:
        """Ask and think until then, once at least."""
        await asyncio.sleep(self.random.uniform(0, THINK[1]))  # nobody comes at the same moment
        await self.turn()
        while time.perf_counter() < until:
            await asyncio.sleep(self.random.uniform(*THINK))
            await self.turn()

    async def turn(self) -> None:
        """One question about a sticker, and the strip that the page asks for after it."""
        kind, question = self.question()
        if await self.timed(kind, "fuse", question):
            await self.timed("strip", "stages", question)

    def question(self) -> tuple[str, dict[str, Any]]:
        """What is asked next."""
        dice = self.random.random()
        if dice < DRAGS:
            layout = [
                self.random.uniform(0.3, 1.0),
                self.random.uniform(0.3, 1.0),
                *(self.random.uniform(-0.3, 0.3) for _ in "yx"),
            ]
            return "drag", self.pair | {"layout": layout}
        self.pair = {"first": self.random.choice(KEYS), "second": self.random.choice(KEYS)}
        if dice < DRAGS + UPLOADS:
            return "upload", self.pair | {"first": {"upload": self.picture(), "name": "own"}}
        return "new", self.pair

    def picture(self) -> str:
        """A picture of 512 pixels a side as a data URL; no two are the same."""
        buffer = io.BytesIO()
        picture = Image.effect_noise((64, 64), self.random.uniform(20, 120)).resize((512, 512)).convert("RGB")
        picture.save(buffer, "PNG")
        return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()

    async def timed(self, kind: str, name: str, question: dict[str, Any]) -> bool:
        """Whether the answer is one."""
        body = self.server.question(name, question)
        begun = time.perf_counter()
        try:
            answer = await self.client.post("/gradio_api/component_server", json=body)
            data = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            self.tally.errors.append(f"{name}: {type(error).__name__} {error}")
            return False
        if answer.status_code == 200 and "error" not in data:
            self.tally.ms[kind].append(1000 * (time.perf_counter() - begun))
            return True
        if "try again" in str(data.get("error")):
            self.tally.busy += 1
        else:
            self.tally.errors.append(f"{name}: {answer.status_code} {data}")
        return False


async def crowd(server: Server, people: int, seconds: float, pairs: int = 0) -> dict[str, Any]:
    """Everybody at once, and an evaluation of so many pairs beside them."""
    tally = Tally()
    async with server.client(2 * people + 4) as client:
        job, measured = None, 0
        if pairs:
            job = await told(client, server, "evaluation_start", {"split": "pairs", "limit": pairs})
        begun, computed = time.perf_counter(), server.computing()
        visits = [Person(client, server, tally, number).stay(begun + seconds) for number in range(people)]
        await asyncio.gather(*visits, watched(client, server, job, begun + seconds))
        figures = tally.figures(time.perf_counter() - begun, server.computing() - computed)
        if job:
            measured = (await told(client, server, "evaluation_poll", {**job, "since": pairs}))["run"]["done"]
            await told(client, server, "evaluation_cancel", job)
    return figures | ({"evaluated": measured} if pairs else {})


async def watched(client: httpx.AsyncClient, server: Server, job: dict[str, Any] | None, until: float) -> None:
    """Ask after the evaluation as its visitor's page does: one that nobody asks about ends."""
    while job and time.perf_counter() < until:
        await told(client, server, "evaluation_poll", {**job, "since": 10**6})
        await asyncio.sleep(THINK[0])


async def told(client: httpx.AsyncClient, server: Server, name: str, data: dict[str, Any]) -> dict[str, Any]:
    """The answer to a question of the Failures tab."""
    answer = await client.post("/gradio_api/component_server", json=server.question(name, data))
    return dict(answer.raise_for_status().json())


def main() -> None:
    """Serve, let people come, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--evaluate", type=int, default=0, metavar="PAIRS", help="an evaluation beside them")
    options = parser.parse_args()
    with running() as server:
        before = server.resident()
        figures = asyncio.run(crowd(server, options.people, options.seconds, options.evaluate))
        memory = {"before": before, "after": server.resident(), "most": server.resident("VmHWM")}
    print(json.dumps({"people": options.people, "seconds": options.seconds} | figures | {"memory_mb": memory}))


if __name__ == "__main__":
    main()
