"""The film strip: every stage of one trace as a card."""

from __future__ import annotations

from fusion.trace import FusionTrace
from fusion.ui.pictures import data_url


def cards(trace: FusionTrace) -> list[dict]:
    return [
        {"id": "composite", "title": "Composite", "picture": data_url(trace.composite), "caption": "", "range": ""},
        {"id": "output", "title": "Output", "picture": data_url(trace.output), "caption": "", "range": ""},
    ]
