"""What the layout branch weighed: its distinct hypotheses, first the one it takes, then by probability.

Several of a network's hypotheses often say the same; people want to choose between pictures that differ.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from fusion.alignment import alignment
from fusion.model.center_aware_scale import Hypotheses, LayoutPrediction
from fusion.pipeline.ranking import SHOWN, Ranked, rank

__all__ = ["SHOWN", "Ranked", "Ranking", "alike", "distinct", "shares"]


class Ranking(NamedTuple):
    """``likeliest``: what the network would take; ``distinct``: that one and its alternatives, empty where none."""

    likeliest: LayoutPrediction
    distinct: tuple[Ranked, ...]


def distinct(every: Hypotheses, content: Tensor) -> list[Ranked]:
    """The hypotheses of one pair that people can tell apart; ``content`` (4,): box of the non-main before the warp."""
    return rank(shares(every)[0].cpu().numpy(), alike(every, content[None])[0].cpu().numpy())


def shares(every: Hypotheses) -> Tensor:
    """The probability of each hypothesis: (B, M)."""
    return torch.softmax(every.logit.float(), dim=1)


def alike(every: Hypotheses, content: Tensor) -> Tensor:
    """Which hypotheses say the same as hypothesis m: bool (B, M, M), row m; ``content``: (B, 4).

    Two say the same where their boxes are aligned (DESIGN section 5) and they agree about recolouring.
    """
    batch, m, _ = every.presence_logit.shape
    present, switch = every.presence_logit > 0, every.recolour_logit > 0

    def rows(values: Tensor) -> Tensor:  # (B, M, M, ...): what row m is compared with
        return values[:, None].expand(batch, m, *values.shape[1:]).flatten(0, 2)

    def columns(values: Tensor) -> Tensor:
        return values[:, :, None].expand(batch, m, m, *values.shape[2:]).flatten(0, 2)

    contents = content[:, None, None].expand(batch, m, m, 4).flatten(0, 2)
    agreed = torch.ones_like(contents[:, 0], dtype=torch.bool)
    found = alignment(
        rows(every.layout), rows(present).float(), columns(every.layout), columns(present).float(), contents, agreed
    )
    aligned = found.aligned & (rows(switch) == columns(switch))
    return aligned.view(batch, m, m) | torch.eye(m, dtype=torch.bool, device=content.device)
