"""What makes no sense gets one sentence: request models, endpoints, uploads, settings, the Python interface."""

from __future__ import annotations

import base64
import hashlib
import io
import json

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from fusion.emoji.catalog import Catalog, UnknownEmoji
from fusion.errors import FusionError
from fusion.model.weights import available_weights, load_fusion_net, save_fusion_net
from fusion.pipeline.fuser import Fuser
from fusion.ui import api
from fusion.ui.backend import Backend
from fusion.ui.evaluation_requests import EvaluationRequest, JobRequest
from fusion.ui.page import guarded
from fusion.ui.request import DrawingRequest, FuseRequest
from fusion.ui.review import Review
from tests.support.fake_fuser import FakeEvaluator, FakeFuser
from tests.support.nets import tiny as tiny_net

PAIR = {"first": "1f600", "second": "1f355"}


@pytest.fixture(scope="module")
def service() -> api.Service:
    fuser = FakeFuser()
    backend = Backend(Catalog.default(), {"fusion": lambda: fuser})
    return api.Service(backend, Review(backend, FakeEvaluator()))


def sentence(error: BaseException) -> str:
    """The message, which must be one line, and end."""
    text = str(getattr(error, "message", error))
    assert len(text) > 15
    assert "\n" not in text
    return text


@pytest.mark.parametrize(
    "change",
    [
        {"disabled": 5},
        {"disabled": [[1]]},
        {"disabled": {"a": 1}},
        {"layout": [10**400, 1, 0, 0]},
        {"layout": "1111"},
        {"layout": [True, 1, 0, 0]},
        {"layout": ["0.5", 1, 0, 0]},
        {"layout": {"a": 1}},
        {"layout": [[1], 1, 0, 0]},
        {"main": ["first"]},
        {"main": 5},
        {"preset": ["fusion"]},
        {"preset": 5},
        {"hypothesis": True},
        {"hypothesis": 1.5},
        {"first": "null"},
        {"first": 5},
        {"first": ["1f600"]},
        {"first": "pizza" + " " * 250 + "hat"},
        {"first": {"upload": "data:image/png;base64,\ud800AAA"}},
        {"first": {"upload": None}},
        {"first": {}},
    ],
)
def test_questions_of_the_page(change):
    with pytest.raises(FusionError) as error:
        FuseRequest.parse(PAIR | change, ["fusion"])
    sentence(error.value)


@pytest.mark.parametrize("data", [None, 5, "text", [1], True])
@pytest.mark.parametrize("model", [FuseRequest, JobRequest, EvaluationRequest, DrawingRequest])
def test_questions_that_are_no_objects(model, data):
    with pytest.raises(FusionError) as error:
        model.parse(data)
    sentence(error.value)


@pytest.mark.parametrize(
    ("model", "data"),
    [
        (EvaluationRequest, {"limit": "abc"}),
        (EvaluationRequest, {"limit": float("inf")}),
        (EvaluationRequest, {"limit": [1]}),
        (EvaluationRequest, {"limit": True}),
        (EvaluationRequest, {"split": 5}),
        (JobRequest, {"since": "abc"}),
        (JobRequest, {"since": float("inf")}),
        (JobRequest, {"count": None}),
        (JobRequest, {"count": True}),
        (DrawingRequest, {"key": None}),
    ],
)
def test_questions_about_evaluations(model, data):
    with pytest.raises(FusionError) as error:
        model.parse(data)
    sentence(error.value)


def test_every_answer_of_the_page_bears_what_is_no_object(service):
    for answer in (service.backend.fuse, service.review.evaluation_poll, service.review.evaluation_worst):
        for data in (None, [], "x", 5):
            assert sentence(FusionError(guarded(answer)(data)["error"]))


@pytest.mark.parametrize(
    "arguments",
    [
        {"scale_h": "0.5"},
        {"scale_h": True},
        {"scale_w": 10**400},
        {"offset_x": [1]},
        {"offset_y": float("nan")},
        {"first": {"path": "a\0b"}},
        {"first": {"path": ["a"]}},
        {"first": {"path": None}},
        {"first": None},
        {"main": 5},
    ],
)
def test_fuse_endpoint(service, arguments):
    with pytest.raises(gr.Error) as error:
        api.fuse(service, **(PAIR | arguments))
    sentence(error.value)


@pytest.mark.parametrize("arguments", [{"limit": None}, {"limit": "abc"}, {"limit": float("inf")}, {"text": 5}])
def test_catalog_endpoint(service, arguments):
    with pytest.raises(gr.Error) as error:
        api.catalog(service, **arguments)
    sentence(error.value)


