"""What the scripts are sent, packed: the same answers in fewer bytes, pictures without a search for repeats."""

from __future__ import annotations

import base64
import json
import random
import zlib

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from fusion.ui import packed
from fusion.ui.packed import AT_ONCE, LEAST, Packed, pack

PLACE = "/gradio_api/component_server"


def picture(size: int) -> dict[str, str]:
    return {"result": "data:image/png;base64," + base64.b64encode(random.Random(size).randbytes(size)).decode()}


def asked(answer, path: str = PLACE, **headers: str):
    async def respond(_):
        return answer

    return TestClient(Packed(Starlette(routes=[Route(path, respond)]))).get(path, headers=headers)


@pytest.mark.parametrize("given", [picture(60_000), picture(AT_ONCE), {"rows": ["grinning face"] * 500}])
def test_answers_come_out_as_they_went_in(given):
    found = asked(JSONResponse(given))
    assert found.json() == given
    assert found.headers["content-encoding"] == "gzip"
    assert int(found.headers["content-length"]) < 0.8 * len(json.dumps(given))


def test_an_answer_in_pieces_comes_out_whole():
    assert asked(StreamingResponse(iter([b"a" * LEAST, b"b" * LEAST]))).text == "a" * LEAST + "b" * LEAST


def test_what_is_short_or_not_wanted_goes_as_it_is():
    for found in (asked(PlainTextResponse("x" * (LEAST - 1))), asked(JSONResponse(picture(5000)), path="/picker")):
        assert "content-encoding" not in found.headers
    plain = asked(JSONResponse(picture(5000)), **{"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.json() == picture(5000)


def test_nothing_is_searched_for_in_pictures(monkeypatch):
    """A search for repeats takes four times as long, and leaves more bytes."""
    pictures = json.dumps(picture(200_000)).encode()
    made = pack(pictures)
    monkeypatch.setattr(packed, "PICTURE", b"none of these")
    assert zlib.decompress(made, packed.GZIP) == pictures
    assert len(made) < len(pack(pictures))
