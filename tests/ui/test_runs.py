"""Evaluations on the page: which weights answer, in which style rows are drawn, and that a reload loses none."""

from __future__ import annotations

import base64
import io
import os
import re
import sys
import threading

import pytest
from PIL import Image

from fusion.emoji.catalog import Catalog
from fusion.turns import Turns
from fusion.ui.backend import Backend
from fusion.ui.contract import parts_of
from fusion.ui.failures import GIVES_WAY, NICE
from fusion.ui.page import build_page
from fusion.ui.request import RequestError
from fusion.ui.review import Review
from tests.support.fake_fuser import FakeEvaluator, FakeFuser
from tests.support.page_steps import settled

MAGENTA = (255, 0, 255, 255)


class Recorder(FakeEvaluator):
    """Also writes down which fuser it was given."""

    fuser: FakeFuser
    priority: int

    def run(self, split: str, fuser, limit: int):
        self.fuser = fuser
        if sys.platform == "linux":
            self.priority = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
        return super().run(split, fuser, limit)


def review_of(spare: dict) -> tuple[Review, Recorder]:
    evaluator = Recorder()
    backend = Backend(Catalog.default(), {"fusion": FakeFuser, "unet": lambda: FakeFuser("unet")}, spare)
    return Review(backend, evaluator), evaluator


def finished(review: Review, split: str, preset: str = "fusion") -> dict:
    name = review.evaluation_start({"split": split, "limit": 10, "preset": preset})["job"]
    review.failures.job(name).join(20)
    return review.evaluation_poll({"job": name})["run"] | {"report": review.failures.job(name).report()}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the threads of a process apart")
def test_an_evaluation_lets_fusions_go_first():
    review, evaluator = review_of({})
    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    finished(review, "pairs")
    assert evaluator.priority == NICE > own
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == own


def test_an_evaluation_waits_for_the_fusions_under_way_but_not_for_ever():
    waits: list[float] = []

    class Crowd(Turns):
        def idle(self, seconds: float) -> bool:
            waits.append(seconds)
            return False

    review, _ = review_of({})
    review.failures.first = Crowd()
    assert finished(review, "pairs")["state"] == "done"
    assert waits == [GIVES_WAY] * 10


def test_the_page_s_own_fusions_go_first():
    review, _ = review_of({})
    build_page(review.backend, review, turns := Turns())
    assert review.failures.first is turns


def test_held_out_emoji_are_measured_with_weights_that_have_not_seen_them():
    review, evaluator = review_of({"fusion-held-out": lambda: FakeFuser("fusion-held-out")})
    run = finished(review, "emoji")
    assert evaluator.fuser.preset == run["weights"] == run["report"]["weights"] == "fusion-held-out"
    assert "never saw" in run["note"]
    assert run["report"]["note"] == run["note"]
    assert finished(review, "pairs")["weights"] == evaluator.fuser.preset == "fusion"


@pytest.mark.parametrize("preset", ["fusion", "unet"])
def test_where_no_such_weights_are_the_figures_say_so(preset: str):
    review, _ = review_of({})
    run = finished(review, "emoji", preset)
    assert run["weights"] == preset
    assert "not on record" in run["note"]


def test_only_the_weights_that_ship_have_a_twin():
    from fusion.model.weights import WEIGHTS_FOLDER
    from fusion.ui.launcher import build_backend

    if not (WEIGHTS_FOLDER / "fusion-held-out").is_dir():
        pytest.skip("assets/weights/fusion-held-out is not here")
    assert build_backend("cpu").spare == ["fusion-held-out"]
    assert build_backend("cpu", str(WEIGHTS_FOLDER / "fusion")).spare == []


def test_an_art_style_is_a_name_and_no_path():
    with pytest.raises(RequestError, match="twemoji"):
        review_of({})[0].backend.request({"first": "1f600", "second": "1f355", "style": "../../secret"})


def test_parts_that_a_preset_lacks():
    assert parts_of("fusion") == parts_of("fusion-held-out") == ["layout", "position", "up3", "up4"]
    assert parts_of("unet") == []


def picture(url: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(re.sub("^[^,]*,", "", url)))).convert("RGBA")


def start(page, split: str, limit: int = 20) -> None:
    page.click('[role=tab][data-tab="failures"]')
    page.select_option('[data-role="split"]', split)
    page.fill('[data-role="limit"]', str(limit))
    page.click('[data-act="run"]')


