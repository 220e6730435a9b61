"""The averaged weights that a run ends with: an exponential moving average by ``torch.optim.swa_utils``."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from fusion.model import FusionNet

Tensors = tuple[Tensor, ...] | list[Tensor]


class WarmedUpAverage:
    """The step of an average whose decay starts low, so that the first weights are soon forgotten.

    Whole numbers (BatchNorm's count of batches) are copied: they have no average.
    """

    def __init__(self, decay: float) -> None:
        self.decay = decay

    @torch.no_grad()
    def __call__(self, averaged: Tensors, current: Tensors, count: Tensor | int) -> None:
        """Move ``averaged`` towards ``current``, in place."""
        if not averaged[0].is_floating_point():
            torch._foreach_copy_(averaged, current)
            return
        steps = int(count)
        decay = min(self.decay, (1 + steps) / (10 + steps))
        get_ema_multi_avg_fn(decay)(averaged, current, count)


def averaged_net(net: FusionNet, decay: float) -> AveragedModel:
    """An average that begins as ``net``, BatchNorm statistics included; its ``module`` is in evaluation mode."""
    average = AveragedModel(net, multi_avg_fn=WarmedUpAverage(decay), use_buffers=True)
    average.module.eval()
    return average


def net_of(average: AveragedModel) -> FusionNet:
    """The network that an average holds, which torch calls a module of any kind."""
    return cast(FusionNet, average.module)
