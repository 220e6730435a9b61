"""Whether corrections hold: a person's answers as the truth; and the failures of an evaluation as corrections.

Source: DESIGN section 5 for what "aligned" means.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TypedDict

import torch

from fusion.alignment import alignment
from fusion.corrections import Correction
from fusion.data.batch import Batch
from fusion.data.corrections import CorrectedPairs
from fusion.data.sampler import PairTeacher
from fusion.data.words import add_words
from fusion.errors import FusionError
from fusion.evaluation.report import KINDS, Row, kind_of, mean
from fusion.evaluation.teacher_forcing import given_words
from fusion.geometry import Layout
from fusion.model import FusionNet
from fusion.model.center_detector import decide


@dataclass
class Case:
    """One correction under one network.

    ``holds``: the main subject is right and the layout aligned with the correction's; of a "wrong" one, that it is not
    so any more. ``switch_ok``: whether the recolour switch is as wanted, ``None`` where nobody said. The errors are
    ``None`` where nothing can be compared.
    """

    first: str
    second: str
    verdict: str
    note: str
    holds: bool
    main_ok: bool
    aligned: bool
    switch_ok: bool | None
    iou: float
    center_error: float | None
    scale_error: float | None


class CaseFigures(TypedDict):
    """How many of ``n`` corrections hold, and the shares of what is right."""

    n: int
    hold: int
    share: float | None
    main_accuracy: float | None
    alignment_accuracy: float | None
    iou: float | None


class CaseReport(CaseFigures):
    """The figures, and each correction by itself."""

    cases: list[dict]


def measure_corrections(
    net: FusionNet, pairs: CorrectedPairs, size: int, batch: int = 8, words: bool = True
) -> Iterator[Case]:
    """One case a correction, in their order. ``words``: whether networks that read them hear the emoji's names.

    Raises FusionError for a network that decides about no layout.
    """
    if not net.aligns:
        raise FusionError(f"The preset {net.config.preset} decides about no layout; measure corrections with another.")
    net.eval()
    device = next(net.parameters()).device
    for start in range(0, len(pairs.pairs), batch):
        some = slice(start, start + batch)
        data = pairs.collate(pairs.pairs[some], size)
        add_words(data, net.config.words if words else 0)
        with torch.inference_mode():
            yield from cases(net, data.to(device), pairs.corrections[some])


def cases(net: FusionNet, data: Batch, corrections: Sequence[Correction]) -> list[Case]:
    """The cases of one batch."""
    seen = net.perceive(data.first, data.second, given_words(data))
    main = decide(seen.main_logit)
    own = net.fuse(seen, main, net.plan(seen, main))
    main_ok = own.main == data.main
    found = alignment(own.layout, own.presence, data.layout, data.presence, data.content, main_ok)
    switch_ok = (own.recolour > 0.5) == (data.recolour > 0.5)
    return [
        Case(
            *one.pair,
            one.verdict,
            one.note,
            holds=bool(found.aligned[row]) == (one.verdict != "wrong"),
            main_ok=bool(main_ok[row]),
            aligned=bool(found.aligned[row]),
            switch_ok=None if one.recolour is None else bool(switch_ok[row]),
            iou=round(float(found.iou[row]), 4),
            center_error=finite(float(found.center_error[row])) if main_ok[row] else None,
            scale_error=finite(float(found.scale_error[row])) if main_ok[row] else None,
        )
        for row, one in enumerate(corrections)
    ]


def finite(value: float) -> float | None:
    """``value`` rounded; ``None`` where it is no number."""
    return round(value, 4) if math.isfinite(value) else None


def case_report(found: Sequence[Case]) -> CaseReport:
    """The JSON of ``evaluate --corrections``."""
    hold = sum(case.holds for case in found)
    return {
        "n": len(found),
        "hold": hold,
        "share": mean([float(case.holds) for case in found]),
        "main_accuracy": mean([float(case.main_ok) for case in found]),
        "alignment_accuracy": mean([float(case.aligned) for case in found]),
        "iou": mean([case.iou for case in found]),
        "cases": [asdict(case) for case in found],
    }


def case_table(found: Sequence[Case], name: Callable[[str], str]) -> str:
    """One line a correction, those that do not hold first, and how many hold; ``name``: what people call an emoji."""
    lines = []
    for case in sorted(found, key=lambda one: one.holds):
        how = "holds" if case.holds else "broken"
        main = "main right" if case.main_ok else "main wrong"
        said = f"{name(case.first)} + {name(case.second)}"
        lines.append(f"{how:8}{case.verdict:11}{main:12}IoU {case.iou:.3f}  {said}  {case.note}".rstrip())
    hold = sum(case.holds for case in found)
    return "\n".join([*lines, f"{hold} of {len(found)} corrections hold"])


def failures_as_corrections(
    rows: Sequence[Row], teacher: PairTeacher, count: int, weights: str = ""
) -> list[Correction]:
    """The first ``count`` failures of the layout among ``rows`` with the teacher's answer: where a person drags to.

    Rows come families in turn, so these are of every kind.
    """
    layout_kinds = [kind for kind in KINDS if kind != "painted"]
    failed = [row for row in rows if kind_of(row) in layout_kinds]
    return [teachers_answer(row, teacher, weights) for row in failed[:count]]


def teachers_answer(row: Row, teacher: PairTeacher, weights: str) -> Correction:
    """The teacher's recipe for a measured pair, as a correction that says what was wrong."""
    recipe = teacher.recipe(row.first, row.second)
    return Correction(
        first=row.first,
        second=row.second,
        main="second" if recipe.main else "first",
        instances=tuple(Layout(*map(float, one)) for one in recipe.instances),
        recolour=recipe.recolour,
        note=f"{row.family}: {KINDS[kind_of(row)]}",
        weights=weights,
    )
