"""The numbers behind the stages of one trace, read at a place or channel by channel; nothing is read off a picture.

Source: DESIGN section 7.
"""

from __future__ import annotations

from itertools import islice

import numpy as np

from fusion.errors import FusionError
from fusion.frame import Fit
from fusion.trace import FusionTrace
from fusion.views.maps import Maps
from fusion.views.stages import stages_of

MOST = 16
"""Channels of a stage that are read at a place, unless one is named."""


class UnknownChannel(FusionError):
    """A stage or channel that this fusion does not have."""


class Readings:
    """All numbers of one trace. What has to be computed for them is computed once."""

    def __init__(self, trace: FusionTrace) -> None:
        self.trace = trace
        self._stages = stages_of(trace)
        found = {name: stage.read(trace) for name, stage in self._stages.items()}
        self._maps: dict[str, Maps] = {name: maps for name, maps in found.items() if maps is not None}

    def channels(self, stage: str) -> list[str]:
        """Names of a stage's channels, in their order; empty where it has no numbers."""
        return list(self._maps[stage].values) if stage in self._maps else []

    def plane(self, stage: str, channel: str) -> tuple[np.ndarray, Maps]:
        """One channel (h, w), and the maps whose scale it is on. Raises UnknownChannel."""
        maps = self._maps.get(stage)
        if maps is None or channel not in maps.values:
            raise UnknownChannel(f"This fusion has no channel {channel!r} at {stage!r}; choose one that is listed.")
        return maps.values[channel], maps

    def at(self, x: float, y: float, stage: str = "", channel: str = "") -> dict[str, dict[str, float]]:
        """Stage -> channel -> the number at a place of the network's canvas, in [0, 1] to the right and down.

        Of each stage the first MOST channels, and ``channel`` of ``stage`` where it is not among them.
        """
        found = {}
        for name, maps in self._maps.items():
            names = list(islice(maps.values, MOST))
            if name == stage and channel in maps.values and channel not in names:
                names.append(channel)
            found[name] = {one: value(maps.values[one], *self._place(name, x, y)) for one in names}
        return found

    def _place(self, stage: str, x: float, y: float) -> tuple[float, float]:
        """The same place on the canvas on which a stage's numbers lie."""
        fitted = self._stages[stage].fitted and self.trace.fit is not None
        return Fit(*self.trace.fit).to_fitted(x, y) if fitted and self.trace.fit else (x, y)


def value(plane: np.ndarray, x: float, y: float) -> float:
    """The number of the pixel that a place lies in; 0 outside, where there is nothing."""
    height, width = plane.shape
    row, column = int(np.floor(y * height)), int(np.floor(x * width))
    # The lower and the right edge belong to the last pixel.
    row, column = row - (y == 1), column - (x == 1)
    return float(plane[row, column]) if 0 <= row < height and 0 <= column < width else 0.0
