"""Turns: who waits for whom."""

from __future__ import annotations

import asyncio
import threading
from typing import TypeVar

import httpx
import pytest

from fusion.emoji.catalog import Catalog
from fusion.turns import ALWAYS, Busy, Turns
from fusion.ui import page
from fusion.ui.backend import Backend
from fusion.ui.page import queued, server_functions
from fusion.ui.review import Review
from tests.support.apart import run_apart
from tests.support.fake_fuser import FakeEvaluator, FakeFuser
from tests.support.serving import serve

T = TypeVar("T")
PAIR = {"first": "1f600", "second": "1f355"}


def test_one_after_the_other_and_a_polite_refusal_beyond_the_last_place():
    release, order = threading.Event(), []

    def work(number: int) -> int:
        assert release.wait(30)
        order.append(number)
        return number

    async def ask() -> list:
        turns = Turns(3)
        asked = [asyncio.ensure_future(turns.run(lambda n=n: work(n))) for n in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Busy, match="try again"):
            await turns.run(lambda: work(3))
        release.set()
        first = await asyncio.gather(*asked)
        return [*first, await turns.run(lambda: work(4))]  # places are free again

    assert run_apart(ask) == [0, 1, 2, 4]
    assert order == [0, 1, 2, 4]


def test_no_place_for_who_would_wait_too_long():
    clock = SlowClock()
    turns = Turns(64, patience=2.0, clock=clock)
    release = threading.Event()

    def work() -> None:
        assert release.wait(30)
        clock.now += 0.25

    async def crowd(asking: int) -> int:
        """How many of them were told to come again."""
        asked = [asyncio.ensure_future(turns.run(work)) for _ in range(asking)]
        await asyncio.sleep(0)
        release.set()
        said = await asyncio.gather(*asked, return_exceptions=True)
        release.clear()
        return sum(isinstance(one, Busy) for one in said)

    # Nothing is known at first; then eight of a quarter of a second each are two seconds.
    assert [run_apart(lambda n=n: crowd(n)) for n in (12, 12, 8)] == [0, 4, 0]
    # The page asks again by itself, where it is told that this helps.
    busy = run_apart(lambda: queued_answers(Turns(0)))
    assert busy["busy"] is True
    assert "try again" in busy["error"]


def test_it_is_known_whether_anybody_is_waited_for():
    turns, release = Turns(), threading.Event()

    async def ask() -> None:
        assert turns.idle(0)
        asked = asyncio.ensure_future(turns.run(lambda: release.wait(30)))
        await asyncio.sleep(0)
        assert not turns.idle(0)
        assert turns.open == 1
        release.set()
        await asked
        assert turns.idle(30)
        assert turns.open == 0

    run_apart(ask)


def test_a_strip_lets_stickers_pass_but_not_for_ever(monkeypatch):
    backend, fusions = Backend(Catalog.default(), {"fusion": FakeFuser}), Turns()
    questions = {one.__name__: one for one in server_functions(backend, Review(backend, FakeEvaluator()), fusions)}
    release, done = threading.Event(), []

    async def strip() -> None:
        assert (await questions["stages"](PAIR))["cards"]
        done.append("strip")

    async def ask(ends: bool) -> None:
        sticker = asyncio.ensure_future(fusions.run(lambda: (release.wait(30), done.append("sticker"))))
        await asyncio.sleep(0)
        beside = asyncio.ensure_future(strip())
        await asyncio.sleep(0.2)  # for a strip that does not wait
        if ends:
            release.set()
        await beside
        release.set()
        await sticker

    monkeypatch.setattr(page, "STICKERS_FIRST", 30)
    run_apart(lambda: ask(ends=True))
    assert done == ["sticker", "strip"]
    release.clear()
    monkeypatch.setattr(page, "STICKERS_FIRST", 0)
    run_apart(lambda: ask(ends=False))
    assert done[2:] == ["strip", "sticker"]


def test_however_slow_it_is_a_few_may_wait():
    clock = SlowClock()
    turns = Turns(64, patience=2.0, clock=clock)

    def work() -> None:
        clock.now += 100

    async def ask() -> None:
        for _ in range(3):
            await turns.run(work)
        await asyncio.gather(*(turns.run(work) for _ in range(ALWAYS)))
        said = await asyncio.gather(*(turns.run(work) for _ in range(ALWAYS + 1)), return_exceptions=True)
        assert [type(one) for one in said] == [*[type(None)] * ALWAYS, Busy]

    run_apart(ask)


class SlowClock:
    """A clock that only moves when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


async def queued_answers(turns: Turns) -> dict:
    """What a question of the page gets in these turns."""
    return dict(await queued(lambda data: {}, turns)({}))


def test_the_page_and_static_answers_never_wait_for_fusions():
    release = threading.Event()
    fuser = FakeFuser(delay=lambda *_: release.wait(60) and 0)
    backend = Backend(Catalog.default(), {"fusion": lambda: fuser})
    blocks, url = serve(backend, Review(backend, FakeEvaluator()))
    component = next(number for number, block in blocks.blocks.items() if block.get_block_name() == "html")

    async def call(client: httpx.AsyncClient, name: str, data: dict) -> httpx.Response:
        body = {"data": data, "component_id": component, "fn_name": name, "session_hash": "s"}
        return await client.post(url + "gradio_api/component_server", json=body, timeout=60)

    async def crowd() -> list[dict]:
        async with httpx.AsyncClient(limits=httpx.Limits(max_connections=200)) as client:
            asked = [
                asyncio.create_task(call(client, "fuse", PAIR | {"layout": [0.5, 0.5, 0, n / 300]})) for n in range(70)
            ]
            while len(fuser.calls) < 1:
                await asyncio.sleep(0.01)
            # Nothing of this comes while the fusions are held up unless it needs none of their threads.
            assert (await client.get(url, timeout=30)).status_code == 200
            assert (await call(client, "drawing", {"key": "1f355"})).json()["svg"]
            assert not release.is_set()
            release.set()
            return [(await one).json() for one in asked]

    try:
        answers = run_apart(crowd)
    finally:
        release.set()
        blocks.close()
    busy = [one for one in answers if "error" in one]
    assert len(busy) == 6
    assert all("try again" in one["error"] for one in busy)
    assert all("result" in one for one in answers if one not in busy)
