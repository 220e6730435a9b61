"""A sentence on the page: typed, clicked, kept in the link."""

from __future__ import annotations

import pytest
from PIL import Image

from fusion.emoji.catalog import Catalog
from fusion.pipeline.overrides import RequestError
from fusion.ui.backend import Backend
from fusion.ui.launcher import build_backend
from fusion.ui.request import FuseRequest
from tests.support.fake_fuser import FakeFuser
from tests.support.page_steps import pick, settled

PAIR = {"first": "1f600", "second": "1f355"}


def test_a_sentence_reaches_the_network_the_link_and_the_note():
    fuser = FakeFuser()
    backend = Backend(Catalog.default(), {"fusion": lambda: fuser}, readers=["fusion"])
    answer = backend.fuse({**PAIR, "say": "  on its   head "})
    assert fuser.calls[-1]["say"] == "on its head"
    assert "say=on+its+head" in answer["permalink"]
    assert answer["facts"]["say"] == "on its head"
    assert "Told “on its head”." in answer["notices"]
    assert backend.fuse(PAIR)["facts"]["say"] == ""  # another fusion, not the one that was kept


def test_weights_that_read_no_words_fuse_without_the_sentence():
    fuser = FakeFuser("unet-se-po")
    backend = Backend(Catalog.default(), {"unet-se-po": lambda: fuser}, readers=[])
    answer = backend.fuse({**PAIR, "say": "as eyes"})
    assert "say" not in fuser.calls[-1]
    assert "The weights of unet-se-po read no words, so “as eyes” was left out." in answer["notices"]
    assert not any("left out" in one for one in backend.fuse(PAIR)["notices"])


@pytest.mark.parametrize("say", [5, ["on its head"], "x" * 201])
def test_what_is_no_sentence_is_refused(say):
    with pytest.raises(RequestError, match="sentence"):
        FuseRequest.parse({**PAIR, "say": say})


def test_what_an_upload_is_called_is_told():
    png = (
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmM"
        "IQAAAABJRU5ErkJggg=="
    )
    request = FuseRequest.parse({"first": {"upload": png, "name": "a.png", "called": " top  hat "}, "second": "1f355"})
    assert request.first.called == "top hat"
    plain = FuseRequest.parse({"first": {"upload": png, "name": "a.png"}, "second": "1f355"})
    assert plain.key != request.key


@pytest.mark.weights
def test_the_page_knows_which_weights_read_words():
    backend = build_backend()
    words = {name: backend.fuser(name).net.config.words for name in backend.presets}
    assert [name for name, count in words.items() if count] == [n for n in backend.readers if n in words]


@pytest.mark.browser
def test_a_picture_is_given_a_name_that_stays_with_it(open_page, served, tmp_path):
    file = tmp_path / "IMG_0001.png"
    Image.new("RGBA", (80, 80), (200, 30, 30, 255)).save(file)
    page = open_page()
    settled(page)
    slot = '.ef-slot[data-side="second"]'
    assert not page.is_visible(f'{slot} [data-role="called"]'), "emoji have their own names"
    page.locator(f"{slot} input[type=file]").set_input_files(file)
    page.wait_for_function("() => EF.answer?.names[1] === 'IMG_0001.png'")
    settled(page)
    page.evaluate("EF.update({ layout: [0.5, 0.5, 0, 0.1] }, true)")
    page.fill(f'{slot} [data-role="called"]', "  top   hat ")
    page.press(f'{slot} [data-role="called"]', "Enter")
    page.wait_for_function("() => EF.state.second.called === 'top hat' && !EF.state.layout")
    settled(page)
    call = served.fusers["fusion"].calls[-1]
    assert (call["names"], call["layout"]) == ([None, "top hat"], None)
    page.reload()
    settled(page)
    assert page.input_value(f'{slot} [data-role="called"]') == "top hat"
    pick(page, "second", "fire")
    page.wait_for_function("() => EF.answer.names[1] === 'fire'")
    assert not page.is_visible(f'{slot} [data-role="called"]')
    page.locator('.ef-thumb[aria-label="Again: grinning face and IMG_0001.png"]').click()
    page.wait_for_function("() => EF.answer.names[1] === 'IMG_0001.png'")
    assert page.input_value(f'{slot} [data-role="called"]') == "top hat"
    page.select_option('[data-role="preset"]', "unet-se-po")
    page.wait_for_function("() => EF.answer.facts.preset === 'unet-se-po'")
    assert not page.is_visible(f'{slot} [data-role="called"]'), "these weights read no words"


@pytest.mark.browser
def test_a_sentence_is_typed_clicked_and_restored(open_page):
    page = open_page()
    settled(page)
    page.fill('[data-role="say"]', "on the head")
    page.press('[data-role="say"]', "Enter")
    page.wait_for_function("() => globalThis.EF?.answer?.facts.say === 'on the head'")
    settled(page)
    assert "say=on+the+head" in page.url
    assert "Told “on the head”" in page.inner_text('[data-role="note"]')
    page.click('[data-role="sayings"] >> text="as eyes"')
    page.wait_for_function("() => globalThis.EF?.answer?.facts.say === 'as eyes'")
    assert page.input_value('[data-role="say"]') == "as eyes"
    page.reload()
    page.wait_for_function("() => globalThis.EF?.answer?.facts.say === 'as eyes'")
    assert page.get_attribute('[data-role="sayings"] >> text="as eyes"', "aria-pressed") == "true"
    page.select_option('[data-role="preset"]', "unet-se-po")
    page.wait_for_selector('[data-role="mute"]:not([hidden])')
    assert page.is_disabled('[data-role="say"]')
