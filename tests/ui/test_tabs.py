"""The tabs Compare and Failures in a real Chromium, on a fake network."""

from __future__ import annotations

import pytest

from tests.support.fake_fuser import FakeEvaluator
from tests.support.page_steps import settled

pytestmark = pytest.mark.browser


def test_failures_run_sort_filter_and_open(open_page):
    page = open_page()
    settled(page)
    page.click('[role=tab][data-tab="failures"]')
    page.fill('[data-role="limit"]', "40")
    page.click('[data-act="run"]')
    page.wait_for_selector('[data-role="charts"]:not([hidden])')
    sheet = page.locator('[data-role="sheet"] tbody tr')
    assert sheet.count() == 40
    overlaps = [float(text) for text in page.locator('[data-role="sheet"] tbody td:nth-child(5)').all_inner_texts()]
    assert overlaps == sorted(overlaps), "the worst alignment stands first"
    page.click('[data-sort="iou"]')
    turned = [float(text) for text in page.locator('[data-role="sheet"] tbody td:nth-child(5)').all_inner_texts()]
    assert turned == sorted(overlaps, reverse=True)
    page.select_option('[data-role="which"]', "main")
    wrong = sheet.count()
    assert 0 < wrong < 40
    assert set(page.locator('[data-role="sheet"] tbody td:nth-child(4)').all_inner_texts()) == {"wrong"}
    page.wait_for_selector(".ef-pictures img")
    with page.expect_download() as download:
        page.click('[data-act="csv"]')
    assert download.value.path().read_text().count("\n") == wrong + 1, "the file follows the filter"
    pair = sheet.first.get_attribute("data-pair").split()
    sheet.first.click()
    page.wait_for_function("pair => EF.answer.keys.join(' ') === pair.join(' ')", arg=pair)
    assert page.locator("#ef-panel-fuse").is_visible()


def test_evaluation_can_be_cancelled(open_page, monkeypatch):
    monkeypatch.setattr(FakeEvaluator, "pause", 0.05)
    page = open_page()
    page.click('[role=tab][data-tab="failures"]')
    page.fill('[data-role="limit"]', "1000")
    page.click('[data-act="run"]')
    page.wait_for_function("() => document.querySelectorAll('[data-role=sheet] tbody tr').length > 3")
    page.click('[data-act="cancel"]')
    page.wait_for_function("() => document.querySelector('[data-role=state]').textContent.startsWith('Cancelled')")
    assert page.locator('[data-act="run"]').is_enabled()


def test_compare_shows_every_preset_under_one_override(open_page, served):
    page = open_page()
    settled(page)
    page.click('[role=tab][data-tab="compare"]')
    page.wait_for_function("() => document.querySelectorAll('.ef-preset-card img[src]').length === 4")
    assert page.locator('[data-role="left"]').input_value() == "fusion"
    page.evaluate("() => EF.update({ layout: [0.5, 0.5, 0, 0.3] }, true)")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.ef-preset-card dl')].map((n) => n.textContent)"
        ".every((text, i) => text.includes(i ? '0.20' : '0.30'))"
    )
    assert served.fusers["unet-se-po"].calls[-1]["layout"][3] == pytest.approx(0.2), "clamped to what it can do"
