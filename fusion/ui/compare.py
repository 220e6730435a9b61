"""The Compare tab: one pair through every preset that has weights, under the same override.

The browser asks for one preset after the other, so that the first answer does not wait for the slowest network.
"""

from __future__ import annotations

import numpy as np

from fusion.pipeline.fit import fit_picture
from fusion.trace import FusionTrace
from fusion.ui import cards
from fusion.ui.answers import ComparedAnswer
from fusion.ui.backend import Backend, Json
from fusion.ui.pictures import data_url
from fusion.ui.request import CompareRequest
from fusion.views import drawing
from fusion.views.summary import summary


class Compare:
    """Comparisons on a backend, as functions from JSON to JSON."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    def compared(self, data: Json) -> ComparedAnswer:
        """One preset's answer, and how far it lies from the ``reference`` preset's."""
        request = self.backend.request(data)
        reference = CompareRequest.parse(data).reference or request.preset
        trace = self.backend.trace(request)
        other = self.backend.trace(request.model_copy(update={"preset": reference}))
        gap = np.abs(over_black(trace) - over_black(other)).max(-1)
        scale = drawing.Scale(0.0, 0.5)
        facts = summary(trace)
        return {
            "preset": request.preset,
            "picture": data_url(trace.sticker),
            "difference": data_url(drawing.heat(gap, scale, len(gap))),
            "scale": cards.bar(scale),
            "gap": round(float(gap.mean()), 4),
            "main": facts["main"],
            "main_confidence": facts["main_confidence"],
            "effective": facts["layout"]["effective"],
            "alignment": facts["alignment"],
            "ms": facts["timings_ms"].get("fuse"),
            "total_ms": facts["timings_ms"].get("total"),
            "teacher": data_url(fit_picture(trace.teacher.target)) if trace.teacher else None,
            "composite": data_url(fit_picture(trace.composite)),
        }


def over_black(trace: FusionTrace) -> np.ndarray:
    """Colours (H, W, 3) over black: presets without alpha have nothing else to compare."""
    return trace.output[..., :3]
