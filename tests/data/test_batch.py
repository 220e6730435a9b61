"""The stream of pairs: the same for the same seed and step, balanced, and true to its recipes."""

from collections import Counter

import numpy as np
import pytest
import torch

from fusion.data.batch import collate, encode, jitter
from fusion.data.loader import TrainingSteps, loader
from fusion.data.sampler import ANY, PairSampler
from fusion.data.splits import is_training_pair
from fusion.errors import FusionError
from fusion.geometry import STICKER_FRAME, Layout
from fusion.recipes.recipe import Recipe
from fusion.recipes.teacher import Teacher
from tests.support.fake_teacher import FakeTeacher


@pytest.fixture
def sampler():
    return PairSampler(FakeTeacher())


def test_a_step_always_gives_the_same_pairs(sampler):
    assert sampler.draw(16, 0, 5) == PairSampler(FakeTeacher()).draw(16, 0, 5)
    assert sampler.draw(16, 0, 5) != sampler.draw(16, 0, 6)
    assert sampler.draw(16, 0, 5) != sampler.draw(16, 1, 5)


def test_families_come_in_their_shares_and_both_orders(sampler):
    drawn = PairSampler(FakeTeacher(), weights={"corner": 3.0, ANY: 0.0}).draw(800, 0)
    families = Counter(pair.recipe.family for pair in drawn)
    assert families["corner"] / 800 == pytest.approx(0.75, abs=0.06)
    mains = Counter(pair.recipe.main for pair in drawn if pair.recipe.family == "corner")
    assert mains[0] / mains.total() == pytest.approx(0.5, abs=0.08)


def test_training_never_meets_what_is_held_out(sampler):
    drawn = sampler.draw(600, 3)
    assert all(is_training_pair(pair.first, pair.second) for pair in drawn)
    held_out = PairSampler(FakeTeacher(), "pairs").draw(100, 3)
    assert not any(is_training_pair(pair.first, pair.second) for pair in held_out)


def test_no_family_left_is_said():
    with pytest.raises(FusionError, match="weight"):
        PairSampler(FakeTeacher(), weights={"corner": 0, "dyed": 0, ANY: 0})


def test_encode_keeps_the_order_and_fills_with_identity():
    left, right = Layout(0.5, 0.4, 0.1, -0.2), Layout(0.5, 0.4, 0.1, 0.2)
    truth = encode([Recipe("a", 1, (), (left, right)), Recipe("b", 0, (), recolour=True)])
    assert truth["main"].tolist() == [1, 0]
    assert truth["presence"].tolist() == [[1, 1, 0], [0, 0, 0]]
    assert truth["recolour"].tolist() == [0, 1]
    torch.testing.assert_close(truth["layout"][0, :2], torch.tensor([left, right]))
    torch.testing.assert_close(truth["layout"][1], torch.tensor([[1.0, 1, 0, 0]] * 3))


def test_jitter_moves_about_half_of_the_pairs_within_the_frame():
    layout = torch.tensor([1.95, 0.6, 0.34, -0.34]).expand(400, 3, 4)
    moved = jitter(layout, STICKER_FRAME, np.random.default_rng(0))
    changed = (moved != layout).flatten(1).any(1).float().mean()
    assert changed == pytest.approx(0.5, abs=0.08)
    assert moved[..., :2].max() <= 2
    assert moved[..., 2:].abs().max() <= STICKER_FRAME.max_offset + 1e-6
    assert (moved[..., 1] / 0.6).log().abs().max() <= 0.1201


def test_the_target_shows_the_painted_layout_and_the_truth_stays(sampler):
    teacher, drawn = FakeTeacher(), sampler.draw(24, 0)
    batch = collate(drawn, teacher, 32, generator=np.random.default_rng(1))
    torch.testing.assert_close(batch.layout, encode([pair.recipe for pair in drawn])["layout"])
    assert (batch.layout != batch.painted_layout).any()
    torch.testing.assert_close(batch.target, teacher.paint([pair.recipe for pair in drawn], 32, batch.painted_layout))
    assert batch.first.shape == batch.target.shape == (24, 4, 32, 32)
    assert batch.target.min() >= 0
    assert batch.target.max() <= 1


def test_the_content_box_is_the_non_mains():
    teacher = FakeTeacher()
    pair = PairSampler(teacher, weights={"dyed": 0, ANY: 0}).draw(1, 0)[0]
    batch = collate([pair], teacher, 64, paint=False)
    assert batch.target is None
    x0, _, x1, _ = batch.content[0].tolist()
    assert x1 - x0 == pytest.approx(0.5**0.5, abs=0.04)  # the disc's radius is half of that in [-1, 1]


def test_prepared_ahead_or_on_demand_is_the_same(sampler):
    steps = TrainingSteps(sampler, 4, 32, True, (0, 0, 0))
    ahead, demanded = list(loader(steps, 2, 5, workers=1)), list(loader(steps, 2, 5, workers=0))
    assert len(ahead) == 3
    for a, b in zip(ahead, demanded, strict=True):
        assert a.keys == b.keys
        torch.testing.assert_close(a.target, b.target, rtol=0, atol=0)


def test_the_real_teacher_makes_batches():
    teacher = Teacher()
    batch = collate(PairSampler(teacher).draw(4, 0), teacher, 32, generator=np.random.default_rng(0))
    assert batch.first.amax((1, 2, 3)).min() > 0.2
    assert batch.target.amax((1, 2, 3)).min() > 0.2
    assert (batch.target[:, :3] <= batch.target[:, 3:] + 1e-3).all()
