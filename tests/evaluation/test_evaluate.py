"""Evaluation: fixed pairs, honest figures, the report's names."""

import argparse
import json
import math

import pytest
import torch

from fusion.alignment import alignment
from fusion.cli import evaluate
from fusion.data.splits import is_held_out_pair
from fusion.errors import FusionError
from fusion.evaluation.evaluate import evaluation_pairs, run_evaluation
from fusion.evaluation.metrics import PSNR_CEILING
from fusion.evaluation.report import Row, alignment_rank, picture_rank, report, worst
from fusion.model import build_fusion_net
from fusion.model.weights import save_fusion_net
from tests.support.fake_teacher import FakeTeacher


@pytest.fixture
def net():
    torch.manual_seed(0)
    return build_fusion_net("fusion", width=4, size=32)


def rows(net, limit=12, **settings):
    return list(run_evaluation("pairs", net, limit, teacher=FakeTeacher(), **settings))


def test_pairs_are_held_out_fixed_and_balanced():
    pairs = evaluation_pairs("pairs", 12, FakeTeacher())
    assert all(is_held_out_pair(pair.first, pair.second) for pair in pairs)
    assert pairs == evaluation_pairs("pairs", 12, FakeTeacher())
    assert [pair.recipe.family for pair in pairs].count("corner") == 6
    assert len({frozenset((pair.first, pair.second)) for pair in pairs}) == 12


def test_a_smaller_set_begins_a_larger_one():
    assert evaluation_pairs("pairs", 20, FakeTeacher())[:8] == evaluation_pairs("pairs", 8, FakeTeacher())


def test_unseen_emoji_are_in_every_pair_of_their_split(monkeypatch):
    unseen = {"disc-03", "square-05", "square-07"}
    monkeypatch.setattr("fusion.data.splits.held_out_emoji", lambda: unseen)
    for pair in evaluation_pairs("emoji", 12, FakeTeacher()):
        assert unseen & {pair.first, pair.second}


def test_an_untrained_network_is_the_composite(net):
    for row in rows(net):
        if row.family == "corner":
            assert row.psnr_true_layout == pytest.approx(PSNR_CEILING, abs=0.1)
            assert row.composite_psnr == pytest.approx(PSNR_CEILING, abs=0.1)
            assert row.average_psnr < 30
        assert row.psnr_own_layout == pytest.approx(row.composite_psnr_own, abs=0.1)


def test_the_own_layout_is_measured_and_not_the_true_one(net):
    with torch.no_grad():
        net.center_aware_scale.head.numbers.bias[:2] = 3.0
    corner = [row for row in rows(net) if row.family == "corner"]
    assert all(row.iou < 0.75 for row in corner)
    assert all(row.psnr_own_layout < row.psnr_true_layout - 3 for row in corner)


def test_evaluation_can_be_cancelled(net):
    running = run_evaluation("pairs", net, 12, teacher=FakeTeacher(), batch=2)
    assert isinstance(next(running), Row)
    running.close()


def test_the_report_has_the_names_of_the_design(net):
    result = report(rows(net))
    names = (
        "n main_accuracy alignment_accuracy iou psnr_true_layout psnr_own_layout ssim_own_layout perceptual_own_layout"
    )
    for part in (result, *result["families"].values()):
        assert set(names.split()) <= set(part)
        assert {"average_psnr", "composite_psnr"} <= set(part["baselines"])
        assert part["perceptual_own_layout"] is None
    assert result["n"] == sum(part["n"] for part in result["families"].values()) == 12
    json.dumps(result, allow_nan=False)


def test_a_perceptual_distance_is_passed_on(net):
    found = rows(net, 4, perceptual=lambda a, b: (a - b).abs().mean((1, 2, 3)))
    assert all(0 <= row.perceptual_own_layout < 1 for row in found)


@pytest.mark.parametrize("preset", ["unet-se-po", "unet"])
def test_other_presets_are_measured_too(preset):
    torch.manual_seed(0)
    found = rows(build_fusion_net(preset, width=4, size=32), 6)
    assert all(math.isfinite(row.psnr_true_layout) and math.isfinite(row.psnr_own_layout) for row in found)
    assert all(math.isnan(row.iou) == (preset == "unet") for row in found)


def test_swapping_leaves_an_antisymmetric_detector_in_agreement(net):
    torch.nn.init.normal_(net.center_detector.head.numbers.weight, std=1e6)  # far from undecided
    free = [row for row in rows(net) if not math.isnan(row.swap_main)]
    assert free
    assert all(row.swap_main == 1 for row in free)
    assert all(row.swap_psnr > 40 for row in free)


def test_the_worst_come_first():
    def row(value):
        return Row("a", "b", "f", 1, 1, value / 50, 0, 0, psnr_own_layout=value)

    assert [r.psnr_own_layout for r in worst([row(30), row(10), row(20)], picture_rank, 2)] == [10, 20]


def test_the_worst_aligned_miss_the_box_and_then_the_centre():
    rows = [(0.5, 0.1), (0.0, 0.1), (0.0, 0.3), (None, None), (0.9, 0.0)]
    ranked = worst(rows, lambda row: alignment_rank(*row), 5)
    assert ranked == [(None, None), (0.0, 0.3), (0.0, 0.1), (0.5, 0.1), (0.9, 0.0)]


def test_alignment_needs_main_and_number():
    layout = torch.tensor([[[0.5, 0.5, 0.0, 0.0]] * 3])
    content, one = torch.tensor([[0.1, 0.1, 0.9, 0.9]]), torch.tensor([[1.0, 0, 0]])
    right, wrong = torch.tensor([True]), torch.tensor([False])
    assert alignment(layout, one, layout, one, content, right).aligned.item()
    assert not alignment(layout, one, layout, one, content, wrong).aligned.item()
    assert not alignment(layout, torch.ones(1, 3), layout, one, content, right).aligned.item()


def run_command(tmp_path, net, monkeypatch, *arguments):
    save_fusion_net(net, tmp_path / "weights")
    monkeypatch.setattr(evaluate, "teacher_for", lambda split, frame, roster: FakeTeacher(frame))
    parser = argparse.ArgumentParser()
    evaluate.add_arguments(parser)
    common = ["--split", "pairs", "--limit", "4", "--weights", str(tmp_path / "weights"), "--quiet"]
    return evaluate.run(parser.parse_args([*common, *arguments]))


def test_the_command_prints_json_and_draws_the_worst(tmp_path, net, monkeypatch, capsys):
    assert run_command(tmp_path, net, monkeypatch, "--json", "--sheet", str(tmp_path / "worst.png")) == 0
    assert json.loads(capsys.readouterr().out)["n"] == 4
    assert (tmp_path / "worst.png").stat().st_size > 500


def test_bad_numbers_are_named(tmp_path, net, monkeypatch):
    for arguments in (["--limit", "0"], ["--size", "100"]):
        with pytest.raises(FusionError, match="at least"):
            run_command(tmp_path, net, monkeypatch, *arguments)


def test_a_missing_style_says_what_to_do(net, monkeypatch, tmp_path):
    monkeypatch.setattr("fusion.emoji.catalog.STYLES", tmp_path)
    from fusion.emoji.catalog import Catalog

    Catalog.style.cache_clear()
    with pytest.raises(FusionError, match="fetch_styles"):
        next(run_evaluation("style", net, 4))