def test_a_full_disk_at_fuse(service, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(api, "save_bytes_to_cache", full)
    with pytest.raises(gr.Error, match="disk") as error:
        api.fuse(service, **PAIR)
    sentence(error.value)


@pytest.mark.parametrize("text", ["a😀", "😀 b", "../../1", "1/2", "😀1", "dog🍕cat", "pizza\x00", "\ud800"])
def test_texts_that_mean_no_emoji_mean_none(text):
    with pytest.raises(UnknownEmoji) as error:
        Catalog.default().find(text)
    sentence(error.value)


@pytest.mark.parametrize("text", ["1", "👍🏽", "☹️", "+1", ":pizza:", "Mrs. Claus", "kiss: woman, man", "1️⃣", "©"])
def test_texts_that_mean_one_still_do(text):
    assert Catalog.default().find(text)


def png(**options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGBA", (40, 40), "red").save(buffer, "PNG", **options)
    return buffer.getvalue()


def jpeg_with_exif(exif: bytes) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "exif", [b"Exif\0\0", b"Exif\0\0MM\0*\0\0\0\x08\0\x05\x01", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0xx"]
)
def test_damaged_notes_in_a_picture_are_no_reason(service, exif):
    url = "data:image/jpeg;base64," + base64.b64encode(jpeg_with_exif(exif)).decode()
    assert FuseRequest.parse(PAIR | {"first": {"upload": url}}).first.picture.size == (40, 40)


def test_damaged_animations_get_a_sentence_or_are_read():
    frames = [Image.new("RGBA", (40, 40), colour) for colour in ("red", "blue")]
    buffer = io.BytesIO()
    frames[0].save(buffer, "PNG", save_all=True, append_images=frames[1:])
    whole, random = buffer.getvalue(), np.random.default_rng(3)
    for _ in range(300):
        damaged = bytearray(whole)
        for place in random.integers(8, len(whole), 6):
            damaged[place] = random.integers(256)
        url = "data:image/png;base64," + base64.b64encode(bytes(damaged)).decode()
        try:
            FuseRequest.parse(PAIR | {"first": {"upload": url}})
        except FusionError as error:
            sentence(error)


@pytest.mark.parametrize(
    "change",
    [{"width": "a"}, {"width": 1_000_000}, {"size": None}, {"skips": 1}, {"frame_scale": "x"}, {"output": ["direct"]}],
)
def test_settings_of_a_network(tmp_path, change):
    folder = save_fusion_net(tiny_net(), tmp_path / "weights")
    settings = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(settings | change))
    with pytest.raises(FusionError) as error:
        load_fusion_net(folder)
    sentence(error.value)


def test_weights_with_changed_bytes(tmp_path):
    folder = save_fusion_net(tiny_net(), tmp_path / "weights")
    content = bytearray((folder / "model.safetensors").read_bytes())
    content[-1] ^= 1  # one bit of one weight: still a sound file of the right network
    (folder / "model.safetensors").write_bytes(bytes(content))
    with pytest.raises(FusionError, match="sha256") as error:
        load_fusion_net(folder)
    sentence(error.value)


def test_the_shipped_weights_name_their_bytes():
    for folder in available_weights().values():
        named = json.loads((folder / "config.json").read_text())["sha256"]
        assert named == hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()


def test_settings_nested_without_end(tmp_path):
    folder = save_fusion_net(tiny_net(), tmp_path / "weights")
    (folder / "config.json").write_text("[" * 100_000)
    with pytest.raises(FusionError) as error:
        load_fusion_net(folder)
    sentence(error.value)


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        ({"weights": 5}, {}),
        ({"weights": "a\0b"}, {}),
        ({"device": 5.5}, {}),
        ({"preset": 5}, {}),
        ({}, {"size": "a"}),
        ({}, {"size": None}),
        ({}, {"disabled": 5}),
        ({}, {"disabled": [["up3"]]}),
        ({}, {"main": ["first"]}),
        ({}, {"layout": 5}),
        ({}, {"layout": "1111"}),
        ({}, {"layout": [True, 1, 0, 0]}),
        ({}, {"instances": 5}),
        ({}, {"hypothesis": "best"}),
        ({}, {"hypothesis": True}),
        ({}, {"first": 5}),
    ],
)
def test_the_python_interface(arguments, asked):
    def fuse() -> None:
        fuser = Fuser(**arguments) if arguments else Fuser(net=tiny_net(), quick=False, device="cpu")
        fuser.fuse(
            asked.get("first", "1f600"), "1f355", **({"size": 64} | {k: asked[k] for k in asked if k != "first"})
        )

    with pytest.raises(FusionError) as error:
        fuse()
    sentence(error.value)
