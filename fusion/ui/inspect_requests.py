"""Further questions of the page, as in ``request``: what the debugger asks when a person looks closer."""

from __future__ import annotations

import math
from typing import Any

from pydantic import field_validator

from fusion.pipeline.overrides import RequestError
from fusion.ui.contract import FILE_SIZES, SCREEN_SIZES
from fusion.ui.request import Request, number


class PlaneRequest(Request):
    """``stage``: id of a card; ``channel``: which of its channels is wanted, left out for their names alone."""

    stage: str = ""
    channel: str = ""


class ReadRequest(PlaneRequest):
    """A place of the network's canvas, in [0, 1] to the right and down; ``channel`` of ``stage`` is read as well."""

    x: float = 0.0
    y: float = 0.0

    @field_validator("x", "y", mode="before")
    @classmethod
    def on_the_canvas(cls, value: Any) -> float:
        """A number from 0 to 1."""
        try:
            place = number(value)
        except (TypeError, OverflowError):
            place = math.nan
        if not 0 <= place <= 1:
            raise RequestError("A place is two numbers from 0 to 1, to the right and down.")
        return place


class StickerRequest(Request):
    """``size``: pixels a side of the sticker."""

    size: int = SCREEN_SIZES[0]

    @field_validator("size", mode="before")
    @classmethod
    def offered(cls, value: Any) -> int:
        """One of the sizes that the page offers."""
        sizes = sorted({*SCREEN_SIZES, *FILE_SIZES})
        if isinstance(value, bool) or value not in sizes:
            raise RequestError(f"A sticker has {', '.join(map(str, sizes))} pixels a side, not {value!r}.")
        return int(value)
