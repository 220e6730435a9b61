"""What the stand-in for the Fuser says of a teacher."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fusion.trace import AlignmentTrace, FusionTrace, LayoutTrace, TeacherTrace


def taught(main: int, composite: np.ndarray, predicted: np.ndarray, presence: np.ndarray) -> TeacherTrace:
    """Always the same answer; its picture is the composite, mirrored."""
    return TeacherTrace(
        family="face on object",
        reason="a face and a thing with room for it",
        main=0,
        layout=LayoutTrace(predicted, presence),
        recolour=False,
        target=composite[:, ::-1],
        # As in the real pipeline: a wrong main subject has no boxes to measure.
        alignment=AlignmentTrace(0.87, 0.012, 0.05) if main == 0 else AlignmentTrace(0.0, np.nan, np.nan),
    )


class Asked:
    """Stands for ``TeacherTracer``. ``traces``: those it was asked about."""

    def __init__(self) -> None:
        self.traces: list[FusionTrace] = []

    def teach(self, trace: FusionTrace) -> FusionTrace:
        if trace.teacher is not None or "picture" in trace.keys:
            return trace
        self.traces.append(trace)
        own = trace.predicted
        return replace(trace, teacher=taught(trace.main, trace.composite, own.layouts, own.presence))
