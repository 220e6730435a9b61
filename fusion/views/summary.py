"""A trace as numbers for people and scripts: JSON summary and table rows. No pictures, no torch."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TypedDict

from fusion.names import SIDES
from fusion.trace import AlignmentTrace, FusionTrace, HypothesisTrace
from fusion.views.maps import focus, present

NUMBERS = ("scale h", "scale w", "offset y", "offset x")


class LayoutSummary(TypedDict):
    """Predicted, effective and wanted layout of the first present instance; the effective and true ones of each."""

    predicted: list[float]
    effective: list[float]
    override: list[float] | None
    instances: list[list[float]]
    truth: list[list[float]] | None


class HypothesisSummary(TypedDict):
    """How probable a hypothesis is, where it puts its instances, whether it recolours, and what family that is."""

    probability: float | None
    instances: list[list[float]]
    recolour: bool
    family: str | None


class FitSummary(TypedDict):
    """Scale and shift (down, right) that brought the output to fill its canvas."""

    scale: float | None
    shift: list[float]


class AlignmentSummary(TypedDict):
    """How far the effective layout lies from the teacher's; ``None`` where nothing can be compared."""

    iou: float | None
    center_error: float | None
    scale_error: float | None


class Summary(TypedDict):
    """What ``fuse --json`` prints and the bundle keeps; ``None`` for what a fusion has not."""

    first: str
    second: str
    names: list[str]
    main: str
    main_predicted: str
    main_confidence: float | None
    layout: LayoutSummary
    hypothesis: int
    hypotheses: list[HypothesisSummary]
    recolour: float | None
    say: str
    notices: list[str]
    family: str | None
    reason: str | None
    alignment: AlignmentSummary | None
    attention: dict[str, float | None]
    preset: str
    weights: str
    size: int
    fit: FitSummary | None
    off: list[str]
    timings_ms: dict[str, float | None]


class LayoutRow(TypedDict):
    """One of an instance's four numbers: as predicted, asked for, in effect, and true."""

    instance: int
    value: str
    predicted: float | None
    override: float | None
    effective: float | None
    truth: float | None


def number(value: float | None, digits: int = 4) -> float | None:
    """``value`` rounded for JSON; ``None`` for what is not a number."""
    return None if value is None or not math.isfinite(value) else round(float(value), digits)


def layout_of(row: Iterable[float]) -> list[float]:
    """The four numbers of a layout, which are always finite, rounded."""
    return [round(float(value), 4) for value in row]


def summary(trace: FusionTrace) -> Summary:
    """What ``fuse --json`` prints and the bundle keeps. Source: DESIGN section 6."""
    teacher = trace.teacher
    return {
        "first": trace.keys[0],
        "second": trace.keys[1],
        "names": list(trace.names),
        "main": SIDES[trace.main],
        "main_predicted": SIDES[trace.predicted_main],
        "main_confidence": number(trace.main_confidence) if trace.aligns else None,
        "layout": layout_summary(trace),
        "hypothesis": trace.hypothesis,
        "hypotheses": [hypothesis_summary(one) for one in trace.hypotheses],
        "recolour": number(trace.recolour),
        "say": trace.say,
        "notices": list(trace.notices),
        "family": None if teacher is None else teacher.family,
        "reason": None if teacher is None else teacher.reason,
        "alignment": None if teacher is None or not trace.aligns else alignment_summary(teacher.alignment),
        "attention": {block: number(focus(trace, block)) for block in trace.attention},
        "preset": trace.preset,
        "weights": trace.weights_hash,
        "size": trace.size,
        "fit": fit_summary(trace),
        "off": sorted(trace.disabled),
        "timings_ms": {stage: number(ms, 2) for stage, ms in trace.timings_ms.items()},
    }


def layout_summary(trace: FusionTrace) -> LayoutSummary:
    """The layouts of a trace, rounded."""
    here = present(trace)
    lead = here[0] if here else 0
    return {
        "predicted": layout_of(trace.predicted.layouts[lead]),
        "effective": layout_of(trace.effective.layouts[lead]),
        "override": None if trace.override is None else layout_of(trace.override),
        "instances": [layout_of(trace.effective.layouts[k]) for k in here],
        "truth": None if trace.teacher is None else truth_layouts(trace),
    }


def fit_summary(trace: FusionTrace) -> FitSummary | None:
    """How the output was fitted; ``None`` where it was not."""
    if trace.fit is None:
        return None
    scale, *shift = trace.fit
    return {"scale": number(scale), "shift": layout_of(shift)}


def hypothesis_summary(hypothesis: HypothesisTrace) -> HypothesisSummary:
    """One hypothesis, rounded."""
    layout = hypothesis.layout
    return {
        "probability": number(hypothesis.probability),
        "instances": [layout_of(row) for row in layout.layouts[layout.presence > 0.5]],
        "recolour": hypothesis.recolour,
        "family": hypothesis.family,
    }


def alignment_summary(alignment: AlignmentTrace) -> AlignmentSummary:
    """How a trace is aligned, rounded."""
    return {
        "iou": number(alignment.iou),
        "center_error": number(alignment.center_error),
        "scale_error": number(alignment.scale_error),
    }


def truth_layouts(trace: FusionTrace) -> list[list[float]]:
    """The teacher's layouts, of its own main subject; empty where it has no answer."""
    if trace.teacher is None:
        return []
    layout = trace.teacher.layout
    return [layout_of(row) for row, here in zip(layout.layouts, layout.presence, strict=True) if here > 0.5]


def layout_rows(trace: FusionTrace) -> list[LayoutRow]:
    """Four rows an instance: what the network predicted, what a person asked for, what is in effect, the truth."""
    comparable = trace.teacher is not None and trace.teacher.main == trace.main
    truth = truth_layouts(trace) if comparable else []
    return [
        {
            "instance": k + 1,
            "value": name,
            "predicted": number(trace.predicted.layouts[k][index]),
            "override": number(trace.override[index]) if trace.override is not None and order == 0 else None,
            "effective": number(trace.effective.layouts[k][index]),
            "truth": truth[order][index] if order < len(truth) else None,
        }
        for order, k in enumerate(present(trace))
        for index, name in enumerate(NUMBERS)
    ]
