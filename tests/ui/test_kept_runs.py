"""Runs on the disk, reports that ship, and what of a run is taken away."""

from __future__ import annotations

import base64
import csv
import io
import json
import zipfile
from dataclasses import replace

import pytest

from fusion.emoji.catalog import Catalog
from fusion.evaluation.report import Row
from fusion.evaluation.report_file import SavedReport, write_report
from fusion.ui.backend import Backend
from fusion.ui.request import RequestError
from fusion.ui.review import Review
from fusion.ui.runs import KeptRuns
from tests.support.fake_fuser import FakeEvaluator, FakeFuser
from tests.support.page_steps import settled
from tests.ui.test_review import finished
from tests.ui.test_runs import start


def review_in(folder, reports=None) -> Review:
    backend = Backend(Catalog.default(), {"fusion": FakeFuser}, {"fusion-held-out": FakeFuser})
    return Review(backend, FakeEvaluator(), KeptRuns(folder), reports)


def after_restart(folder, name: str, reports=None) -> Review:
    """Another process, once the run ``name`` lies on the disk."""
    while KeptRuns(folder).read(name) is None:
        pass
    return review_in(folder, reports)


def test_a_run_outlives_the_server(tmp_path):
    review = review_in(tmp_path)
    name = finished(review, 12)
    before = review.evaluation_poll({"job": name})
    again = after_restart(tmp_path, name)
    assert again.evaluation_poll({"job": name}) == before
    assert again.evaluation_runs({"jobs": [name]})["runs"] == [before["run"]]
    assert again.failures.job(name).report() == review.failures.job(name).report()
    assert again.evaluation_charts({"job": name})["charts"]
    assert len(again.evaluation_csv({"job": name})["csv"].splitlines()) == 13


def test_who_cannot_name_a_run_neither_sees_nor_deletes_it(tmp_path):
    review = review_in(tmp_path)
    name = finished(review, 10)
    after_restart(tmp_path, name)
    assert review.evaluation_runs({"jobs": []})["runs"] == []
    for path in tmp_path.rglob("*"):
        assert name not in path.name
        with pytest.raises(RequestError, match="gone"):
            review.evaluation_delete({"job": path.name})
    for bad in ("../" * 5, "\0", "\ud800"):
        with pytest.raises(RequestError, match="gone"):
            review.evaluation_poll({"job": bad})


def test_a_deleted_run_is_gone_from_the_disk_too(tmp_path):
    review = review_in(tmp_path)
    name, other = finished(review, 10), finished(review, 10)
    after_restart(tmp_path, name)
    after_restart(tmp_path, other)
    review.evaluation_delete({"job": name})
    assert [run["job"] for run in review_in(tmp_path).evaluation_runs({"jobs": [name, other]})["runs"]] == [other]
    with pytest.raises(RequestError, match="gone"):
        review.evaluation_poll({"job": name})


def test_runs_on_the_disk_are_bounded(tmp_path):
    kept, run = KeptRuns(tmp_path, limit=20_000), review_in(tmp_path / "other").failures.evaluator
    review = review_in(tmp_path / "one")
    job = review.failures.job(finished(review, 200))
    for number in range(40):
        kept.write(f"run-{number}", job)
    assert run is not None
    assert sum(path.stat().st_size for path in tmp_path.glob("??/[0-9a-f]*")) <= 20_000 + len(job.content())
    assert kept.read("run-39") is not None
    assert kept.read("run-0") is None


def test_a_damaged_run_is_no_run(tmp_path):
    review = review_in(tmp_path)
    name = finished(review, 10)
    after_restart(tmp_path, name)
    for path in tmp_path.glob("??/[0-9a-f]*"):
        path.write_bytes(b"\x1f\x8bnonsense")
    assert review_in(tmp_path).evaluation_runs({"jobs": [name]})["runs"] == []


def rows(count: int = 12) -> list[Row]:
    keys = [emoji.key for emoji in Catalog.default()][: count + 1]
    return [Row(keys[n], keys[n + 1], "wearable", n % 2, 0, 0.3, 0.1, 0.2, confidence=0.9) for n in range(count)]


@pytest.fixture
def reports(tmp_path):
    folder = tmp_path / "reports"
    folder.mkdir()
    saved = SavedReport("pairs", 64, "fusion", "fusion", FakeFuser().weights_hash, "taste", rows())
    write_report(folder / "fusion-pairs.json.gz", saved)
    write_report(folder / "fusion-emoji.json.gz", replace(saved, split="emoji", name="fusion-held-out"))
    write_report(folder / "older-pairs.json.gz", replace(saved, weights="ffffffffffff"))
    write_report(folder / "strange-pairs.json.gz", replace(saved, name="strange"))
    (folder / "damaged.json.gz").write_bytes(b"nothing")
    return folder


