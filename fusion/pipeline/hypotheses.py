"""What the layout branch weighed: its distinct hypotheses, first the one it takes, then by probability.

Several of a network's hypotheses often say the same; people want to choose between pictures that differ.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from fusion.alignment import alignment
from fusion.model.center_aware_scale import Hypotheses, LayoutPrediction

SHOWN = 3
"""So many at most, however unlikely: a network that knows its pair is nearly certain, and its other hypotheses make
stickers all the same."""


class Ranked(NamedTuple):
    """``index``: of the hypothesis in the network; ``probability``: of all those that place the boxes like it."""

    index: int
    probability: float


class Ranking(NamedTuple):
    """``likeliest``: what the network would take; ``distinct``: that one and its alternatives, empty where none."""

    likeliest: LayoutPrediction
    distinct: tuple[Ranked, ...]


def distinct(every: Hypotheses, content: Tensor) -> list[Ranked]:
    """The hypotheses of one pair that people can tell apart; ``content`` (4,): box of the non-main before the warp.

    Two say the same where their boxes are aligned (DESIGN section 5) and they agree about recolouring.
    """
    left = torch.softmax(every.logit[0].float(), 0)
    layouts, present, switch = every.layout[0], every.presence_logit[0] > 0, every.recolour_logit[0] > 0
    contents, agreed = content.expand(len(left), 4), torch.ones_like(left, dtype=torch.bool)
    found: list[Ranked] = []
    while len(found) < SHOWN:
        best = int(left.argmax())
        if left[best] <= 0:
            break
        truth = layouts[best].expand_as(layouts), present[best].float().expand_as(present)
        same = alignment(layouts, present.float(), *truth, contents, agreed).aligned & (switch == switch[best])
        same[best] = True
        found.append(Ranked(best, float(left[same].sum())))
        left = left.masked_fill(same, 0.0)
    return found[:1] + sorted(found[1:], key=lambda one: -one.probability)
