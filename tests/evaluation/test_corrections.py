"""Corrections as cases: whether they hold, and failures that become corrections; tiny networks, the fake teacher."""

from __future__ import annotations

import argparse
import hashlib
import json

import numpy as np
import pytest
import torch
from PIL import Image

from fusion.cli import evaluate
from fusion.corrections import PICTURE, Correction, read_corrections, write_corrections
from fusion.data.corrections import CorrectedPairs, corrected_pairs
from fusion.errors import FusionError
from fusion.evaluation.corrections import case_report, failures_as_corrections, measure_corrections
from fusion.evaluation.evaluate import run_evaluation
from fusion.evaluation.report import Row, kind_of
from fusion.model import build_fusion_net
from fusion.model.weights import save_fusion_net
from tests.support.fake_teacher import FakeTeacher

SQUARE, DISC = "square-01", "disc-02"


@pytest.fixture
def net():
    torch.manual_seed(0)
    return build_fusion_net("fusion", width=4, size=32)


def pairs(*corrections: Correction, folder=None) -> CorrectedPairs:
    return CorrectedPairs(corrections, FakeTeacher(), folder)


def own_answer(net, first: str = SQUARE, second: str = DISC, **settings) -> Correction:
    """What ``net`` says of a pair, as a correction."""
    asked = pairs(Correction(first=first, second=second, main="first", instances=()))
    data = asked.collate(asked.pairs, 32)
    with torch.inference_mode():
        own = net.eval()(data.first, data.second)
    placed = [tuple(row) for row, here in zip(own.layout[0].tolist(), own.presence[0], strict=True) if here > 0.5]
    main = ("first", "second")[int(own.main[0])]
    return Correction(first=first, second=second, main=main, instances=tuple(placed), **settings)


def test_what_the_network_says_holds_and_anything_else_does_not(net):
    own = own_answer(net)
    other = "second" if own.main == "first" else "first"
    cases = list(
        measure_corrections(
            net,
            pairs(
                own,
                own.model_copy(update={"main": other}),
                own.model_copy(update={"instances": ((0.2, 0.2, 0.3, 0.3),)}),
                own.model_copy(update={"verdict": "wrong"}),
            ),
            32,
        )
    )
    assert [case.holds for case in cases] == [True, False, False, False]
    assert (cases[0].iou, cases[1].main_ok, cases[1].center_error) == (1.0, False, None)
    assert case_report(cases)["hold"] == 1
    json.dumps(case_report(cases), allow_nan=False)


def test_the_order_in_which_instances_were_kept_does_not_matter(net):
    with torch.no_grad():
        numbers = net.center_aware_scale.head.numbers
        numbers.bias[:12] = torch.tensor([-0.85, -0.85, 0, -0.6, -0.85, -0.85, 0, 0.0, -0.85, -0.85, 0, 0.6])
        numbers.bias[12:15] = 3.0
    own = own_answer(net)
    assert len(own.instances) == 3
    backwards = own.model_copy(update={"instances": own.instances[::-1]})
    assert all(case.holds for case in measure_corrections(net, pairs(own, backwards), 32))


def test_a_network_that_places_nothing_has_no_corrections():
    with pytest.raises(FusionError, match="another"):
        list(measure_corrections(build_fusion_net("unet", width=4, size=32), pairs(), 32))


def test_pictures_lie_beside_the_file_and_are_found_by_what_they_hold(tmp_path, net):
    picture = np.zeros((40, 40, 4), np.uint8)
    picture[10:30, 5:35] = (255, 0, 0, 255)
    Image.fromarray(picture).save(tmp_path / "any name.png")
    (tmp_path / "notes.txt").write_text("no picture")
    key = PICTURE + hashlib.sha256((tmp_path / "any name.png").read_bytes()).hexdigest()
    one = Correction(first=key, second=DISC, main="second", instances=((0.5, 0.5, 0, 0),))
    write_corrections(tmp_path / "mine.jsonl", [one])
    found = corrected_pairs(tmp_path / "mine.jsonl", FakeTeacher())
    data = found.collate(found.pairs, 32)
    assert data.first[0, 0].max() == 1
    assert data.first[0, 1].max() == 0
    # The picture, which is not the main subject, is wider than tall.
    x0, y0, x1, y1 = data.content[0].tolist()
    assert x1 - x0 > y1 - y0
    (tmp_path / "any name.png").unlink()
    with pytest.raises(FusionError, match="beside the corrections"):
        corrected_pairs(tmp_path / "mine.jsonl", FakeTeacher())


