"""What the stage dialog asks: single channels as numbers, and what every stage has at one place.

Nothing is kept beyond the readings of the fusion that was looked at last; its trace is one of those the backend keeps.
Source: DESIGN section 7.
"""

from __future__ import annotations

import base64
from collections.abc import Hashable

import numpy as np

from fusion.ui.backend import Backend, Json
from fusion.ui.inspect_answers import Plane, PlaneAnswer, ReadAnswer
from fusion.ui.inspect_requests import PlaneRequest, ReadRequest
from fusion.views.drawing import Scale
from fusion.views.readings import Readings

STOPS = 33
"""Colours that are sent for a scale; the browser mixes those between."""
DIGITS = 5


class Inspector:
    """Numbers of the fusions on a backend, as functions from JSON to JSON."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self._latest: tuple[Hashable, Readings] | None = None

    def plane(self, data: Json) -> PlaneAnswer:
        """The names of a stage's channels, and one of them as numbers."""
        readings, request = self._readings(data), PlaneRequest.parse(data)
        channels = readings.channels(request.stage)
        if not request.channel:
            return {"channels": channels, "plane": None}
        values, maps = readings.plane(request.stage, request.channel)
        return {"channels": channels, "plane": packed(request.channel, values, maps.scale)}

    def read(self, data: Json) -> ReadAnswer:
        """The numbers of every stage at one place."""
        asked = ReadRequest.parse(data)
        found = self._readings(data).at(asked.x, asked.y, asked.stage, asked.channel)
        return {
            "stages": [
                {"id": stage, "readings": [{"name": name, "value": round(one, DIGITS)} for name, one in values.items()]}
                for stage, values in found.items()
            ]
        }

    def _readings(self, data: Json) -> Readings:
        """The numbers of the fusion that is asked about: those of the last time where it is the same."""
        request = self.backend.request(data)
        latest = self._latest
        if latest is None or latest[0] != request.key:
            latest = self._latest = (request.key, Readings(self.backend.trace(request)))
        return latest[1]


def packed(channel: str, values: np.ndarray, scale: Scale) -> Plane:
    """A channel (h, w) for the browser."""
    height, width = values.shape
    halves = np.ascontiguousarray(values, "<f2")
    return {
        "channel": channel,
        "height": height,
        "width": width,
        "low": scale.low,
        "high": scale.high,
        "stops": scale.stops(STOPS),
        "data": base64.b64encode(halves.tobytes()).decode("ascii"),
    }
