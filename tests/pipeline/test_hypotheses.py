"""Hypotheses that people can tell apart: alike ones count as one."""

import torch

from fusion.model.center_aware_scale import Hypotheses
from fusion.pipeline.hypotheses import SHOWN, distinct

CONTENT = torch.tensor([0.1, 0.1, 0.9, 0.9])
HERE, NEAR, THERE = (0.5, 0.5, 0.0, 0.0), (0.52, 0.5, 0.01, 0.0), (0.5, 0.5, 0.3, 0.2)


def weighed(layouts, shares, switches=None, present=None):
    """Hypotheses of one pair with one instance each."""
    count = len(layouts)
    return Hypotheses(
        logit=torch.tensor([shares]).log(),
        layout=torch.tensor(layouts)[None, :, None],
        presence_logit=torch.tensor(present or [5.0] * count)[None, :, None],
        recolour_logit=torch.tensor(switches or [-5.0] * count)[None],
    )


def test_alike_ones_count_as_one():
    found = distinct(weighed([HERE, THERE, NEAR], [0.5, 0.3, 0.2]), CONTENT)
    assert [one.index for one in found] == [0, 1]
    torch.testing.assert_close(torch.tensor([one.probability for one in found]), torch.tensor([0.7, 0.3]))


def test_recolouring_and_absence_make_a_difference():
    assert len(distinct(weighed([HERE, HERE], [0.6, 0.4], switches=[5.0, -5.0]), CONTENT)) == 2
    assert len(distinct(weighed([HERE, HERE], [0.6, 0.4], present=[5.0, -5.0]), CONTENT)) == 2
    assert len(distinct(weighed([HERE, HERE], [0.6, 0.4]), CONTENT)) == 1


def test_no_more_than_enough_but_unlikely_ones_too():
    assert len(distinct(weighed([HERE, THERE], [0.99999, 0.00001]), CONTENT)) == 2
    places = [(0.3, 0.3, y, x) for y in (-0.3, 0.0, 0.3) for x in (-0.3, 0.3)]
    found = distinct(weighed(places, [1 / 6] * 6), CONTENT)
    assert len(found) == SHOWN
    assert len({one.index for one in found}) == SHOWN
