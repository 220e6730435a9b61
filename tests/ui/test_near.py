"""The map of a run and the neighbours of a pair: of new runs, runs and reports from the disk, and where they lack."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace

import numpy as np
import pytest

from fusion.emoji.catalog import Catalog
from fusion.evaluation.report import Row
from fusion.evaluation.report_file import SavedReport, write_report
from fusion.ui.atlas import NEIGHBOURS, Atlas
from fusion.ui.backend import Backend
from fusion.ui.request import RequestError
from fusion.ui.review import Review
from fusion.ui.runs import KeptRuns
from tests.support.fake_fuser import FakeEvaluator, FakeFuser
from tests.support.page_steps import settled


def review_in(folder, reports=None, evaluator=None) -> Review:
    backend = Backend(Catalog.default(), {"fusion": FakeFuser, "unet": lambda: FakeFuser("unet")})
    return Review(backend, evaluator or FakeEvaluator(), KeptRuns(folder / "runs"), reports)


def finished(review: Review, limit: int, preset: str = "fusion") -> str:
    name = review.evaluation_start({"split": "pairs", "limit": limit, "preset": preset})["job"]
    review.failures.job(name).join(20)
    return name


def test_every_pair_has_a_place_and_those_with_the_same_error_come_first(tmp_path):
    review = review_in(tmp_path)
    name = finished(review, 60)
    atlas, rows = Atlas(review), review.evaluation_poll({"job": name})["rows"]
    found = atlas.evaluation_map({"job": name})
    points = np.array(found["points"])
    assert points.shape == (60, 2)
    assert (points.min(), points.max()) == (0, 1)
    assert 1 >= found["shares"][0] > found["shares"][1] > 0
    wrong = next(n for n, row in enumerate(rows) if row["kind"] == "main")
    near = atlas.evaluation_near({"job": name, "row": wrong})["near"]
    assert len({one["row"] for one in near} - {wrong}) == NEIGHBOURS
    same = [rows[one["row"]]["kind"] == "main" for one in near]
    assert same == sorted(same, reverse=True)
    assert sum(same) >= sum(row["kind"] == "main" for row in rows) - 1 or all(same), "the wrong ones lie together"
    for bad in (60, -1):
        with pytest.raises(RequestError, match="no such row"):
            atlas.evaluation_near({"job": name, "row": bad})


def test_a_run_from_the_disk_has_the_same_neighbours(tmp_path):
    review = review_in(tmp_path)
    name = finished(review, 40)
    fresh = Atlas(review).evaluation_near({"job": name, "row": 3})
    review.failures.kept.write(name, review.failures.job(name))
    kept = Atlas(review_in(tmp_path)).evaluation_near({"job": name, "row": 3})
    assert [one["row"] for one in kept["near"]] == [one["row"] for one in fresh["near"]]


def rows(count: int) -> list[Row]:
    keys = [emoji.key for emoji in Catalog.default()][: count + 1]
    drawn = np.random.default_rng(0).normal(size=(count, 40)).astype(np.float16)
    usual = {"main_ok": 1, "aligned": 0, "iou": 0.3, "center_error": 0.1, "scale_error": 0.2}
    return [Row(keys[n], keys[n + 1], "wearable", **usual, features=drawn[n]) for n in range(count)]


@pytest.fixture
def reports(tmp_path):
    folder = tmp_path / "reports"
    folder.mkdir()
    saved = SavedReport("pairs", 64, "fusion", "fusion", FakeFuser().weights_hash, "taste", rows(20))
    write_report(folder / "fusion-pairs.json.gz", saved)
    older = folder / "fusion-emoji.json.gz"
    write_report(older, replace(saved, split="emoji"))
    content = json.loads(gzip.decompress(older.read_bytes()))
    del content["features"]
    older.write_bytes(gzip.compress(json.dumps(content).encode()))
    return folder


def test_a_report_that_evaluate_wrote_has_a_map_and_an_older_one_says_why_not(tmp_path, reports):
    atlas = Atlas(review_in(tmp_path, reports))
    found = atlas.evaluation_map({"job": "shipped-fusion-pairs"})
    assert len(found["points"]) == 20
    assert len(atlas.evaluation_near({"job": "shipped-fusion-pairs", "row": 0})["near"]) == NEIGHBOURS
    for answer in (atlas.evaluation_map, atlas.evaluation_near):
        assert "before neighbours were kept" in answer({"job": "shipped-fusion-emoji", "row": 0})["missing"]


class Plain(FakeEvaluator):
    """Measures a network without a layout branch."""

    def features(self, measured) -> None:
        return None


def test_a_network_without_a_layout_branch_says_so(tmp_path):
    review = review_in(tmp_path, evaluator=Plain())
    name = finished(review, 10, "unet")
    assert "unet has no layout branch" in Atlas(review).evaluation_map({"job": name})["missing"]


@pytest.mark.browser
def test_a_failure_is_opened_among_its_neighbours(open_page, served):
    page = open_page()
    settled(page)
    page.click('[role=tab][data-tab="failures"]')
    page.fill('[data-role="limit"]', "40")
    page.click('[data-act="run"]')
    page.wait_for_function("() => document.querySelectorAll('.ef-map .ef-dot').length === 40")
    assert "Each dot is a pair" in page.inner_text('[data-role="near-said"]')
    legend = page.locator(".ef-map-legend li").all_inner_texts()
    assert sum(int(line.split()[-1]) for line in legend) == 40
    assert page.locator(".ef-map .ef-here").count() == 0

    page.select_option('[data-role="kind"]', "main")
    page.locator('[data-role="sheet"] tbody tr').first.click()
    settled(page)
    near = page.locator("#ef-panel-fuse .ef-neighbour")
    near.first.wait_for()
    assert near.count() == NEIGHBOURS
    assert page.locator(".ef-map .ef-here").count() == 1
    assert page.locator(".ef-map .ef-beside").count() == NEIGHBOURS
    assert "main subject wrong" in near.first.inner_text()
    assert "fail in the same way (main subject wrong)" in page.inner_text('[data-role="near-said"]')
    near.first.scroll_into_view_if_needed()
    near.first.locator("img").first.wait_for()

    pair = near.first.get_attribute("data-pair")
    near.first.click()
    page.wait_for_function("pair => EF.answer.keys.join(' ') === pair", arg=pair)
    page.evaluate("() => EF.update({ second: '1f525' })")
    page.wait_for_function("() => EF.answer.keys[1] === '1f525'")
    assert not page.locator('[data-role="near"]').is_visible(), "another pair has no neighbours in the run"


@pytest.mark.browser
def test_the_map_shows_the_pair_under_the_hand_and_opens_it(open_page, served):
    page = open_page()
    settled(page)
    page.click('[role=tab][data-tab="failures"]')
    page.fill('[data-role="limit"]', "20")
    page.click('[data-act="run"]')
    page.wait_for_function("() => document.querySelectorAll('.ef-map .ef-dot').length === 20")
    dot = page.locator(".ef-map .ef-dot").last
    row = int(dot.get_attribute("data-row"))
    first, second = page.evaluate("n => [EF.sheet.row(n).first_name, EF.sheet.row(n).second_name]", row)
    dot.scroll_into_view_if_needed()
    dot.hover(force=True)
    assert f"{first} + {second}" in page.inner_text('[data-role="near-under"]')
    dot.click(force=True)
    page.wait_for_function("names => EF.answer.names.join() === names.join()", arg=[first, second])
    assert page.locator("#ef-panel-fuse .ef-map .ef-here").get_attribute("data-row") == str(row)
