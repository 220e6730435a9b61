"""The layers that several boxes of the figure share."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Net = TypeVar("Net", bound=nn.Module)


class ConvBlock(nn.Sequential):
    """3x3 convolution + BatchNorm + ReLU: the unit of every box in DESIGN section 1."""

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(inplace=True),
        )


class DoubleConv(nn.Sequential):
    """Two :class:`ConvBlock` in a row; the second may end on another width."""

    def __init__(self, in_channels: int, out_channels: int, last_channels: int | None = None) -> None:
        super().__init__(
            ConvBlock(in_channels, out_channels),
            ConvBlock(out_channels, last_channels or out_channels),
        )


class ResidualDoubleConv(nn.Module):
    """Double convolution with a projected shortcut (He et al. 2016), for the ``res-unet`` preset."""

    def __init__(self, in_channels: int, out_channels: int, last_channels: int | None = None) -> None:
        super().__init__()
        last = last_channels or out_channels
        self.body = nn.Sequential(
            ConvBlock(in_channels, out_channels),
            nn.Conv2d(out_channels, last, 3, padding=1, bias=False),
            nn.BatchNorm2d(last),
        )
        self.shortcut = nn.Sequential(nn.Conv2d(in_channels, last, 1, bias=False), nn.BatchNorm2d(last))

    def forward(self, x: Tensor) -> Tensor:
        """(B, in, h, w) to (B, last, h, w)."""
        return F.relu(self.body(x) + self.shortcut(x))


def bias_of(layer: nn.Conv2d | nn.Linear) -> Tensor:
    """The bias (C,) of a layer that was made with one. Raises ValueError for one without."""
    if layer.bias is None:
        raise ValueError(f"{layer} has no bias")
    return layer.bias


def start_at_zero(layer: nn.Conv2d | nn.Linear) -> None:
    """Let a fresh layer say nothing, whatever comes in: weights and bias 0, in place."""
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(bias_of(layer))


def channels_last(net: Net, device: torch.device) -> Net:
    """``net`` on ``device``, its convolutions' weights channels-last; in place, as ``nn.Module.to``."""
    moved: Net = cast(Any, net).to(device, memory_format=torch.channels_last)  # torch's own types do not know this one
    return moved


def pixel_by_pixel(x: Tensor) -> Tensor:
    """The same map (B, C, H, W), channels-last in memory."""
    if torch.is_grad_enabled() or torch.compiler.is_exporting() or x.device.type != "cpu" or len(x) != 1:
        return x.contiguous(memory_format=torch.channels_last)
    # As a matrix that is turned over, which the CPU does in blocks: half the time of the general copy.
    return x.flatten(2)[0].t().contiguous().view(1, *x.shape[2:], x.shape[1]).permute(0, 3, 1, 2)
