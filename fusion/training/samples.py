"""Sample sheets: held-out pairs under the averaged weights, as a picture and in figures."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from fusion.alignment import alignment
from fusion.data.batch import Batch, collate
from fusion.data.sampler import PairSampler, PairTeacher
from fusion.data.words import add_words
from fusion.evaluation.contact_sheet import own_output, write_sheet
from fusion.evaluation.metrics import psnr
from fusion.model import FusionNet, FusionOutput

SPLIT = "pairs"


class Samples:
    """The same ``count`` held-out pairs each time, as batches of each size that is asked for."""

    def __init__(self, teacher: PairTeacher, count: int, device: torch.device) -> None:
        self.teacher, self.count, self.device = teacher, count, device
        self.batches: dict[int, Batch] = {}

    def batch(self, size: int, words: int = 0) -> Batch:
        """The pairs at ``size`` pixels a side; ``words``: dimensions of the vectors of their names, 0 for none."""
        if size not in self.batches:
            drawn = PairSampler(self.teacher, SPLIT).draw(self.count, 0)
            batch = collate(drawn, self.teacher, size)
            add_words(batch, words)
            self.batches[size] = batch.to(self.device)
        return self.batches[size]

    def show(self, net: FusionNet, size: int, path: Path) -> dict[str, float]:
        """Write the sheet of ``net`` (in evaluation mode) to ``path``; returns its figures."""
        batch = self.batch(size, net.config.words)
        output = own_output(net, batch)
        write_sheet(path, net, batch, output)
        return {name: round(float(value), 4) for name, value in figures(net, output, batch).items()}


def figures(net: FusionNet, output: FusionOutput, batch: Batch) -> dict[str, Tensor]:
    """How well ``output`` aligns and paints, averaged over the pairs of ``batch``: scalars."""
    main_ok = output.main == batch.main
    found = alignment(output.layout, output.presence, batch.layout, batch.presence, batch.content, main_ok)
    return {
        "main": main_ok.float().mean(),
        "iou": found.iou.mean(),
        "aligned": found.aligned.float().mean(),
        "psnr": psnr(net.to_rgba(output.image.float()), batch.painted_target).mean(),
        "psnr_composite": psnr(output.composite.float(), batch.painted_target).mean(),
    }
