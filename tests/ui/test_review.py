"""The answers behind the Failures tab, without a browser."""

from __future__ import annotations

import base64
import io
import time
import zipfile

import pytest
from PIL import Image

from fusion.emoji.catalog import Catalog
from fusion.ui import charts, failures, sheet_rows
from fusion.ui.backend import Backend
from fusion.ui.request import RequestError
from fusion.ui.review import Review, verdict
from tests.support.fake_fuser import FakeEvaluator, FakeFuser


@pytest.fixture
def review() -> Review:
    return Review(Backend(Catalog.default(), {"fusion": FakeFuser}), FakeEvaluator())


def finished(review: Review, limit: int = 30) -> str:
    name = review.evaluation_start({"split": "pairs", "limit": limit, "preset": "fusion"})["job"]
    review.failures.job(name).join(10)
    return name


def test_polling_gives_each_row_once(review):
    name = finished(review)
    first = review.evaluation_poll({"job": name, "since": 0})
    assert (first["run"]["state"], len(first["rows"])) == ("done", 30)
    assert review.evaluation_poll({"job": name, "since": 30})["rows"] == []
    assert first["summary"]["n"] == 30
    assert 0 < first["summary"]["main_ok"] < 1
    assert all(row["first_name"] for row in first["rows"])


def begin(review: Review, limit: int = 2000) -> str:
    return review.evaluation_start({"split": "pairs", "limit": limit})["job"]


def state(review: Review, name: str) -> str:
    return review.evaluation_poll({"job": name})["run"]["state"]


def test_evaluations_wait_for_each_other_and_cancel_ends_one(review, monkeypatch):
    monkeypatch.setattr(FakeEvaluator, "pause", 0.02)
    first, second, third = begin(review), begin(review, 10), begin(review, 10)
    while not review.evaluation_poll({"job": first})["rows"]:
        time.sleep(0.01)
    assert [state(review, name) for name in (first, second, third)] == ["running", "waiting", "waiting"]
    review.evaluation_cancel({"job": second})
    review.evaluation_cancel({"job": first})
    for name in (first, second, third):
        review.failures.job(name).join(30)
    assert [state(review, name) for name in (first, second, third)] == ["cancelled", "cancelled", "done"]
    assert 0 < len(review.evaluation_poll({"job": first})["rows"]) < 2000
    assert review.evaluation_poll({"job": second})["rows"] == []


def test_more_evaluations_than_may_wait_are_told_so(review, monkeypatch):
    monkeypatch.setattr(FakeEvaluator, "pause", 0.02)
    names = [begin(review) for _ in range(failures.MOST_OPEN)]
    with pytest.raises(RequestError, match="try again"):
        begin(review)
    for name in names:
        review.evaluation_cancel({"job": name})
    review.failures.job(names[-1]).join(30)
    assert finished(review, 10)


def test_a_run_that_nobody_asks_about_ends(review, monkeypatch):
    monkeypatch.setattr(FakeEvaluator, "pause", 0.02)
    watched = review.job({"job": begin(review, 60)})
    monkeypatch.setattr(failures, "PATIENCE", 0.3)
    watched.join(30)  # who waits for it is there
    assert watched.state == "done"
    job = review.job({"job": (name := begin(review))})
    while job.state in failures.OPEN:
        time.sleep(0.05)
    assert 0 < len(job.rows) < 2000
    answer = review.evaluation_poll({"job": name})
    assert (answer["run"]["state"], "nobody asked" in answer["message"]) == ("cancelled", True)
    with pytest.raises(RequestError, match="nobody asked"):
        job.report()


def test_runs_have_names_that_nobody_guesses(review):
    names = {finished(review, 10) for _ in range(3)}
    assert len(names) == 3
    assert all(len(name) >= 20 for name in names)
    with pytest.raises(RequestError, match="gone"):
        review.evaluation_cancel({"job": "evaluation-1"})


def test_a_cancelled_run_gives_no_report_as_if_it_were_whole(review, monkeypatch):
    monkeypatch.setattr(FakeEvaluator, "pause", 0.02)
    job = review.job(dict(review.evaluation_start({"split": "pairs", "limit": 2000})))
    job.cancel()
    job.join(30)
    with pytest.raises(RequestError, match="of 2000 pairs"):
        job.report()


def test_so_many_pairs_of_the_worst_hold_from_both_ends(review):
    packed = review.evaluation_worst({"job": finished(review, 10), "count": -1})
    names = zipfile.ZipFile(io.BytesIO(base64.b64decode(packed["zip"]))).namelist()
    assert sum(name.endswith("output.png") for name in names) == 1


def test_an_evaluation_that_breaks_says_so(review, monkeypatch):
    def broken(*_):
        raise RequestError("No such split.")

    monkeypatch.setattr(FakeEvaluator, "run", broken)
    answer = review.evaluation_poll({"job": finished(review)})
    assert (answer["run"]["state"], answer["message"]) == ("failed", "No such split.")


def test_worst_come_first_and_are_packed(review):
    rows = [
        {"iou": 0.9, "center_error": 0.0},
        {"iou": 0.0, "center_error": None},
        {"iou": 0.4, "center_error": 0.1},
    ]
    assert [row["iou"] for row in sheet_rows.least_aligned(rows, 2)] == [0.0, 0.4]
    packed = review.evaluation_worst({"job": finished(review), "count": 2})
    names = zipfile.ZipFile(io.BytesIO(base64.b64decode(packed["zip"]))).namelist()
    assert {"pairs.csv", "run.json"} <= set(names)
    assert sum(name.endswith("output.png") for name in names) == 2


def test_csv_has_a_line_a_row(review):
    lines = review.evaluation_csv({"job": finished(review, 10)})["csv"].splitlines()
    assert lines[0] == ",".join((*sheet_rows.COLUMNS, *sheet_rows.ABOUT))
    assert len(lines) == 11


@pytest.mark.parametrize("rows", [[], [{"main_ok": False, "iou": 0.0, "center_error": None, "scale_error": None}]])
def test_charts_bear_little_data(rows):
    with Image.open(io.BytesIO(charts.draw(rows))) as picture:
        assert picture.mode == "RGBA"
        assert picture.width > 1000


def test_who_decides_nothing_is_neither_right_nor_wrong():
    assert [verdict(value) for value in (1.0, 0.0, float("nan"))] == [True, False, None]
