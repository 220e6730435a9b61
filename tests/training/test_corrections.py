"""Corrections in training: mixed into the layout phase alone, the same whenever they are asked for, and learned."""

from __future__ import annotations

import numpy as np
import pytest
import torch

pytest.importorskip("accelerate", reason="training needs requirements-train.txt")

from fusion.corrections import Correction, write_corrections
from fusion.data.corrections import corrected_pairs
from fusion.data.loader import TrainingSteps
from fusion.data.sampler import PairSampler
from fusion.errors import FusionError
from fusion.evaluation.corrections import measure_corrections
from fusion.model.weights import load_fusion_net
from fusion.training.engine import WEIGHTS
from tests.support.fake_teacher import FakeTeacher
from tests.support.tiny_run import LAYOUT, engine
from tests.training.test_train import options, run  # noqa: F401

PAIR = ("square-01", "disc-02")
SHARE = 0.25


def one(first: str = PAIR[0], second: str = PAIR[1], **settings) -> Correction:
    # The teacher would put it half as large into an upper corner of the square.
    usual = {"main": "second", "instances": ((1.2, 0.8, 0.2, 0.0),), "recolour": False}
    return Correction(first=first, second=second, **usual | settings)


@pytest.fixture
def file(tmp_path):
    write_corrections(tmp_path / "mine.jsonl", [one(), one("square-03", "disc-04", verdict="wrong")])
    return tmp_path / "mine.jsonl"


def steps(file, paint: bool = False, **settings) -> TrainingSteps:
    teacher = FakeTeacher()
    source = corrected_pairs(file, teacher)
    return TrainingSteps(
        PairSampler(teacher), 16, 32, paint, (0, 0, 0), corrections=source, correction_share=SHARE, **settings
    )


def test_a_share_of_each_unpainted_batch_is_corrections(file):
    batch = steps(file)[3]
    assert len(batch) == 16
    assert batch.keys[12:] == [PAIR] * 4, "what is only wrong teaches nothing"
    assert batch.families[12:] == ["correction"] * 4
    torch.testing.assert_close(batch.layout[15, 0], torch.tensor([1.2, 0.8, 0.2, 0.0]))
    assert batch.main[12:].tolist() == [1] * 4
    again = steps(file)[3]
    assert all(torch.equal(value, again.tensors()[name]) for name, value in batch.tensors().items())


def test_painted_batches_have_none(file):
    assert PAIR not in steps(file, paint=True)[3].keys


def test_words_reach_corrections_too(file):
    batch = steps(file, words=16)[0]
    assert batch.word_vectors.shape[:2] == (16, 2)


def test_nobody_says_whether_it_is_recoloured(tmp_path):
    write_corrections(tmp_path / "mine.jsonl", [one(recolour=None)])
    drawn = corrected_pairs(tmp_path / "mine.jsonl", FakeTeacher()).draw(2, 32, np.random.default_rng(0))
    assert drawn.recolour_known.tolist() == [0, 0]
    assert drawn.layout_known.tolist() == [1, 1]


def test_a_file_in_which_everything_is_only_wrong_teaches_nothing(tmp_path):
    write_corrections(tmp_path / "mine.jsonl", [one(verdict="wrong")])
    with pytest.raises(FusionError, match="correct some"):
        corrected_pairs(tmp_path / "mine.jsonl", FakeTeacher()).draw(1, 32, np.random.default_rng(0))


def test_what_is_corrected_comes_right(tmp_path, file):
    from dataclasses import replace

    training = engine(tmp_path / "run", [replace(LAYOUT, batch=16, steps=160)], corrections=file, correction_share=0.5)
    pairs = corrected_pairs(file, FakeTeacher())
    before = list(measure_corrections(training.net, pairs, 32))
    training.run()
    after = list(measure_corrections(load_fusion_net(tmp_path / "run" / WEIGHTS), pairs, 32))
    assert (before[0].holds, after[0].holds) == (False, True)
    assert after[0].iou > before[0].iou


def test_from_the_command_line(run, file, tmp_path):  # noqa: F811
    words = ["--corrections", str(file), "--rate", "1e-3"]
    assert run(*words, "--phases", "layout=2steps") == 0
    with pytest.raises(FusionError, match="add layout"):
        run(*words, "--phases", "image-32=1steps", "--out", str(tmp_path / "other"))
    for bad in (["--correction-share", "2"], ["--correction-share", "0"], ["--rate", "0"]):
        with pytest.raises(FusionError, match="between 0 and 1"):
            run(*bad, "--out", str(tmp_path / "other"))
    with pytest.raises(FusionError, match="no file"):
        run("--corrections", str(tmp_path / "none.jsonl"), "--out", str(tmp_path / "other"))


def test_the_rate_is_that_of_every_phase():
    from fusion.cli.train import plan_phases

    phases = plan_phases(options("--out", "x", "--size", "64", "--rate", "3e-4"))
    assert {phase.learning_rate for phase in phases} == {3e-4}
