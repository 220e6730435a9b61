"""The pairs that a network does worst on, as one picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch

from fusion.data.batch import collate
from fusion.data.sampler import PairSample, PairTeacher
from fusion.evaluation.contact_sheet import tile
from fusion.evaluation.evaluate import true_output
from fusion.evaluation.report import Row, picture_rank, worst
from fusion.evaluation.style_teacher import StyleTeacher
from fusion.files import write_beside
from fusion.model import FusionNet


def write_worst_sheet(path: Path, net: FusionNet, rows: Sequence[Row], teacher: PairTeacher, size: int) -> None:
    """E1, E2, composite and output under the own layout, output under the true layout, and the target."""
    lines = []
    for row in worst(rows, picture_rank):
        pair = PairSample(row.first, row.second, teacher.recipe(row.first, row.second))
        data = collate([pair], teacher, size, paint=not isinstance(teacher, StyleTeacher))
        with torch.inference_mode():
            own, true = net(data.first, data.second), true_output(net, data)
        pictures = [own.composite, net.to_rgba(own.image), net.to_rgba(true.image)]
        pictures += [data.target] if data.target is not None else []
        lines.append([data.first[0], data.second[0], *(picture[0].float() for picture in pictures)])
    path.parent.mkdir(parents=True, exist_ok=True)
    with write_beside(path) as partial:
        tile(lines).save(partial)