def test_reports_of_the_weights_that_are_here_ship_and_no_others(tmp_path, reports):
    review = review_in(tmp_path / "runs", reports)
    runs = review.evaluation_runs({"jobs": []})["runs"]
    assert [(run["job"], run["weights"], run["shipped"], run["state"]) for run in runs] == [
        ("shipped-fusion-pairs", "fusion", True, "done"),
        ("shipped-fusion-emoji", "fusion-held-out", True, "done"),
    ]
    polled = review.evaluation_poll({"job": "shipped-fusion-pairs"})
    assert polled["summary"]["main_ok"] == 0.5
    assert [row["kind"] for row in polled["rows"][:2]] == ["main", "shifted"]
    assert polled["rows"][0]["roles"]
    assert review.failures.job("shipped-fusion-pairs").report()["n"] == 12
    with pytest.raises(RequestError, match="own"):
        review.evaluation_delete({"job": "shipped-fusion-pairs"})


def test_without_reports_nothing_ships(tmp_path):
    assert review_in(tmp_path, tmp_path / "none").evaluation_runs({})["runs"] == []


def test_what_is_taken_away_follows_the_filter_and_names_its_run(tmp_path):
    review = review_in(tmp_path)
    name = finished(review, 10)
    asked = {"job": name, "rows": [7, 2, 5], "filter": "error: shifted", "count": 2}
    table = review.evaluation_csv(asked)
    shown = review.evaluation_poll({"job": name})["rows"]
    read = list(csv.DictReader(io.StringIO(table["csv"])))
    assert [one["first"] for one in read] == [shown[number]["first"] for number in asked["rows"]]
    assert {(one["preset"], one["weights"], one["hash"]) for one in read} == {("fusion", "fusion", "0123456789ab")}
    assert "; ".join(shown[7]["roles"]) == read[0]["roles"]
    assert table["name"] == "emoji-fusion-fusion-0123456789ab-pairs-3-of-10.csv"
    packed = review.evaluation_worst(asked)
    archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(packed["zip"])))
    about = json.loads(archive.read("run.json"))
    assert (about["filter"], about["packed"], about["hash"]) == ("error: shifted", 2, "0123456789ab")
    assert "job" not in about
    folders = {path.split("/")[0] for path in archive.namelist() if "/" in path}
    assert any(shown[7]["first_name"] in folder for folder in folders)
    with pytest.raises(RequestError, match="no such rows"):
        review.evaluation_csv({"job": name, "rows": [10]})


@pytest.mark.browser
def test_slices_and_orders_of_the_sheet(open_page):
    page = open_page()
    settled(page)
    start(page, "pairs", 60)
    page.wait_for_selector('[data-role="charts"]:not([hidden])')
    rows = "() => EF.sheet.chosen()"
    whole = page.evaluate(rows)
    page.select_option('[data-role="kind"]', "shifted")
    shifted = page.evaluate(rows)
    assert 0 < len(shifted) < len(whole)
    assert {row["kind"] for row in shifted} == {"shifted"}
    assert "error: shifted" in page.evaluate("EF.sheet.said()")
    page.select_option('[data-role="kind"]', "")
    category = shifted[0]["categories"][0]
    page.select_option('[data-role="category"]', category)
    assert all(category in row["categories"] for row in page.evaluate(rows))
    page.select_option('[data-role="category"]', "")
    role = next(role for row in whole for role in row["roles"])
    page.select_option('[data-role="role"]', role)
    assert all(role in row["roles"] for row in page.evaluate(rows))
    page.select_option('[data-role="role"]', "")
    page.select_option('[data-role="order"]', "bold")
    bold = page.evaluate(rows)
    wrong = [row["confidence"] for row in bold if row["aligned"] is False]
    assert [row["aligned"] for row in bold[: len(wrong)]] == [False] * len(wrong)
    assert wrong == sorted(wrong, reverse=True)
    page.click('[data-sort="psnr"]')
    assert page.input_value('[data-role="order"]') == ""
    assert page.evaluate(rows)[0]["psnr"] == min(row["psnr"] for row in whole)


@pytest.mark.browser
def test_a_run_is_deleted_where_it_is_open(open_page):
    page = open_page()
    settled(page)
    start(page, "pairs", 10)
    page.wait_for_selector('[data-role="charts"]:not([hidden])')
    page.wait_for_selector('[data-act="forget"]:enabled')
    kept = page.evaluate("() => EF.recall('runs', [])")
    page.click('[data-act="forget"]')
    page.wait_for_function("() => EF.find('state').textContent === 'Deleted.'")
    assert page.evaluate("() => EF.recall('runs', [])") == kept[:-1]
    page.wait_for_function("() => EF.sheet.count() === 0")


@pytest.mark.browser
def test_a_shipped_report_opens_at_once(chromium, tmp_path, reports):
    from tests.support.serving import serve

    backend = Backend(Catalog.default(), {"fusion": FakeFuser}, {"fusion-held-out": FakeFuser})
    blocks, url = serve(backend, Review(backend, FakeEvaluator(), None, reports))
    context = chromium.new_context()
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector('[data-role="result"][src]')
    page.click('[role=tab][data-tab="failures"]')
    page.wait_for_selector('[data-role="charts"]:not([hidden])')
    assert page.locator('[data-role="sheet"] tbody tr').count() == 12
    assert "Shipped with" in page.inner_text('[data-role="run-note"]')
    assert page.locator('[data-act="forget"]').is_disabled()
    context.close()
    blocks.close()
