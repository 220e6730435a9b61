"""Nudged emoji: the network has to place them as before, so the picture of both is the same, moved."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fusion.data.batch import Batch, collate
from fusion.data.nudges import carried, draw_moves, nudge
from fusion.data.sampler import PairSampler
from fusion.geometry import content_box, over, warp
from fusion.recipes.teacher import Teacher

MOVES = torch.tensor([[0.9, 0.9, 0.05, -0.04], [1.1, 1.1, -0.03, 0.02]])


@pytest.fixture(scope="module")
def teacher() -> Teacher:
    return Teacher(roster="taste")


def pairs(teacher: Teacher, count: int = 24) -> Batch:
    return collate(PairSampler(teacher).draw(count, 1), teacher, 64, paint=False)


def test_the_picture_of_both_moves_as_a_whole():
    generator = torch.Generator().manual_seed(0)
    blobs = torch.nn.functional.avg_pool2d(torch.rand(2, 4, 68, 68, generator=generator), 5, 1)
    blobs = torch.nn.functional.pad(blobs, [16] * 4)
    main, other = blobs.split(1)
    layout = torch.tensor([[0.5, 0.5, 0.1, -0.08]])
    before = over(warp(other, layout), main)
    moved_main, moved_other = warp(main, MOVES[:1]), warp(other, MOVES[1:])
    after = over(warp(moved_other, carried(layout, MOVES[:1], MOVES[1:])), moved_main)
    error = (after - warp(before, MOVES[:1])).abs()
    assert error.mean() < 0.005, "but for what drawing it in other steps makes of its edges"
    assert error.max() < 0.15
    assert (after - before).abs().mean() > 0.03


def test_what_is_not_moved_stays_and_layouts_follow_the_rest(teacher):
    plain, moved = pairs(teacher), pairs(teacher)
    reach = teacher.frame.max_offset
    nudge(moved, 0.0, reach, np.random.default_rng(0))
    for name, value in plain.tensors().items():
        torch.testing.assert_close(getattr(moved, name), value)
    nudge(moved, 1.0, reach, np.random.default_rng(0))
    there = plain.presence > 0
    assert (moved.layout != plain.layout)[there].any(1).all()
    assert torch.equal(moved.layout[~there], plain.layout[~there])
    assert moved.layout[..., 2:].abs().max() <= reach + 1e-6
    other = torch.where((moved.main == 0)[:, None, None], moved.second[:, 3], moved.first[:, 3])
    torch.testing.assert_close(moved.content, content_box(other))
    assert torch.equal(moved.main, plain.main)


def test_a_share_is_moved():
    moves = draw_moves(2000, 0.3, np.random.default_rng(0))
    moved = (moves != torch.tensor([1.0, 1.0, 0.0, 0.0])).any(1)
    assert moved.float().mean() == pytest.approx(0.3, abs=0.04)
    assert (moves[:, 0] == moves[:, 1]).all()
