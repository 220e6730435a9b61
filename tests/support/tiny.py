"""A fuser with a network small enough for tests, untrained: what is tested is the way through, not the picture."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch

from fusion.pipeline.fuser import Fuser
from fusion.trace import FusionTrace
from tests.support.nets import awake, tiny

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


def unwatched(call: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """What ``call`` gives while nobody counts lines: coverage would look at each of the exporter's, to leave it out."""
    watcher = sys.gettrace()
    sys.settrace(None)
    try:
        return call(*args, **options)
    finally:
        sys.settrace(watcher)


def write_worded_graphs(folder: Path) -> None:
    """Into ``folder`` an untrained network that reads words and names families, and its ONNX graphs."""
    from fusion.model.weights import save_fusion_net
    from fusion.pipeline.engines.export_onnx import export_onnx

    save_fusion_net(awake(tiny(words=64, sentence=True, families="halo,print,aura")), folder / "weights")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.onnx, "export", partial(unwatched, torch.onnx.export))
        export_onnx(folder, folder / "weights", progress=lambda graph: None)
