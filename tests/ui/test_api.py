"""The public endpoints, called as a script would."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from fusion.ui.api import source
from fusion.ui.request import RequestError


@pytest.fixture(scope="module")
def client(served):
    return Client(served.url, verbose=False)


def test_only_the_named_endpoints_are_public(client):
    listed = client.view_api(return_format="dict")["named_endpoints"]
    assert set(listed) == {"/fuse", "/sticker", "/catalog", "/evaluate"}
    parameters = listed["/fuse"]["parameters"]
    names = ["first", "second", "main", "scale_h", "scale_w", "offset_y", "offset_x", "say"]
    assert [one["parameter_name"] for one in parameters] == names
    assert [one["parameter_has_default"] for one in parameters] == [False] * 2 + [True] * 6


def test_fuse_gives_a_transparent_png_and_the_summary(client):
    file, told = client.predict("😀", "pizza", api_name="/fuse")
    with Image.open(file) as picture:
        assert picture.size == (256, 256)
        assert picture.mode == "RGBA"
    assert (told["first"], told["second"], told["main"]) == ("1f600", "1f355", "first")
    assert set(told["layout"]) >= {"predicted", "effective"}
    assert len(told["layout"]["predicted"]) == 4
    assert set(told["alignment"]) == {"iou", "center_error", "scale_error"}
    assert told["family"]
    assert told["timings_ms"]


def test_numbers_left_out_stay_the_network_s(client):
    _, told = client.predict("1f600", "1f355", offset_x=0.2, main="second", api_name="/fuse")
    assert told["main"] == "second"
    assert told["layout"]["effective"] == pytest.approx([*told["layout"]["predicted"][:3], 0.2], abs=1e-4)


def test_a_picture_file_can_be_fused(client, tmp_path):
    Image.new("RGBA", (50, 40), (200, 30, 60, 255)).save(tmp_path / "mine.png")
    file, told = client.predict(handle_file(tmp_path / "mine.png"), "pizza", api_name="/fuse")
    assert told["first"].startswith("picture")
    assert told["names"][0] == "mine.png"
    assert Path(file).is_file()


@pytest.mark.parametrize("given", [{"path": "elsewhere"}, {}, None, 3, {"path": "../../etc/passwd"}])
def test_files_of_the_server_stay_closed(given, tmp_path):
    if given == {"path": "elsewhere"}:
        Image.new("RGB", (50, 40), "red").save(tmp_path / "secret.png")
        given = {"path": str(tmp_path / "secret.png")}
    with pytest.raises(RequestError, match="uploaded file"):
        source(given)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"first": "asdf", "second": "pizza"}, "asdf"),
        ({"first": "1f600", "second": ""}, "second emoji is missing"),
        ({"first": "1f600", "second": "pizza", "main": "third"}, "third"),
        ({"first": "1f600", "second": "pizza", "scale_h": 9.0}, "up to 2"),
        ({"first": "data:image/png;base64,AAAA", "second": "pizza"}, "cannot be read"),
    ],
)
def test_bad_input_gets_a_sentence(client, arguments, said):
    with pytest.raises(AppError, match=said):
        client.predict(**arguments, api_name="/fuse")


def test_catalog(client):
    found = client.predict("pizza", api_name="/catalog")
    assert found[0] == {"key": "1f355", "char": "🍕", "name": "pizza", "category": "Food & Drink"}
    assert len(client.predict("", 3, api_name="/catalog")) == 3


def test_evaluate_gives_the_report(client):
    told = client.predict("emoji", 12, api_name="/evaluate")
    assert (told["split"], told["preset"], told["n"]) == ("emoji", "fusion", 12)
    with pytest.raises(AppError, match="unknown"):
        client.predict("nothing", api_name="/evaluate")


def test_the_readme_s_request_by_name_is_answered(served):
    door = f"{served.url}gradio_api/call/v2/fuse"
    posted = httpx.post(door, json={"first": "😀", "second": "🍕", "scale_h": 0.6, "scale_w": 0.6}, timeout=60)
    answer = httpx.get(f"{door}/{posted.json()['event_id']}", timeout=60).text
    assert answer.startswith("event: complete")
    sticker, facts = json.loads(answer.partition("data: ")[2])
    assert sticker["mime_type"] == "image/png"
    assert facts["layout"]["override"][:2] == [0.6, 0.6]
