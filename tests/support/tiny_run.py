"""A very small training run with the fake teacher, for tests: ``python tiny_run.py OUT STEPS [--resume]``."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import torch

from fusion.model import build_fusion_net
from fusion.training.engine import Engine
from fusion.training.phases import Phase, schedule
from fusion.training.runtime import TrainConfig
from tests.support.fake_teacher import FakeTeacher

LAYOUT, IMAGE = (replace(phase, size=32, batch=4) for phase in schedule("fusion", 64))


def phases(layout: int = 4, image: int = 4) -> list[Phase]:
    return [replace(LAYOUT, steps=layout), replace(IMAGE, steps=image)]


def engine(out: Path, chosen: list[Phase] | None = None, **settings) -> Engine:
    torch.manual_seed(0)
    net = build_fusion_net("fusion", width=4, size=32)
    defaults = {"workers": 0, "samples": 0, "log_every": 1, "device": "cpu", "progress": False, "precision": "no"}
    return Engine(net, chosen or phases(), FakeTeacher(), TrainConfig(out, **(defaults | settings)))


if __name__ == "__main__":
    out, steps = Path(sys.argv[1]), int(sys.argv[2])
    run = engine(out, phases(steps, steps), checkpoint_seconds=0)
    if "--resume" in sys.argv:
        run.restore()
    run.run()
