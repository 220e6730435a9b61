"""Keep this layout, the corrections of a browser, and the queue of pairs to judge."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fusion.corrections import MOST_BYTES, CorrectionsError, parse_corrections
from fusion.emoji.catalog import Catalog
from fusion.ui.backend import Backend
from fusion.ui.corrector import Corrector
from fusion.ui.request import RequestError
from tests.support.fake_fuser import FakeFuser
from tests.support.page_steps import settled
from tests.ui.test_runs import start

PAIR = {"first": "1f600", "second": "1f355"}
STORED = "() => JSON.parse(localStorage.getItem('emoji-fusion.corrections') ?? '[]')"


@pytest.fixture
def corrector() -> Corrector:
    return Corrector(Backend(Catalog.default(), {"fusion": FakeFuser}))


def png() -> bytes:
    pixels = np.zeros((48, 48, 4), np.uint8)
    pixels[8:40, 8:40] = (200, 30, 30, 255)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def upload(content: bytes) -> dict[str, str]:
    return {"upload": "data:image/png;base64," + base64.b64encode(content).decode(), "name": "mine.png"}


def test_what_is_shown_becomes_a_correction(corrector):
    asked = {**PAIR, "main": "second", "instances": [[0.4, 0.5, 0.1, -0.1], [0.3, 0.3, 0, 0.2]], "note": " smaller "}
    kept = corrector.correction(asked)["correction"]
    assert kept["instances"] == [[0.4, 0.5, 0.1, -0.1], [0.3, 0.3, 0.0, 0.2]]
    assert (kept["main"], kept["note"], kept["verdict"]) == ("second", "smaller", "corrected")
    assert kept["weights"] == FakeFuser().weights_hash
    (again,) = parse_corrections(json.dumps(kept))
    assert again.pair == ("1f600", "1f355")


def test_a_picture_goes_by_the_hash_of_its_file(corrector):
    content = png()
    kept = corrector.correction({"first": upload(content), "second": "1f355"})["correction"]
    assert kept["first"] == "sha256:" + hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("asked", "why"),
    [({"style": "twemoji"}, "Noto"), ({"disabled": ["up4"]}, "switch them on"), ({"verdict": 3}, "verdict")],
)
def test_what_is_no_answer_of_the_network_is_not_kept(corrector, asked, why):
    with pytest.raises(RequestError, match=why):
        corrector.correction({**PAIR, **asked})


def test_files_are_read_whole_or_refused_with_a_sentence(corrector):
    kept = json.dumps(corrector.correction(PAIR)["correction"])
    assert len(corrector.corrections_read({"text": f"{kept}\n{kept}\n"})["corrections"]) == 1
    assert corrector.corrections_read({"text": ""})["corrections"] == []
    with pytest.raises(CorrectionsError, match="line 2"):
        corrector.corrections_read({"text": kept + "\n{}"})
    with pytest.raises(RequestError):
        corrector.corrections_read({"text": " " * (MOST_BYTES + 1)})


def stored(page) -> list[dict]:
    return [entry["correction"] for entry in page.evaluate(STORED)]


def keep(page, note: str = "") -> None:
    before = page.evaluate("() => localStorage.getItem('emoji-fusion.corrections')")
    page.fill('[data-role="correction-note"]', note)
    page.click('[data-act="keep-layout"]')
    page.wait_for_function("before => localStorage.getItem('emoji-fusion.corrections') !== before", arg=before)


def exported(page) -> str:
    with page.expect_download() as download:
        page.click('[data-act="export-corrections"]')
    assert download.value.suggested_filename == "corrections.jsonl"
    return Path(download.value.path()).read_text("utf-8")


@pytest.mark.browser
def test_a_layout_is_kept_listed_edited_shown_again_and_deleted(open_page):
    page = open_page()
    settled(page)
    page.evaluate("() => EF.update({ instances: [[0.4, 0.4, 0.1, 0.1]], layout: null }, true)")
    settled(page)
    keep(page, "smaller")
    page.evaluate("() => EF.update({ second: '1f525' })")
    page.wait_for_function("() => EF.answer.keys[1] === '1f525'")
    settled(page)
    keep(page)
    assert [one["second"] for one in stored(page)] == ["1f525", "1f355"]
    page.reload()
    page.wait_for_selector('[data-role="result"][src]')
    settled(page)
    page.click('[data-role="kept-corrections"] summary')
    items = page.locator('[data-role="corrections-list"] li')
    assert items.count() == 2
    assert "grinning face + pizza" in items.nth(1).inner_text()
    items.nth(1).locator("input").fill("much smaller")
    items.nth(1).locator("input").blur()
    assert stored(page)[1]["note"] == "much smaller"
    items.nth(1).locator(".ef-open").click()
    page.wait_for_function("() => EF.answer.keys[1] === '1f355'")
    settled(page)
    assert page.evaluate("EF.answer.controls.effective[0]") == pytest.approx([0.4, 0.4, 0.1, 0.1])
    keep(page, "once more")
    assert stored(page)[0]["note"] == "once more"
    assert items.count() == 2, "of each pair one is kept"
    items.first.locator(".ef-icon").click()
    assert [one["second"] for one in stored(page)] == ["1f525"]


@pytest.mark.browser
def test_corrections_travel_as_a_file(open_page, tmp_path):
    page = open_page(accept_downloads=True)
    settled(page)
    keep(page, "quoted “note”")
    page.click('[data-role="kept-corrections"] summary')
    text = exported(page)
    (one,) = parse_corrections(text)
    assert one.note == "quoted “note”"
    other = tmp_path / "other.jsonl"
    other.write_text(text + text.replace("1f355", "1f525"))
    page.set_input_files('[data-role="corrections-file"]', other)
    page.wait_for_function(f"() => ({STORED})().length === 2")
    assert {one.pair[1] for one in parse_corrections(exported(page))} == {"1f355", "1f525"}
    other.write_text(text + "no line")
    page.set_input_files('[data-role="corrections-file"]', other)
    page.wait_for_function("() => document.querySelector('[data-role=toast]').textContent.includes('line 2')")
    assert len(stored(page)) == 2


@pytest.mark.browser
def test_an_own_picture_is_taken_away_beside_the_file_that_names_it(open_page, tmp_path):
    page = open_page(accept_downloads=True)
    settled(page)
    (tmp_path / "mine.png").write_bytes(png())
    page.set_input_files('.ef-slot[data-side="first"] input[type="file"]', tmp_path / "mine.png")
    page.wait_for_function("() => EF.answer.names[0].startsWith('mine')")
    settled(page)
    keep(page)
    page.click('[data-role="kept-corrections"] summary')
    downloads = []
    page.on("download", lambda one: downloads.append(one))
    page.click('[data-act="export-corrections"]')
    while len(downloads) < 2:
        page.wait_for_timeout(50)
    files = {one.suggested_filename: Path(one.path()).read_bytes() for one in downloads}
    (kept,) = parse_corrections(files.pop("corrections.jsonl").decode())
    (picture,) = files.values()
    assert kept.first == "sha256:" + hashlib.sha256(picture).hexdigest()


@pytest.mark.browser
def test_the_queue_is_judged_with_keys_the_least_sure_first(open_page):
    page = open_page()
    settled(page)
    start(page, "pairs", 20)
    page.wait_for_selector('[data-role="charts"]:not([hidden])')
    page.click('[data-act="judge"]')
    ready = "() => !EF.act('right', EF.find('queue')).disabled"
    sure = page.evaluate("() => EF.sheet.chosen().map((row) => row.confidence).sort((a, b) => a - b)")
    for number, key in enumerate(("1", "2", "1", "4", "2")):
        page.wait_for_function(ready)
        assert f"{round(100 * sure[number])} % sure" in page.inner_text('[data-role="queue-said"]')
        page.keyboard.press(key)
        page.wait_for_function(f"number => !EF.find('queue').textContent.includes('{20 - number} to go')", arg=number)
    page.wait_for_function(ready)
    assert [one["verdict"] for one in reversed(stored(page))] == ["right", "wrong", "right", "wrong"]
    assert "4 judged, 15 to go" in page.inner_text('[data-role="queue-count"]')
    # The third key opens the pair; once its layout is kept the queue goes on.
    page.keyboard.press("3")
    page.wait_for_function("() => EF.root.dataset.tab === 'fuse'")
    settled(page)
    page.wait_for_function("() => EF.answer.keys.join() === [EF.state.first, EF.state.second].join()")
    page.click('[data-act="keep-layout"]')
    page.wait_for_function("() => EF.root.dataset.tab === 'failures'")
    page.wait_for_function(ready)
    assert stored(page)[0]["verdict"] == "corrected"
    assert "5 judged, 14 to go" in page.inner_text('[data-role="queue-count"]')
    # What was judged does not come again.
    page.click('[data-act="close-queue"]')
    page.click('[data-act="judge"]')
    assert "0 judged, 15 to go" in page.inner_text('[data-role="queue-count"]')


@pytest.mark.browser
def test_digits_that_are_typed_judge_nothing(open_page):
    page = open_page()
    settled(page)
    start(page, "pairs", 10)
    page.wait_for_selector('[data-role="charts"]:not([hidden])')
    page.click('[data-act="judge"]')
    page.wait_for_function("() => !EF.act('right', EF.find('queue')).disabled")
    page.focus('[data-role="text"]')
    page.keyboard.press("1")
    page.evaluate("() => EF.openTab('fuse')")
    page.keyboard.press("2")
    assert stored(page) == []
