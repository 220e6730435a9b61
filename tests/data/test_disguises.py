"""Disguised emoji: other drawings of the same thing at the same place, and the truth stays."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fusion.data.batch import Batch, collate
from fusion.data.disguises import bent, disguise, hue_matrix, recoloured, simplified, within
from fusion.data.loader import TrainingSteps
from fusion.data.sampler import PairSampler
from fusion.geometry import content_box
from tests.support.fake_teacher import FakeTeacher


def pairs(count: int = 64) -> Batch:
    teacher = FakeTeacher()
    return collate(PairSampler(teacher, weights={"any": 0}).draw(count, 0), teacher, 32, paint=False)


def test_pictures_change_within_their_range_and_the_truth_stays():
    plain, changed = pairs(), pairs()
    disguise(changed, 1.0, np.random.default_rng(0))
    for before, after in ((plain.first, changed.first), (plain.second, changed.second)):
        assert (before != after).flatten(1).any(1).all()
        assert after.min() >= 0
        assert (after[:, :3] <= after[:, 3:] + 1e-6).all(), "premultiplied"
        overlap = torch.minimum(before[:, 3], after[:, 3]).sum((1, 2)) / before[:, 3].sum((1, 2))
        assert overlap.min() > 0.6, "it stays where it was"
    for name in ("main", "layout", "presence", "recolour"):
        assert torch.equal(getattr(plain, name), getattr(changed, name))
    other = torch.where((changed.main == 0)[:, None, None], changed.second[:, 3], changed.first[:, 3])
    torch.testing.assert_close(changed.content, content_box(other))


def test_a_share_is_disguised_and_none_without():
    plain, changed = pairs(400), pairs(400)
    disguise(changed, 0.3, np.random.default_rng(0))
    share = (plain.first != changed.first).flatten(1).any(1).float().mean()
    assert share == pytest.approx(0.3, abs=0.07)
    untouched = pairs(400)
    disguise(untouched, 0.0, np.random.default_rng(0))
    assert torch.equal(untouched.first, plain.first)


def test_grey_keeps_its_hue_and_colours_turn():
    for turn in (0.0, 1.0, 3.0):
        grey = hue_matrix(turn, 1.2, 0.7) @ np.full(3, 0.5)
        np.testing.assert_allclose(grey, 0.35, atol=1e-9)
    np.testing.assert_allclose(hue_matrix(0.0, 1.0, 1.0), np.eye(3), atol=1e-9)
    third = hue_matrix(2 * np.pi / 3, 1.0, 1.0) @ np.array([1.0, 0.0, 0.0])
    assert third.argmax() == 1, "a third of the circle on, red has become green"


def test_each_step_alone_does_what_it_says():
    pictures = pairs(64).first
    assert torch.equal(recoloured(pictures, np.random.default_rng(0))[:, 3], pictures[:, 3])
    moved = bent(pictures, np.random.default_rng(0))
    assert (moved[:, 3] != pictures[:, 3]).flatten(1).any(1).all()
    flat = within(pictures.mean((2, 3), keepdim=True), pictures)
    for picture in flat[:4]:
        solid = picture[:3, picture[3] == 1]
        assert solid.std(1).max() < 1e-6, "one colour"
    assert torch.equal(simplified(pictures, np.random.default_rng(0))[:, 3], pictures[:, 3])


def test_steps_stay_a_function_of_their_number():
    plain = TrainingSteps(PairSampler(FakeTeacher()), 8, 32, False, (0, 0, 0))
    steps = TrainingSteps(PairSampler(FakeTeacher()), 8, 32, False, (0, 0, 0), disguises=0.5)
    assert torch.equal(steps[3].first, steps[3].first)
    assert not torch.equal(steps[3].first, plain[3].first)
