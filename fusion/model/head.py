"""The output heads: the published one, and the gated alpha-over that lets the aligned inputs through."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from fusion.model.aligned import Aligned, stack_instances
from fusion.model.config import FusionConfig
from fusion.model.image_space import from_rgba
from fusion.model.layers import start_at_zero

OPEN = 2.0
"""Logit at which a gate starts; rescaled so that it is exactly 1 there and can only close. The correction's mask starts
as far on the other side."""


def gate(logits: Tensor) -> Tensor:
    """Gates in (0, 1], exactly 1 at logit 0 and above.

    The gradient is that of the sigmoid throughout: with the clamp's own, a gate that has once gone above its
    bound would never learn to close.
    """
    free = torch.sigmoid(logits + OPEN) * (1 + math.exp(-OPEN))
    return free.clamp_max(1).detach() + (free - free.detach())


@dataclass
class HeadOutput:
    """``image`` (B, C, H, W); gates (B, 1 + K, H, W) and correction (B, C, H, W) where the head has them.

    The image is in the preset's own image space, not clamped; gates lie in (0, 1], the correction in [-1, 1].
    """

    image: Tensor
    gates: Tensor | None = None
    correction: Tensor | None = None


class DirectHead(nn.Module):
    """1x1 conv, tanh or sigmoid; with ``residual`` added to the plain composite.

    Values in [-1, 1] for RGB, [0, 1] for RGBA. Source: DESIGN section 1, output.
    """

    def __init__(self, config: FusionConfig) -> None:
        super().__init__()
        self.config = config
        self.conv = nn.Conv2d(config.head_channels, config.image_channels, 1)
        if config.output == "residual":
            start_at_zero(self.conv)

    def forward(self, features: Tensor, aligned: Aligned) -> HeadOutput:
        """``features``: (B, head_channels, H, W), which the decoder makes of the ``aligned`` pair."""
        logits = self.conv(features).float()
        if self.config.output == "residual":
            composite = from_rgba(aligned.composite, self.config.has_alpha)
            return HeadOutput(composite + torch.tanh(logits), correction=torch.tanh(logits))
        unit = (torch.tanh(logits) + 1) / 2 if self.config.output_activation == "tanh" else torch.sigmoid(logits)
        return HeadOutput(unit if self.config.has_alpha else 2 * unit - 1)


class AlphaOverHead(nn.Module):
    """Gated alpha-over of the aligned inputs plus a learned correction; the identity at the start.

    ``w = over of g_k * instance_k``, ``out = w + g_main * main * (1 - alpha(w)) + m * tanh(delta)``, where the
    main is mixed with its recoloured self by one more gate, behind the recolour switch, and the mask ``m`` says
    where there is something to correct. Without a mask, what ``delta`` learns for one place costs all the others,
    which were right, and it stays at zero.

    Source: DESIGN section 2 (gated alpha-over, recolour switch); masked colour regression after Pumarola et al. 2018
    (GANimation).
    """

    def __init__(self, config: FusionConfig) -> None:
        super().__init__()
        self.instances = config.instances
        self.channels = [config.image_channels, 1, 1 + self.instances, int(config.recolour)]
        self.conv = nn.Conv2d(config.head_channels, sum(self.channels), 1)
        start_at_zero(self.conv)

    def forward(self, features: Tensor, aligned: Aligned) -> HeadOutput:
        """``features``: (B, head_channels, H, W), which the decoder makes of the ``aligned`` pair."""
        # Channel by channel in memory, as the pictures are. Splitting, not slicing: the gradient of a slice is a
        # whole map of zeros.
        logits = self.conv(features).float().contiguous()
        delta, mask, keep, repaint = logits.split(self.channels, dim=1)
        correction = torch.sigmoid(mask - OPEN) * torch.tanh(delta)
        gates = gate(keep)
        keep_main, keep_instances = gates.split([1, self.instances], dim=1)
        main = aligned.main
        if aligned.recoloured is not None:
            main = main + gate(repaint) * aligned.recolour[:, None, None, None] * (aligned.recoloured - main)
        layer = stack_instances(aligned.instances * keep_instances[:, :, None])
        image = layer + keep_main * main * (1 - layer[:, 3:]) + correction
        return HeadOutput(image, gates, correction)


def build_head(config: FusionConfig) -> DirectHead | AlphaOverHead:
    """The head that ``config.output`` names; all of them take the same two arguments."""
    return AlphaOverHead(config) if config.output == "alpha-over" else DirectHead(config)
