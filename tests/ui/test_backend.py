"""The answers behind the page, without a browser."""

from __future__ import annotations

import base64
import io
import json
import threading
import time
import zipfile

import numpy as np
import pytest
from PIL import Image

from fusion.cache import Budget, held_bytes
from fusion.emoji.catalog import Catalog, UnknownEmoji
from fusion.geometry import Layout
from fusion.ui import picker
from fusion.ui.backend import Backend
from fusion.ui.compare import Compare
from fusion.ui.pictures import UploadError, has_background, read_upload
from fusion.ui.request import FuseRequest, RequestError
from fusion.views.stages import STAGES
from tests.support.fake_fuser import FakeFuser

PAIR = {"first": "1f600", "second": "1f355"}


@pytest.fixture
def fuser() -> FakeFuser:
    return FakeFuser(instances=2)


@pytest.fixture
def backend(fuser) -> Backend:
    return Backend(Catalog.default(), {"fusion": lambda: fuser, "small": lambda: FakeFuser("small", max_offset=0.2)})


def picture_url(mode: str = "RGB", size=(20, 10), form: str = "PNG") -> str:
    buffer = io.BytesIO()
    Image.new(mode, size, "red").save(buffer, form)
    return f"data:image/{form.lower()};base64," + base64.b64encode(buffer.getvalue()).decode()


def opened(url: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(url.split(",")[1])))


# ---------------------------------------------------------------------------------------------- requests


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"first": ""}, "first emoji is missing"),
        ({"second": None}, "second emoji is missing"),
        ({"main": "both"}, "'both'"),
        ({"preset": "nothing"}, "no weights"),
        ({"layout": [1, 2, 3]}, "four finite numbers"),
        ({"layout": "abcd"}, "four numbers"),
        ({"layout": [1, 1, 0, float("nan")]}, "four finite numbers"),
        ({"instances": 3}, "a list of at most 3 layouts"),
        ({"instances": [[1, 1, 0, 0]] * 4}, "a list of at most 3 layouts"),
        ({"instances": [[1, 1, 0]]}, "four finite numbers"),
        ({"disabled": ["decoder"]}, "switched off"),
        ({"hypothesis": 0}, "a rank such as 1 or 2"),
        ({"hypothesis": "best"}, "a rank such as 1 or 2"),
        ({"first": {"upload": "data:text/html;base64,AA=="}}, "not a picture"),
        ({"first": {"upload": "data:image/png;base64,***"}}, "did not arrive whole"),
    ],
)
def test_requests_that_make_no_sense_get_one_sentence(change, said):
    with pytest.raises((RequestError, UploadError), match=said) as error:
        FuseRequest.parse(PAIR | change, ["fusion"])
    assert "\n" not in str(error.value)


def test_permalink_says_everything_that_is_not_the_default(backend):
    asked = PAIR | {"main": "second", "layout": [0.5, 0.5, 0.1, -0.2], "hypothesis": 2, "disabled": ["up4", "up3"]}
    link = backend.request(asked).permalink()
    start = "?first=1f600&second=1f355&preset=fusion&main=second"
    assert link == start + "&layout=0.5,0.5,0.1,-0.2&hypothesis=2&off=up3,up4"
    assert backend.request(PAIR).permalink() == "?first=1f600&second=1f355&preset=fusion"
    placed = backend.request(PAIR | {"instances": [[0.5, 0.5, 0.1, -0.2], [1, 1, 0, 0]]})
    assert placed.permalink().endswith("&instances=0.5,0.5,0.1,-0.2;1,1,0,0")
    assert backend.request(PAIR | {"instances": []}).permalink().endswith("&instances=none")


def test_instances_of_another_layout_are_another_fusion(backend, fuser):
    for instances in (None, [], [[0.5, 0.5, 0.9, 0]], [[0.5, 0.5, 0, 0], [0.2, 0.2, 0.1, 0.1]]):
        controls = backend.fuse(PAIR | {"instances": instances})["controls"]
        assert controls["each"] == (instances is not None)
    assert len(fuser.calls) == 4
    assert fuser.calls[2]["instances"][0] == (0.5, 0.5, 0.35, 0), "brought into the range of the preset"


