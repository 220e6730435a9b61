"""Real stickers among the teacher's pairs: which, how many, and what is learned from those nobody could match."""

from dataclasses import replace

import pytest
import torch

pytest.importorskip("accelerate", reason="training needs requirements-train.txt")

from fusion.data import splits
from fusion.data.loader import STICKER_SHARE
from fusion.kitchen.dataset import FAMILY, KitchenDataset
from fusion.model import build_fusion_net
from fusion.training.criterion import Criterion
from fusion.training.losses import layout_terms
from fusion.training.phases import LAYOUT_WEIGHTS
from tests.support.stickers import CAT, GLOBE, HAT, PIZZA, SCENES, compose, noise, write_folder
from tests.support.tiny_run import IMAGE, LAYOUT, engine


@pytest.fixture
def folder(tmp_path):
    """One sticker that matches and one of noise."""
    place = tmp_path / "kitchen"
    place.mkdir()
    return write_folder(place, {(CAT, HAT): compose(*SCENES[0], size=192), (PIZZA, GLOBE): noise()})


@pytest.fixture
def everything_seen(monkeypatch):
    """The four emoji, and the pairs of them, belong to training."""
    monkeypatch.setattr(splits, "held_out_emoji", frozenset)
    monkeypatch.setattr(splits, "PAIR_SHARE", 0.0)


def test_a_share_of_the_picture_phases_batches_are_stickers(folder, tmp_path, everything_seen):
    training = engine(tmp_path / "run", [replace(LAYOUT, batch=8), replace(IMAGE, batch=8)], kitchen=folder)
    assert FAMILY not in next(training.batches(training.phases[0])).families
    batch = next(training.batches(training.phases[1]))
    assert batch.families.count(FAMILY) == round(STICKER_SHARE * 8)
    assert len(batch) == len(batch.first) == len(batch.target) == 8
    again = next(training.batches(training.phases[1]))
    assert again.keys == batch.keys
    assert torch.equal(again.target, batch.target)


def test_held_out_pairs_are_not_taken(folder, everything_seen, monkeypatch):
    assert len(KitchenDataset(folder, 32, split="train")) == 2
    monkeypatch.setattr(splits, "held_out_emoji", lambda: frozenset({PIZZA}))
    assert [sticker.keys for sticker in KitchenDataset(folder, 32, split="train").stickers] == [(CAT, HAT)]


def both(folder):
    """A batch of the sticker that matches and the one that does not, in this order, and a network."""
    stickers = KitchenDataset(folder, 32)
    rows = {sticker.keys: index for index, sticker in enumerate(stickers.stickers)}
    torch.manual_seed(0)
    return stickers.batch([rows[CAT, HAT], rows[PIZZA, GLOBE]]), build_fusion_net("fusion", width=4, size=32)


def test_what_could_not_be_matched_has_no_say_about_layouts(folder):
    batch, net = both(folder)
    assert batch.layout_known.tolist() == [1, 0]
    seen = net.perceive(batch.first, batch.second)
    seen.main_logit.retain_grad()
    plan = net.plan(seen, batch.main)
    hypotheses = plan.hypotheses
    for value in (hypotheses.layout, hypotheses.presence_logit, hypotheses.logit):
        value.retain_grad()
    sum(layout_terms(seen.main_logit, plan, batch, LAYOUT_WEIGHTS).values()).backward()
    for value in (seen.main_logit, hypotheses.layout, hypotheses.presence_logit, hypotheses.logit):
        assert value.grad[0].abs().sum() > 0
        assert value.grad[1].abs().sum() == 0
    assert net.center_aware_scale.head.numbers.weight.grad is not None


def test_what_could_not_be_matched_is_painted_under_the_networks_own_layout(folder, monkeypatch):
    batch, net = both(folder)
    net.eval()
    with torch.no_grad():
        net.center_aware_scale.head.numbers.weight.normal_(std=0.05)
        own = net(batch.first, batch.second)
        fused = []
        fuse = net.fuse
        monkeypatch.setattr(net, "fuse", lambda *given, **told: fused.append(fuse(*given, **told)) or fused[-1])
        terms = Criterion(net, replace(IMAGE, weights={"l1": 1.0}))(batch)
    assert set(terms) == {"l1"}
    torch.testing.assert_close(fused[0].layout[1], own.layout[1])
    assert torch.equal(fused[0].presence[1], own.presence[1])
    assert fused[0].main[1] == own.main[1]
    torch.testing.assert_close(fused[0].layout[0, 0], batch.layout[0, 0])
