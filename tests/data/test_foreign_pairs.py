"""Pairs in other styles: their own layouts, and only where their family is the one that Noto's drawing gets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from fusion.data import foreign_pairs
from fusion.data.foreign_pairs import FOREIGN_SHARE, ForeignPairs
from fusion.data.loader import TrainingSteps
from fusion.data.sampler import PairSampler
from fusion.emoji.catalog import Catalog
from fusion.errors import FusionError
from tests.support.fake_teacher import FakeTeacher


class Flat:
    """A style that draws discs only, each as one blue block."""

    name = "flat"

    def __contains__(self, key: str) -> bool:
        return key.startswith("disc")

    def take(self, sprites) -> torch.Tensor:
        pictures = torch.zeros(len(sprites), 4, 32, 32, dtype=torch.uint8)
        pictures[:, 2:, 8:24, 8:24] = 255
        return pictures

    def one(self, key: str) -> torch.Tensor:
        return self.take([key])[0]


@pytest.fixture
def sampler(monkeypatch) -> PairSampler:
    """Draws the fake teacher's pairs; the style's truth of every other pair is Noto's, and recoloured."""
    drawn = PairSampler(FakeTeacher(), weights={"any": 0})
    truth = {(pair.first, pair.second): pair.recipe for pair in drawn.draw(400, 0)}

    def recipes_in(_: Path, pairs, frame, roster):
        return [replace(truth[pair], recolour=True) if row % 2 else None for row, pair in enumerate(pairs)]

    monkeypatch.setattr(foreign_pairs, "recipes_in", recipes_in)
    monkeypatch.setattr(Catalog, "style_path", staticmethod(lambda name: Path(name)))
    return drawn


def test_pairs_are_drawn_in_the_style_with_its_truth(sampler):
    foreign = ForeignPairs([Flat()], sampler, "classic", 0, drawn=400)
    batch = foreign.draw(16, np.random.default_rng(0))
    assert len(batch) == 16
    assert all(key.startswith("disc") for pair in batch.keys for key in pair)
    assert (batch.first[:, 2] == batch.first[:, 3]).all()
    assert (batch.recolour == 1).all()
    again = foreign.draw(16, np.random.default_rng(0))
    assert again.keys == batch.keys


def test_they_take_their_share_of_a_batch(sampler):
    foreign = ForeignPairs([Flat()], sampler, "classic", 0, drawn=400)
    steps = TrainingSteps(sampler, 20, 32, False, (0, 0, 0), foreign=foreign)
    batch = steps[2]
    blue = (batch.first[:, 2] == batch.first[:, 3]).flatten(1).all(1)
    assert len(batch) == 20
    assert blue[-round(FOREIGN_SHARE * 20) :].all()
    assert not blue[: -round(FOREIGN_SHARE * 20)].any()
    assert torch.equal(steps[2].first, batch.first)


def test_a_style_without_a_common_pair_is_said(sampler, monkeypatch):
    monkeypatch.setattr(foreign_pairs, "recipes_in", lambda path, pairs, *_: [None] * len(pairs))
    with pytest.raises(FusionError, match="No pair has the same recipe"):
        ForeignPairs([Flat()], sampler, "classic", 0, drawn=20)
