"""A fuser with a network small enough for tests, untrained: what is tested is the way through, not the picture."""

from __future__ import annotations

import torch

from fusion.pipeline.fuser import Fuser
from fusion.trace import FusionTrace
from tests.support.nets import tiny

SIZE = 64
FACE, PIZZA = "😀", "🍕"


def tiny_fuser(preset: str = "fusion", **settings: object) -> Fuser:
    """An untrained fuser, not accelerated."""
    return Fuser(net=tiny(preset, **settings), device="cpu", quick=False)


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


def fuse(fuser: Fuser, first: str = FACE, second: str = PIZZA, **settings: object) -> FusionTrace:
    """A small fusion, without the teacher unless it is asked for."""
    return fuser.fuse(first, second, **{"size": SIZE, "teacher": False} | settings)
