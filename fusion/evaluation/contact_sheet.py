"""Sheets of pictures for looking at a network: inputs, composite, target and output, one pair a row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from fusion.colour import on_white
from fusion.data.batch import Batch
from fusion.evaluation.teacher_forcing import given_words
from fusion.files import write_beside
from fusion.model import FusionNet, FusionOutput

GAP = 6
COLUMNS_OF_PAIRS = 2


@torch.no_grad()
def own_output(net: FusionNet, batch: Batch) -> FusionOutput:
    """What ``net`` (in evaluation mode) makes of the inputs, and of the words where there are any."""
    return net(batch.first, batch.second, words=given_words(batch))


def tile(rows: Sequence[Sequence[Tensor]], side: int = 96, across: int = COLUMNS_OF_PAIRS) -> Image.Image:
    """Rows of pictures (4, H, W) as one sheet on white; ``across`` rows stand beside each other."""
    strips = []
    for row in rows:
        pictures = (Image.fromarray(on_white(cell)) for cell in row)
        cells = [np.asarray(picture.resize((side, side), Image.Resampling.LANCZOS)) for picture in pictures]
        strips.append(np.pad(np.hstack(cells), ((0, GAP), (0, GAP), (0, 0)), constant_values=255))
    blank = np.full_like(strips[0], 255)
    strips += [blank] * (-len(strips) % across)
    lines = [np.hstack(strips[i : i + across]) for i in range(0, len(strips), across)]
    return Image.fromarray(np.vstack(lines))


def write_sheet(path: Path, net: FusionNet, batch: Batch, output: FusionOutput) -> None:
    """E1, E2, composite, target and output of a batch as a PNG, under the network's own layout."""
    pictures = net.to_rgba(output.image.float())
    rows = zip(batch.first, batch.second, output.composite.float(), batch.painted_target, pictures, strict=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with write_beside(path) as partial:  # A person may look at it at any moment.
        tile(list(rows)).save(partial)
