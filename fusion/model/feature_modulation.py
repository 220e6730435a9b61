"""FeatureModulation: what a recipe's family changes about every map of the U-Net."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fusion.model.layers import start_at_zero


class FeatureModulation(nn.Module):
    """One scale and one shift of each channel, looked up by family; a fresh one changes nothing.

    A layout alone does not say whether the other emoji is pasted, cut out, printed or repainted; the family does.
    Source: FiLM, Perez et al. 2018, "Visual Reasoning with a General Conditioning Layer".
    """

    def __init__(self, families: int, channels: int) -> None:
        super().__init__()
        self.numbers = nn.Linear(families, 2 * channels)
        start_at_zero(self.numbers)

    def forward(self, x: Tensor, family: Tensor) -> Tensor:
        """``x``: (B, C, h, w); ``family``: (B, families), one-hot, a row of zeros where nothing is told."""
        scale, shift = self.numbers(family).to(x.dtype)[:, :, None, None].chunk(2, dim=1)
        return torch.addcmul(shift, x, 1 + scale)
