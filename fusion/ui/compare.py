"""The Compare tab: one pair through every preset that has weights, under the same override.

The browser asks for one preset after the other, so that the first answer does not wait for the slowest network.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fusion.trace import FusionTrace
from fusion.ui.backend import Backend
from fusion.ui.pictures import data_url
from fusion.views import drawing
from fusion.views.summary import summary


class Compare:
    """Comparisons on a backend, as functions from JSON to JSON."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    def compared(self, data: dict) -> dict:
        """One preset's answer, and how far it lies from the ``reference`` preset's."""
        request = self.backend.request(data)
        trace = self.backend.trace(request)
        reference = self.backend.trace(replace(request, preset=data.get("reference") or request.preset))
        gap = np.abs(over_black(trace) - over_black(reference)).max(-1)
        scale = drawing.Scale(0.0, 0.5)
        told = summary(trace)
        return {
            "preset": request.preset,
            "picture": data_url(trace.output),
            "difference": data_url(drawing.heat(gap, scale, len(gap))),
            "gap": round(float(gap.mean()), 4),
            "main": told["main"],
            "main_confidence": told["main_confidence"],
            "effective": told["layout"]["effective"],
            "alignment": told["alignment"],
            "ms": told["timings_ms"].get("fuse"),
            "total_ms": told["timings_ms"].get("total"),
            "teacher": data_url(trace.teacher.target) if trace.teacher else None,
            "composite": data_url(trace.composite),
        }


def over_black(trace: FusionTrace) -> np.ndarray:
    """Colours (H, W, 3) over black: presets without alpha have nothing else to compare."""
    return trace.output[..., :3]