@pytest.mark.browser
def test_a_row_in_another_style_is_shown_opened_and_exported_in_it(open_page, served):
    page = open_page()
    settled(page)
    start(page, "style")
    page.wait_for_selector('[data-role="charts"]:not([hidden])')
    page.wait_for_selector("img.ef-pair")
    drawn = picture(page.get_attribute("img.ef-pair", "src"))
    assert drawn.getpixel((48, 48)) == MAGENTA
    row = page.locator('[data-role="sheet"] tbody tr').first
    pair = row.get_attribute("data-pair").split()
    row.click()
    page.wait_for_function("pair => EF.answer.keys.join(' ') === pair.join(' ')", arg=pair)
    settled(page)
    assert "style=twemoji" in page.url
    assert picture(page.evaluate("EF.answer.controls.layers.main")).getpixel((128, 128)) == MAGENTA
    page.wait_for_function("() => decodeURIComponent(document.querySelector('.ef-face img').src).includes('#ff00ff')")
    assert "another art style" in page.inner_text('[data-role="note"]')
    page.reload()
    page.wait_for_selector('[data-role="result"][src]')
    settled(page)
    assert picture(page.evaluate("EF.answer.controls.layers.main")).getpixel((128, 128)) == MAGENTA
    page.evaluate("() => EF.update({ second: '1f525' })")
    page.wait_for_function("() => EF.answer.keys[1] === '1f525'")
    assert "style=" not in page.url, "what is picked next is Noto's again"


@pytest.mark.browser
def test_rows_keep_the_weights_of_their_run(open_page, served):
    page = open_page()
    settled(page)
    start(page, "emoji")
    page.wait_for_selector('[data-role="charts"]:not([hidden])')
    assert "fusion-held-out" in page.inner_text('[data-role="run-note"]')
    page.evaluate("() => EF.update({ preset: 'unet-se-po' })")
    page.wait_for_function("() => EF.answer.facts.preset === 'unet-se-po'")
    page.locator('[data-role="sheet"] tbody tr').first.click()
    page.wait_for_function("() => EF.answer.facts.preset === 'fusion-held-out'")
    assert page.input_value('[data-role="preset"]') == "fusion-held-out"
    shown = page.evaluate("EF.answer.keys")
    assert shown in [[call["first"], call["second"]] for call in served.fusers["fusion-held-out"].calls]


@pytest.mark.browser
def test_a_reload_comes_back_to_the_running_evaluation(open_page, monkeypatch):
    monkeypatch.setattr(FakeEvaluator, "pause", 0.05)
    page = open_page()
    settled(page)
    start(page, "pairs", 1000)
    page.wait_for_function("() => EF.sheet.count() > 3")
    page.reload()
    page.wait_for_selector('[data-role="result"][src]')
    page.click('[role=tab][data-tab="failures"]')
    page.wait_for_function("() => EF.sheet.count() > 5")
    assert page.locator('[data-act="cancel"]').is_enabled()
    assert page.locator('[data-role="runs"] option').count() >= 1
    page.click('[data-act="cancel"]')
    page.wait_for_function("() => document.querySelector('[data-role=state]').textContent.startsWith('Cancelled')")
    page.wait_for_function("() => document.querySelector('[data-role=runs]').textContent.includes('cancelled')")
    assert page.locator('[data-act="run"]').is_enabled()


@pytest.mark.browser
def test_switches_of_parts_that_are_not_there_are_off_and_say_why(open_page):
    page = open_page()
    settled(page)
    page.evaluate("() => { EF.info.parts['unet-se-po'] = ['layout']; EF.update({ preset: 'unet-se-po' }); }")
    settled(page)
    boxes = page.locator('[data-role="switches"] input')
    assert [boxes.nth(i).is_disabled() for i in range(4)] == [False, True, True, True]
    assert "built without" in page.inner_text('[data-role="lacking"]')
    page.uncheck('[data-role="switches"] [value="layout"]')
    page.click('[role=tab][data-tab="compare"]')
    assert page.locator('[data-role="whole"]').is_visible(), "Compare says that it ignores the switches"


@pytest.mark.browser
def test_a_run_that_is_opened_twice_at_once_has_its_rows_once(open_page):
    page = open_page()
    settled(page)
    start(page, "pairs")
    page.wait_for_selector('[data-role="charts"]:not([hidden])')
    page.evaluate(
        "() => { const list = EF.find('runs'); list.dispatchEvent(new Event('change'));"
        " list.dispatchEvent(new Event('change')); }"
    )
    page.wait_for_selector('[data-role="charts"]:not([hidden])')
    page.wait_for_load_state("networkidle")
    assert page.evaluate("EF.sheet.count()") == 20