def row(**settings) -> Row:
    usual = {"main_ok": 1, "aligned": 1, "iou": 1, "center_error": 0, "scale_error": 0, "count_ok": 1, "switch_ok": 1}
    return Row(SQUARE, DISC, "corner", **usual | settings)


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({}, ""),
        ({"main_ok": 0, "count_ok": 0, "aligned": 0}, "main"),
        ({"count_ok": 0, "aligned": 0}, "count"),
        ({"aligned": 0, "center_error": 0.2, "scale_error": 0.1}, "shifted"),
        ({"aligned": 0, "center_error": 0.01, "scale_error": 0.5}, "size"),
        ({"switch_ok": 0}, "switch"),
        ({"psnr_true_layout": 12.0}, "painted"),
        ({"psnr_true_layout": 30.0}, ""),
        ({"main_ok": float("nan"), "aligned": float("nan"), "count_ok": float("nan"), "switch_ok": float("nan")}, ""),
    ],
)
def test_each_failure_has_one_kind(settings, kind):
    assert kind_of(row(**settings)) == kind


def test_measured_rows_say_how_sure_the_network_was(net):
    rows = list(run_evaluation("pairs", net, 8, teacher=FakeTeacher()))
    assert all(0 < one.confidence <= 1 for one in rows)
    assert {one.count_ok for one in rows} | {one.switch_ok for one in rows} <= {0.0, 1.0}
    assert any(kind_of(one) for one in rows)


def test_failures_become_corrections_with_the_teachers_answer(net):
    rows = [row(main_ok=0, aligned=0), row(), row(psnr_true_layout=3.0)]
    (kept,) = failures_as_corrections(rows, FakeTeacher(), 5, "0123456789ab")
    recipe = FakeTeacher().recipe(SQUARE, DISC)
    assert kept.main == "first"
    assert kept.instances[0] == pytest.approx(recipe.instances[0])
    assert (kept.note, kept.weights) == ("corner: main subject wrong", "0123456789ab")


@pytest.fixture
def command(tmp_path, net, monkeypatch, capsys):
    """Runs ``evaluate`` on the tiny network with the fake teacher; what it printed."""
    save_fusion_net(net, tmp_path / "weights", half=False)
    monkeypatch.setattr(evaluate, "teacher_for", lambda split, frame, roster: FakeTeacher(frame))
    parser = argparse.ArgumentParser()
    evaluate.add_arguments(parser)

    def run(*words):
        common = ["--weights", str(tmp_path / "weights"), "--quiet"]
        assert evaluate.run(parser.parse_args([*map(str, words), *common])) == 0
        return capsys.readouterr().out

    return run


def test_from_failures_to_cases_by_the_command_line(tmp_path, command):
    kept = tmp_path / "failures.jsonl"
    command("--split", "pairs", "--limit", 12, "--keep-failures", 3, kept)
    assert 0 < len(read_corrections(kept)) <= 3
    told = json.loads(command("--corrections", kept, "--json"))
    assert (told["n"], told["hold"]) == (len(read_corrections(kept)), 0)
    text = command("--corrections", kept)
    assert text.count("broken") == told["n"]
    assert f"0 of {told['n']} corrections hold" in text


def test_what_cannot_be_kept_is_said_before_anything_is_measured(command):
    with pytest.raises(FusionError, match="pairs or emoji"):
        command("--split", "style", "--keep-failures", 3, "failures.jsonl")
    with pytest.raises(FusionError, match="how many"):
        command("--split", "pairs", "--keep-failures", "all", "failures.jsonl")
