"""Two runs over one split: what changed, with both pictures beside the teacher's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fusion.errors import FusionError
from fusion.evaluation.report_file import SavedReport, write_report
from fusion.ui.request import RequestError
from tests.support.fake_fuser import FakeEvaluator, FakeFuser
from tests.support.page_steps import settled
from tests.ui.test_kept_runs import review_in, rows
from tests.ui.test_runs import start


@pytest.fixture
def reports(tmp_path):
    """Two reports over the same pairs: three alignments mended, one broken, two main subjects flipped."""
    folder = tmp_path / "reports"
    folder.mkdir()
    before = SavedReport("pairs", 64, "fusion", "fusion", FakeFuser().weights_hash, "taste", rows())
    old = [replace(row, aligned=float(n == 11), main_ok=1.0) for n, row in enumerate(before.rows)]
    new = [replace(row, aligned=float(n < 3), main_ok=float(n > 1)) for n, row in enumerate(before.rows)]
    write_report(folder / "a.json.gz", replace(before, rows=old))
    write_report(folder / "b.json.gz", replace(before, rows=new))
    write_report(folder / "c.json.gz", replace(before, split="emoji"))
    return folder


def test_what_changed_is_counted_and_named(tmp_path, reports):
    review = review_in(tmp_path / "runs", reports)
    found = review.evaluation_compared({"job": "shipped-b", "against": "shipped-a"})
    main, aligned, *_ = found["changes"]
    assert (main["label"], main["mended"], main["broke"]) == ("main subject right", 0, 2)
    assert (aligned["mended"], aligned["broke"]) == (3, 1)
    assert aligned["p"] == pytest.approx(0.625)
    assert {name: len(pairs) for name, pairs in found["pairs"].items()} == {"mended": 3, "broke": 1, "flipped": 2}
    assert found["painter"] == "fusion"
    with pytest.raises(FusionError, match="like with like"):
        review.evaluation_compared({"job": "shipped-b", "against": "shipped-c"})
    with pytest.raises(RequestError, match="gone"):
        review.evaluation_compared({"job": "shipped-b", "against": "nobody's"})


def test_pictures_of_weights_that_are_gone_are_not_made_up(tmp_path, reports, monkeypatch):
    review = review_in(tmp_path / "runs", reports)
    review.failures.shipped()
    monkeypatch.setattr(review, "hash_of", lambda weights: "ffffffffffff")
    assert review.evaluation_compared({"job": "shipped-b", "against": "shipped-a"})["painter"] is None


def test_a_run_under_way_is_not_compared(tmp_path, reports, monkeypatch):
    monkeypatch.setattr(FakeEvaluator, "pause", 0.02)
    review = review_in(tmp_path / "runs", reports)
    name = review.evaluation_start({"split": "pairs", "limit": 1000})["job"]
    with pytest.raises(RequestError, match="not over yet"):
        review.evaluation_compared({"job": name, "against": "shipped-a"})
    review.evaluation_delete({"job": name})


def run_two_presets(page) -> None:
    """Run 20 pairs with the default preset and then with another, whose run is shown."""
    start(page, "pairs", 20)
    page.wait_for_selector('[data-role="charts"]:not([hidden])')
    page.evaluate("() => EF.update({ preset: 'unet-se-po' })")
    settled(page)
    page.click('[data-act="run"]')
    page.wait_for_function("() => EF.sheet.run()?.preset === 'unet-se-po' && EF.sheet.count() === 20")
    page.wait_for_selector('[data-role="against"] option:nth-child(2)', state="attached")


@pytest.mark.browser
def test_changes_can_be_shown_by_themselves_with_both_pictures(open_page):
    page = open_page()
    settled(page)
    run_two_presets(page)
    page.select_option('[data-role="against"]', index=1)
    page.wait_for_selector('[data-role="changes"]:not([hidden])')
    assert "aligned" in page.inner_text('[data-role="changes"]')
    page.locator(".ef-sheet tbody tr").first.scroll_into_view_if_needed()  # only rows that are seen are drawn
    page.wait_for_function(
        "() => document.querySelectorAll('.ef-sheet tbody tr:first-child .ef-pictures img').length === 3"
    )
    assert page.locator('[data-role="which"] option[value="mended"]').text_content() == "mended (0)"
    page.select_option('[data-role="which"]', "mended")
    assert page.evaluate("() => EF.sheet.chosen().length") == 0, "both are the same stand-in"
    page.select_option('[data-role="against"]', "")
    assert page.evaluate("() => EF.sheet.chosen().length") == 20


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_what_changed_stands_above_the_map_of_all_pairs(open_page, width):
    page = open_page(width=width, height=900)
    settled(page)
    run_two_presets(page)
    page.wait_for_selector('[data-role="charts"]:not([hidden])')
    page.select_option('[data-role="against"]', index=1)
    page.wait_for_selector('[data-role="changes"]:not([hidden])')
    assert not page.is_visible('[data-role="charts"]'), "folded away"
    page.evaluate("scrollTo(0, 0)")
    bottom = page.evaluate("EF.find('changes').getBoundingClientRect().bottom")
    assert bottom < 900, "in sight without scrolling"
    assert page.evaluate("EF.find('overview').getBoundingClientRect().top") >= bottom
    buttons = page.locator('[data-role="changed"] button')
    assert page.inner_text('[data-role="changed"] span') == "20 pairs are in both runs."
    assert buttons.all_inner_texts() == ["all 20", "mended 0", "broke 0", "main subject flipped 0"]
    assert buttons.first.get_attribute("aria-pressed") == "true"
    if width == 1280:
        assert page.evaluate("document.querySelector('.ef-sheet tbody tr').getBoundingClientRect().top") < 900
    page.click('[data-role="overview"] summary')
    assert page.is_visible('[data-role="charts"]')
    page.select_option('[data-role="against"]', "")
    assert page.is_visible('[data-role="totals"] dd >> nth=0')
    assert page.is_visible('[data-role="charts"]')


@pytest.mark.browser
def test_a_click_shows_only_the_pairs_that_changed_in_that_way(open_page):
    page = open_page()
    settled(page)
    start(page, "pairs", 20)
    page.wait_for_selector('[data-role="charts"]:not([hidden])')
    start(page, "pairs", 20)
    page.wait_for_function("() => EF.sheet.count() === 20 && EF.find('against').options.length > 1")
    first = page.evaluate("(({ first, second }) => `${first} ${second}`)(EF.sheet.row(0))")
    numbers = {"label": "IoU", "before": 0.78, "after": 0.807, "p": None, "low": 0.013, "high": 0.041}
    verdicts = {"label": "main subject right", "before": 0.958, "after": 0.979, "p": 0.002, "low": None, "high": None}
    changes = [verdicts | {"mended": 110, "broke": 105}, numbers | {"mended": None, "broke": None}]
    found = {"n": 20, "changes": changes, "pairs": {"mended": [first], "broke": [], "flipped": []}, "painter": None}
    page.evaluate("found => { EF.server.evaluation_compared = async () => found; }", found)
    page.select_option('[data-role="against"]', index=1)
    mended = page.locator('[data-role="changed"] >> text="mended 1"')
    mended.click()
    assert page.evaluate("EF.sheet.chosen().length") == 1
    assert page.input_value('[data-role="which"]') == "mended"
    assert mended.get_attribute("aria-pressed") == "true"
    page.select_option('[data-role="which"]', "")
    assert mended.get_attribute("aria-pressed") == "false"
    page.set_viewport_size({"width": 360, "height": 740})
    cut = page.evaluate(
        "() => [EF.find('changes').parentElement, ...EF.find('changes').querySelectorAll('th, td')]"
        ".filter((node) => node.scrollWidth > node.clientWidth).map((node) => node.textContent)"
    )
    assert cut == [], "all of it is in sight on a phone"
