"""A fuser with a network small enough for tests, untrained: what is tested is the way through, not the picture."""

from __future__ import annotations

import torch

from fusion.model import FusionNet, build_fusion_net
from fusion.pipeline.fuser import Fuser
from fusion.trace import FusionTrace

SIZE = 64
FACE, PIZZA = "😀", "🍕"


def tiny_net(preset: str = "fusion", **settings) -> FusionNet:
    torch.manual_seed(0)
    return build_fusion_net(preset, width=4, **settings).eval()


def tiny_fuser(preset: str = "fusion", **settings) -> Fuser:
    return Fuser(net=tiny_net(preset, **settings), device="cpu", quick=False)


def want(fuser: Fuser, present: int = 1, recolour: bool = False) -> Fuser:
    """Make an untrained network ask for so many instances, side by side, and for the recolour path or not."""
    numbers = fuser.net.center_aware_scale.head.numbers
    with torch.no_grad():
        for parameter in numbers.parameters():
            parameter.zero_()
        k = fuser.net.config.instances
        for index in range(k):
            numbers.bias[4 * index : 4 * index + 2] = -0.85
            numbers.bias[4 * index + 3] = -0.6 + 0.6 * index
        numbers.bias[4 * k : 5 * k] = torch.tensor([3.0] * present + [-3.0] * (k - present))
        numbers.bias[5 * k] = 3.0 if recolour else -3.0
    return fuser


def fuse(fuser: Fuser, first=FACE, second=PIZZA, **settings) -> FusionTrace:
    """A small fusion, without the teacher unless it is asked for."""
    return fuser.fuse(first, second, **{"size": SIZE, "teacher": False} | settings)
