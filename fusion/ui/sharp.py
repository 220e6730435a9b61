"""Stickers larger than the 256 pixels that a fusion is shown at first: for dense screens, and for files.

How large a sticker may become while somebody looks on is measured: the device's own latest fusions say what a pixel
costs it. What is painted larger is the same sticker: main subject, layouts and fit are those of the fusion that is
shown. Source: DESIGN section 7.
"""

from __future__ import annotations

import statistics
from collections import defaultdict, deque
from dataclasses import replace
from typing import Any

from fusion.cache import SharedCache
from fusion.frame import Fit
from fusion.names import SIDES
from fusion.pipeline.fit import apply_fit
from fusion.trace import FusionTrace
from fusion.ui.contract import PRESENT, SCREEN_SIZES

PATIENCE_MS = 150.0
"""What a sharper sticker may take."""
REMEMBERED = 5
"""Fusions of a preset whose cost counts."""
PNG_BYTES = 24 * 2**20
"""Bytes of large stickers that are kept."""
ELSEWHERE = ("total", "inputs", "teacher")
"""Steps that a larger sticker does not repeat, or that are drawn once an emoji."""


class Pace:
    """What a pixel costs a preset on this device, in milliseconds, from the fusions it did last."""

    def __init__(self) -> None:
        self._costs: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=REMEMBERED))

    def note(self, preset: str, trace: FusionTrace) -> None:
        """One fusion that began from nothing: with an override its first steps were kept from before."""
        spent = sum(ms for step, ms in trace.timings_ms.items() if step not in ELSEWHERE)
        if spent > 0:
            self._costs[preset].append(spent / trace.size**2)

    def reach(self, preset: str) -> int:
        """Pixels a side, of SCREEN_SIZES, that take at most ``PATIENCE_MS``; the least where nothing is known yet."""
        costs = self._costs[preset]
        if not costs:
            return SCREEN_SIZES[0]
        cost = statistics.median(costs)
        return max((size for size in SCREEN_SIZES if cost * size**2 <= PATIENCE_MS), default=SCREEN_SIZES[0])


def kept_stickers() -> SharedCache[bytes]:
    """Where large stickers are kept."""
    return SharedCache(PNG_BYTES, len)


def placed_like(trace: FusionTrace) -> dict[str, Any]:
    """Arguments of ``fuse`` with which another size shows the same: nothing is left to be decided."""
    here = trace.effective.layouts[trace.effective.presence > PRESENT]
    return {"main": SIDES[trace.main], "hypothesis": trace.hypothesis, "instances": here.tolist()}


def fitted_like(large: FusionTrace, shown: FusionTrace) -> FusionTrace:
    """``large``, cut as ``shown`` was, so that nothing moves when one takes the other's place."""
    if shown.fit is None:
        return large
    return replace(large, fit=shown.fit, fitted=apply_fit(large.output, Fit(*shown.fit)))
