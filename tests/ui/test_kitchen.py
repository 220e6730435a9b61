"""The service for other programs beside the page: the same server, its doors, its queue."""

from __future__ import annotations

import asyncio
import base64
import io
import threading

import httpx
import pytest
from PIL import Image

from fusion.emoji.catalog import Catalog
from fusion.ui.backend import Backend
from fusion.ui.review import Review
from tests.support.fake_fuser import FakeEvaluator, FakeFuser
from tests.support.serving import serve
from tests.ui.test_turns import run_apart


def test_the_page_s_server_answers_other_programs(served):
    with httpx.Client(base_url=served.url) as http:
        sticker = http.get("kitchen/😀_🍕.png", headers={"Origin": "https://elsewhere.example"})
        assert Image.open(io.BytesIO(sticker.content)).size == (256, 256)
        assert sticker.headers["Access-Control-Allow-Origin"] == "*"
        assert http.get("kitchen/😀_🍕.png", headers={"If-None-Match": sticker.headers["ETag"]}).status_code == 304
        assert http.head("kitchen/😀_🍕.png").headers["ETag"] == sticker.headers["ETag"]
        assert http.get("kitchen/😀_🍕.png", headers={"Host": "elsewhere.example"}).status_code == 421
        assert http.get("v2/featured?q=😀_🍕").json()["results"][0]["url"].startswith(served.url)
        assert "/gradio_api/mcp/" in http.get("agents.md").text
        assert "Fuse" in http.get("").text


def test_the_documents_load_nothing_from_elsewhere(open_page, served):
    page = open_page()
    page.goto(f"{served.url}docs")
    assert page.get_by_role("heading", level=1).inner_text() == "Emoji Fusion over HTTP"
    assert page.get_by_role("table").count() >= 3


def test_it_waits_in_the_page_s_queue_and_says_when_that_is_full():
    release = threading.Event()
    fuser = FakeFuser(delay=lambda *_: release.wait(60) and 0)
    backend = Backend(Catalog.default(), {"fusion": lambda: fuser})
    blocks, url = serve(backend, Review(backend, FakeEvaluator()))

    async def crowd() -> list[httpx.Response]:
        async with httpx.AsyncClient(limits=httpx.Limits(max_connections=200), timeout=60) as client:
            layouts = (f"0.5,0.5,0,{n / 300}" for n in range(70))
            asked = [asyncio.create_task(client.get(f"{url}kitchen/😀_🍕.png?layout={one}")) for one in layouts]
            while sum(task.done() for task in asked) < 6:
                await asyncio.sleep(0.01)
            release.set()
            return [await one for one in asked]

    try:
        answers = run_apart(crowd)
    finally:
        release.set()
        blocks.close()
    busy = [one for one in answers if one.status_code == 503]
    assert len(busy) == 6
    assert all(int(one.headers["Retry-After"]) > 0 and "try again" in one.json()["error"] for one in busy)
    assert {one.status_code for one in answers if one not in busy} == {200}


def test_tools_for_language_models_by_the_official_client(served):
    mcp = pytest.importorskip("mcp", reason="mcp is missing; see tests/requirements.txt")
    from mcp.client.streamable_http import streamablehttp_client

    async def use() -> tuple[list[str], list, list]:
        async with (
            streamablehttp_client(f"{served.url}gradio_api/mcp/") as (read, write, _),
            mcp.ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = [tool.name for tool in (await session.list_tools()).tools]
            told = await session.call_tool("fuse", {"first": "😀", "second": "🍕"})
            shown = await session.call_tool("sticker", {"first": "😀", "second": "🍕"})
            return tools, told.content, shown.content

    tools, told, content = run_apart(use)
    assert {"fuse", "sticker", "catalog"} <= set(tools)
    assert "'family':" in told[0].text
    (picture,) = (one for one in content if one.type == "image")
    assert Image.open(io.BytesIO(base64.b64decode(picture.data))).size == (256, 256)
