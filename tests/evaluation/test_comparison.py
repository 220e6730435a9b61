"""Two networks over the same pairs: counts, chance, and reports as files."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from fusion.__main__ import main
from fusion.corrections import Correction, write_corrections
from fusion.errors import FusionError
from fusion.evaluation.comparison import bootstrap, compare_reports, comparison_table
from fusion.evaluation.report import Row, report
from fusion.evaluation.report_file import SavedReport, read_report, write_report

MEASURED = 40


def row(number: int, main: float = 1, aligned: float = 1, iou: float = 0.9) -> Row:
    family = ("wearable", "material")[number % 2]
    return Row(f"1f{number:03x}", "1f355", family, main, aligned, iou, 0.01, 0.02, psnr_own_layout=20 + number % 3)


def saved(rows: list[Row], name: str = "first") -> SavedReport:
    return SavedReport("emoji", 64, "fusion", name, "0123456789ab", "taste", rows)


@pytest.fixture
def before() -> SavedReport:
    return saved([row(n, main=n >= 10, aligned=n >= 16) for n in range(MEASURED)])


@pytest.fixture
def after(before: SavedReport) -> SavedReport:
    """Twelve alignments mended, one broken; eight main subjects mended."""
    rows = [replace(one, main_ok=float(n >= 2), aligned=float(n >= 4)) for n, one in enumerate(before.rows)]
    rows[-1] = replace(rows[-1], aligned=0.0, iou=0.1)
    return saved(rows, "second")


def test_mended_and_broken_pairs_are_named(before, after):
    found = compare_reports(before, after)
    assert (found["n"], found["verdicts"]["aligned"]["mended"], found["verdicts"]["aligned"]["broke"]) == (40, 12, 1)
    assert found["pairs"]["broke"] == [(f"1f{MEASURED - 1:03x}", "1f355")]
    assert len(found["pairs"]["mended"]) == 12
    assert len(found["pairs"]["flipped"]) == 8
    assert sum(change["mended"] for change in found["families"].values()) == 12


def test_mcnemar_is_the_binomial_of_the_pairs_that_changed(before, after):
    change = compare_reports(before, after)["verdicts"]["aligned"]
    tail = sum(math.comb(13, k) for k in (0, 1)) / 2**13
    assert change["p"] == pytest.approx(2 * tail, abs=1e-6)
    same = compare_reports(before, before)["verdicts"]["aligned"]
    assert (same["mended"], same["broke"], same["p"]) == (0, 0, 1.0)


def test_an_interval_holds_its_difference_and_is_always_the_same(before, after):
    change = compare_reports(before, after)["numbers"]["iou"]
    assert change["low"] <= change["difference"] <= change["high"]
    assert change["difference"] == pytest.approx(-0.8 / MEASURED)
    assert compare_reports(before, before)["numbers"]["iou"] | {"before": 0, "after": 0} == {
        "n": MEASURED,
        "before": 0,
        "after": 0,
        "difference": 0.0,
        "low": 0.0,
        "high": 0.0,
    }
    assert compare_reports(before, after)["numbers"]["iou"] == change


def test_the_bootstrap_agrees_with_the_normal_law_where_that_holds():
    import numpy as np

    values = np.random.default_rng(1).normal(0.3, 1.0, 400)
    low, high = bootstrap(values)
    half = 1.96 * values.std() / 20
    assert low == pytest.approx(values.mean() - half, abs=0.02)
    assert high == pytest.approx(values.mean() + half, abs=0.02)


def test_figures_that_one_of_them_lacks_are_left_out(before):
    blind = saved([replace(one, main_ok=math.nan, aligned=math.nan, iou=math.nan) for one in before.rows])
    found = compare_reports(before, blind)
    assert (found["verdicts"], found["families"], list(found["numbers"])) == ({}, {}, ["psnr_own_layout"])
    assert comparison_table(found)


def test_what_is_not_compared_is_said(before):
    assert (
        comparison_table(compare_reports(before, before)).splitlines()[0].startswith("40 pairs with a held-out emoji: ")
    )
    assert "Only pairs" not in comparison_table(compare_reports(before, before))
    other = replace(before, rows=before.rows[:3], roster="classic")
    head, only, rosters, *_ = comparison_table(compare_reports(before, other)).splitlines()
    assert head.startswith("3 pairs")
    assert only == "Only pairs that both have are compared, of 40 and 3."
    assert rosters.startswith("The rosters taste and classic choose other pairs")


def test_only_like_is_compared_with_like(before):
    with pytest.raises(FusionError, match="like with like"):
        compare_reports(before, replace(before, split="pairs"))
    with pytest.raises(FusionError, match="no pair in common"):
        compare_reports(before, replace(before, rows=[replace(before.rows[0], first="2764")]))


@pytest.mark.parametrize("name", ["report.json", "report.json.gz"])
def test_a_report_is_read_as_it_was_written(tmp_path, before, name):
    write_report(tmp_path / name, before)
    again = read_report(tmp_path / name)
    assert report(again.rows) == report(before.rows) == again.figures
    assert again.rows[0].first == before.rows[0].first
    assert math.isnan(again.rows[0].fill)
    assert replace(again, rows=[]) == replace(before, rows=[])


def test_a_report_of_480_pairs_is_small(tmp_path):
    rows = [replace(row(n), iou=math.sin(n) ** 2, psnr_true_layout=30 * math.cos(n) ** 2) for n in range(480)]
    write_report(tmp_path / "report.json.gz", saved(rows))
    assert (tmp_path / "report.json.gz").stat().st_size < 200_000


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', '{"format": 9}', "\x1f\x8b", '{"n": 3}'])
def test_what_is_no_report_is_said_in_a_sentence(tmp_path, text):
    (tmp_path / "report.json").write_text(text)
    with pytest.raises(FusionError, match=r"report\.json .*write it"):
        read_report(tmp_path / "report.json")


def test_the_command_compares_two_reports(tmp_path, before, after, capsys):
    for name, one in (("a.json.gz", before), ("b.json.gz", after)):
        write_report(tmp_path / name, one)
    files = [str(tmp_path / "a.json.gz"), str(tmp_path / "b.json.gz")]
    assert main(["compare", *files, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdicts"]["aligned"]["mended"] == 12
    assert main(["compare", *files]) == 0
    told = capsys.readouterr().out
    assert "first (0123456789ab)" in told
    assert "flipped: 8" in told
    assert main(["compare", files[0], str(tmp_path / "none.json")]) == 2
    capsys.readouterr()
    kept = [Correction(first="1f355", second=one.first, main="first", instances=()) for one in before.rows[:5]]
    write_corrections(tmp_path / "kept.jsonl", kept)
    assert main(["compare", *files, "--without", str(tmp_path / "kept.jsonl"), "--json"]) == 0
    left = json.loads(capsys.readouterr().out)
    assert (left["n"], left["verdicts"]["aligned"]["mended"]) == (35, 11), "corrected pairs are left out"


def test_the_command_measures_what_is_no_report(tmp_path, monkeypatch, capsys):
    import torch

    from fusion.cli import compare
    from fusion.model import build_fusion_net
    from fusion.model.weights import save_fusion_net
    from tests.support.fake_teacher import FakeTeacher

    for seed, name in enumerate(("one", "other")):
        torch.manual_seed(seed)
        save_fusion_net(build_fusion_net("fusion", width=4, size=32), tmp_path / name, half=False)
    monkeypatch.setattr(compare, "teacher_for", lambda split, frame, roster: FakeTeacher(frame))
    words = [str(tmp_path / name) for name in ("one", "other")]
    assert main(["compare", *words, "--split", "pairs", "--limit", "6", "--json", "--quiet"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["n"], found["split"]) == (6, "pairs")
    assert found["numbers"]["psnr_true_layout"]["n"] > 0