def test_an_idea_that_is_gone_gives_the_likeliest_and_says_so(backend):
    answer = backend.fuse(PAIR | {"hypothesis": 7})
    assert answer["facts"]["hypothesis"] == 1
    assert "no such idea" in answer["notices"][0]
    assert "hypothesis" not in answer["permalink"]
    assert "hypothesis=2" in backend.fuse(PAIR | {"hypothesis": 2})["permalink"]


def test_equal_uploads_are_equal_requests_and_have_no_link():
    one, other = (FuseRequest.parse({**PAIR, "first": {"upload": picture_url()}}, []) for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    assert one.permalink() == f"?first={one.first.kept_name}&second=1f355&preset=fusion"


@pytest.mark.parametrize("form", ["PNG", "WEBP", "JPEG"])
def test_uploads_of_each_kind_are_read(form):
    assert read_upload(picture_url(form=form)).size == (20, 10)


def test_only_opaque_pictures_have_a_background():
    assert has_background(Image.new("RGBA", (4, 4), (9, 9, 9, 255)))
    assert not has_background(Image.new("RGBA", (4, 4), (9, 9, 9, 254)))


def test_uploads_that_are_too_large_are_refused():
    with pytest.raises(UploadError, match="pixels a side"):
        read_upload(picture_url(size=(5000, 1)))


# ---------------------------------------------------------------------------------------------- answers


def test_fuse_answers_in_json_with_exact_pixels(backend, fuser):
    answer = backend.fuse(PAIR)
    json.dumps(answer)
    result = opened(answer["result"])
    trace = backend.trace(backend.request(PAIR))
    alpha = np.asarray(result)[..., 3]
    assert trace.fit is not None
    assert np.abs(alpha / 255 - trace.sticker[..., 3]).max() < 1 / 255
    assert answer["controls"]["predicted"] == answer["controls"]["effective"]
    assert len(fuser.calls) == 1, "views of one fusion share one trace"


def test_content_is_where_the_non_main_is_seen(backend):
    controls = backend.fuse(PAIR)["controls"]
    alpha = np.asarray(opened(controls["layers"]["other"]))[..., 3]
    x0, y0, x1, y1 = (np.array(controls["content"]) * len(alpha)).round().astype(int)
    assert (alpha[y0:y1, x0:x1] > 127).sum() == (alpha > 127).sum()


def test_layouts_from_elsewhere_are_clamped_and_it_is_said(backend):
    answer = backend.fuse(PAIR | {"preset": "small", "layout": [0.5, 0.5, 0, 0.3]})
    assert answer["controls"]["override"][3] == pytest.approx(0.2)
    assert "range" in " ".join(answer["notices"])


def test_opaque_upload_is_named_and_noted(backend):
    answer = backend.fuse({**PAIR, "first": {"upload": picture_url(), "name": "me.jpg"}})
    assert answer["names"][0] == "me.jpg"
    assert "me.jpg has no transparency" in answer["notices"][0]


def test_ablations_are_said(backend):
    assert "Ablation" in " ".join(backend.fuse(PAIR | {"disabled": ["up3"]})["notices"])


def test_only_the_latest_traces_are_kept(fuser):
    one = held_bytes(fuser.fuse("1f600", "1f355"))
    backend = Backend(Catalog.default(), {"fusion": lambda: fuser}, budget=Budget(3 * one))
    fuser.calls.clear()
    for number in range(5):
        backend.fuse(PAIR | {"layout": [0.5, 0.5, 0, number / 100]})
    backend.fuse(PAIR | {"layout": [0.5, 0.5, 0, 0.04]})
    assert len(fuser.calls) == 5
    backend.fuse(PAIR | {"layout": [0.5, 0.5, 0, 0.0]})
    assert len(fuser.calls) == 6


def test_a_kept_trace_waits_for_no_fusion(backend, fuser):
    backend.fuse(PAIR)
    begun, end = threading.Event(), threading.Event()

    def delay(*_):
        begun.set()
        assert end.wait(30)
        return 0

    fuser.delay = delay
    other = threading.Thread(target=backend.fuse, args=(PAIR | {"main": "second"},))
    other.start()
    assert begun.wait(30)
    assert backend.stages(PAIR)["cards"]  # while the other fusion is held up
    assert not end.is_set()
    end.set()
    other.join()


def test_no_upload_stays_in_memory_with_its_trace(backend):
    request = backend.request({**PAIR, "first": {"upload": picture_url(), "name": "me.png"}})
    trace = backend.trace(request)
    assert backend.trace(backend.request({**PAIR, "first": {"upload": picture_url(), "name": "me.png"}})) is trace
    assert not any(isinstance(part, Image.Image) or hasattr(part, "picture") for part in request.key)


def test_large_uploads_are_reduced_when_they_are_read():
    large = Image.new("RGBA", (4000, 3000))
    large.paste((10, 20, 30, 255), (1000, 1000, 3000, 2000))
    buffer = io.BytesIO()
    large.save(buffer, "PNG")
    picture = read_upload("data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode())
    assert max(picture.size) == 1024
    assert not has_background(picture), "its transparent rim stays"
    assert picture.getpixel((512, 256)) == (10, 20, 30, 255)
    jpeg = io.BytesIO()
    Image.new("RGB", (4096, 2048), "red").save(jpeg, "JPEG")
    assert read_upload("data:image/jpeg;base64," + base64.b64encode(jpeg.getvalue()).decode()).size == (1024, 512)


def test_sixteen_bit_grey_keeps_its_greys():
    buffer = io.BytesIO()
    Image.fromarray(np.full((40, 40), 32768, np.uint16)).save(buffer, "PNG")
    picture = read_upload("data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode())
    assert picture.getpixel((5, 5)) == (127, 127, 127, 255)


def test_one_fusion_at_a_time(backend, fuser):
    running, most = [], []

    def delay(*_):
        running.append(1)
        most.append(len(running))
        time.sleep(0.05)
        running.pop()
        return 0

    fuser.delay = delay
    asked = [threading.Thread(target=backend.fuse, args=(PAIR | {"layout": [1, 1, 0, x]},)) for x in (0, 0.1, 0.2)]
    for thread in asked:
        thread.start()
    for thread in asked:
        thread.join()
    assert max(most) == 1


def test_numbers_are_put_into_the_prediction(backend):
    request = backend.request(PAIR)
    predicted = backend.trace(request).predicted.layouts[0]
    placed = backend.place(request, {0: None, 1: 0.9, 2: None, 3: None})
    assert placed.override == pytest.approx(Layout(predicted[0], 0.9, predicted[2], predicted[3]), abs=1e-6)
    assert backend.place(request, dict.fromkeys(range(4))).override is None
    with pytest.raises(RequestError, match=r"0\.35"):
        backend.place(request, {2: 0.9})


def test_strip_has_every_stage_whatever_the_switches(backend):
    for off in ([], ["up3", "up4", "position"]):
        cards = backend.stages(PAIR | {"disabled": off})["cards"]
        json.dumps(cards)
        assert [card["id"] for card in cards] == list(STAGES)
        assert all(card["explain"] for card in cards)
        assert {card["id"] for card in cards if not card["available"]} >= set(off)


def test_attention_maps_share_one_scale(backend):
    cards = {card["id"]: card for card in backend.stages(PAIR)["cards"]}
    assert cards["up3"]["scale"] == cards["up4"]["scale"]
    assert opened(cards["up3"]["picture"]).size == (64, 64)
    parts = backend.parts(PAIR | {"stage": "up3"})["parts"]
    assert {"spatial", "channel"} <= {part["name"].split(",")[0] for part in parts}


def test_bundle_holds_the_trace(backend):
    packed = backend.bundle(PAIR)
    archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(packed["zip"])))
    assert json.loads(archive.read("trace.json"))["first"] == "1f600"


def test_catalogue_and_drawing(backend):
    told = backend.catalogue()
    assert len(told["rows"]) == len(backend.catalog)
    assert told["leading"][:2] == [list(backend.catalog).index(backend.catalog.find(key)) for key in ("1f600", "1f355")]
    with Image.open(picker.SHEETS / "0.webp") as sheet:
        assert (sheet.width // told["columns"]) * told["tiles"] // told["columns"] == sheet.height
    assert backend.drawing({"key": "1f355"})["svg"].startswith("<svg")
    with pytest.raises(UnknownEmoji):
        backend.drawing({"key": "nothing at all"})


def test_compare_measures_against_the_reference(backend):
    compare = Compare(backend)
    same = compare.compared(PAIR | {"preset": "fusion", "reference": "fusion"})
    other = compare.compared(PAIR | {"preset": "small", "reference": "fusion"})
    assert same["gap"] == 0
    assert other["gap"] > 0
    json.dumps(other)
