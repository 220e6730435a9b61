"""Attention of the up blocks, the relatives it is compared with, and the bottleneck's global context."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fusion.model.layers import bias_of, start_at_zero


@dataclass
class AttentionMaps:
    """What multiplied the features: ``channel`` (B, C) and ``spatial`` (B, 1, h, w), both in [0, 1]."""

    channel: Tensor
    spatial: Tensor

    @property
    def joint(self) -> Tensor:
        """(B, C, h, w): the product, which is what the features were multiplied by."""
        return self.channel[:, :, None, None] * self.spatial


def global_average(x: Tensor) -> Tensor:
    """Mean of each channel: (B, C, 1, 1)."""
    if torch.is_grad_enabled():
        return F.adaptive_avg_pool2d(x, 1)
    # In two steps, which in bfloat16 is many times faster on a CPU.
    return F.adaptive_avg_pool2d(F.avg_pool2d(x, math.gcd(*x.shape[-2:], 16)), 1)


class PositionalAttentionSE(nn.Module):
    """Joint position-channel attention: channel weights times spatial weights.

    The channel weights are squeezed from the features *and* the positional tensor (global average, two
    1x1 convolutions), the spatial weights are a 3x3 convolution over the positional tensor.

    ``planes``: channels of the positional tensor: 2 as published, 3 with the layout-aware coordinate, whose
    weight starts positive so that a fresh network already looks at the non-main.

    Source: DESIGN section 1, PositionalAttentionSE; squeeze and excitation after Hu et al. 2018.
    """

    def __init__(self, channels: int, planes: int = 2, reduction: int = 16) -> None:
        super().__init__()
        hidden = max(channels // reduction, 4)
        self.squeeze = nn.Conv2d(channels + planes, hidden, 1)
        self.excite = nn.Conv2d(hidden, channels, 1)
        self.spatial = nn.Conv2d(planes, 1, 3, padding=1)
        if planes > 2:
            with torch.no_grad():
                self.spatial.weight[:, 2:].fill_(1 / 9)
                bias_of(self.spatial).fill_(1.0)

    def forward(self, x: Tensor, position: Tensor) -> AttentionMaps:
        """``x``: (B, C, h, w), ``position``: (B or 1, planes, h, w)."""
        where = F.adaptive_avg_pool2d(position, 1).to(x.dtype).expand(x.shape[0], -1, -1, -1)
        pooled = torch.cat([global_average(x), where], dim=1)
        channel = torch.sigmoid(self.excite(F.relu(self.squeeze(pooled)))).flatten(1)
        return AttentionMaps(channel, torch.sigmoid(self.spatial(position)).expand(x.shape[0], -1, -1, -1))


class GlobalContext(nn.Module):
    """Adds to every place of a map what its average over the whole picture says; a fresh one adds nothing.

    A 3x3 convolution of the bottleneck sees a tenth of a large canvas, but which recipe a pair asks for (whose mouth
    stays, in a face swap) is a matter of the whole. Source: global context block, Cao et al. 2019, with plain pooling.
    """

    def __init__(self, channels: int, reduction: int = 4) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(channels, channels // reduction, 1)
        self.excite = nn.Conv2d(channels // reduction, channels, 1)
        start_at_zero(self.excite)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, h, w) to the same."""
        return x + self.excite(F.relu(self.squeeze(global_average(x))))


class SqueezeExcitation(nn.Module):
    """Plain squeeze and excitation (Hu et al. 2018): the ``unet-se`` preset. Position is ignored."""

    def __init__(self, channels: int, reduction: int = 16) -> None:
        super().__init__()
        hidden = max(channels // reduction, 4)
        self.squeeze = nn.Conv2d(channels, hidden, 1)
        self.excite = nn.Conv2d(hidden, channels, 1)

    def forward(self, x: Tensor, position: Tensor) -> AttentionMaps:
        """``x``: (B, C, h, w); the spatial weights are 1 everywhere."""
        channel = torch.sigmoid(self.excite(F.relu(self.squeeze(global_average(x))))).flatten(1)
        return AttentionMaps(channel, channel.new_ones(x.shape[0], 1, *x.shape[-2:]))


class SkipGate(nn.Module):
    """Additive attention gate on a skip connection (Oktay et al. 2018): the ``attention-unet`` preset.

    ``sigmoid(psi(ReLU(W_x x + W_g g)))`` multiplies the skip ``x``; ``g`` is the decoder's map of the same size.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        hidden = max(channels // 2, 1)
        self.skip = nn.Conv2d(channels, hidden, 1, bias=False)
        self.gate = nn.Conv2d(channels, hidden, 1)
        self.psi = nn.Conv2d(hidden, 1, 1)

    def forward(self, skip: Tensor, decoder: Tensor) -> Tensor:
        """Both (B, C, h, w): the skip ``x``, weighted, and the gating ``g``."""
        return skip * torch.sigmoid(self.psi(F.relu(self.skip(skip) + self.gate(decoder))))
