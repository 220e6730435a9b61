"""How far the ONNX graphs' pictures lie from the network's own: the plain one, not its accelerated copy."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fusion.emoji.catalog import Catalog
from fusion.model.weights import load_fusion_net, locate_weights
from fusion.pipeline.engines.onnx import OnnxFuser
from fusion.pipeline.fuser import Fuser

TOLERANCE = 2 / 255
"""Largest difference that any pixel may show."""
SIZES = (256, 64, 368, 512)
"""One of four pairs is fused at another size than the usual one."""


class Parity(NamedTuple):
    """How alike both are.

    ``worst``: largest difference of any pixel of ``pairs`` pictures, of 255; ``decisions``: how many pairs agree about
    main subject, presence and number of hypotheses. ``milliseconds``: median of a fusion at 256 pixels, by engine.
    """

    pairs: int
    worst: float
    decisions: int
    milliseconds: dict[str, float]

    def __str__(self) -> str:
        times = ", ".join(f"{engine} {ms:.0f} ms" for engine, ms in self.milliseconds.items())
        return (
            f"{self.pairs} pairs: largest difference {self.worst:.4f}/255, decisions alike in {self.decisions}; {times}"
        )


def parity(folder: Path | None, weights: str | os.PathLike | None, pairs: int, seed: int = 0) -> Parity:
    """Fuse ``pairs`` pairs of the catalogue, by that seed, through both."""
    source = locate_weights(weights)
    plain, graphs = Fuser(net=load_fusion_net(source), device="cpu", quick=False), OnnxFuser(folder)
    quick = Fuser(net=load_fusion_net(source), device="cpu")
    keys = [emoji.key for emoji in Catalog.default()]
    generator = np.random.default_rng(seed)
    engines: dict[str, Fuser | OnnxFuser] = {"torch": plain, "torch, accelerated": quick, "onnx": graphs}
    times: dict[str, list[float]] = {name: [] for name in engines}
    worst, alike = 0.0, 0
    for number in range(pairs):
        pair = [keys[n] for n in generator.choice(len(keys), 2, replace=False)]
        size = SIZES[number // 4 % 4] if number % 4 == 3 else SIZES[0]
        traces = []
        for name, engine in engines.items():
            start = time.perf_counter()
            traces.append(engine.fuse(*pair, size=size, teacher=False))
            if size == SIZES[0]:
                times[name].append(1000 * (time.perf_counter() - start))
        wanted, _, found = traces
        worst = max(worst, float(np.abs(wanted.output - found.output).max()) * 255)
        alike += (
            wanted.main == found.main
            and np.array_equal(wanted.effective.presence, found.effective.presence)
            and len(wanted.hypotheses) == len(found.hypotheses)
        )
    return Parity(pairs, worst, alike, {name: float(np.median(each)) for name, each in times.items()})
