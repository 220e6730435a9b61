"""What if: one fusion with two things changed step by step, as a sheet.

The browser asks for one line after the other, each painted in one batch, and stops asking when the sheet is closed:
nothing has to be called back. Source: DESIGN section 7.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import field_validator

from fusion.names import SIDES
from fusion.pipeline.overrides import RequestError
from fusion.pipeline.variants import Painted, Variant
from fusion.ui.backend import Backend, Json
from fusion.ui.contract import SWEPT
from fusion.ui.inspect_answers import SweepAnswer, SweepCell
from fusion.ui.pictures import data_url
from fusion.ui.request import FuseRequest, Request
from fusion.views.summary import layout_of

SCALES = (0.4, 0.55, 0.75, 1.0, 1.3, 1.65, 2.0)
SHIFTS = (-0.24, -0.16, -0.08, 0.0, 0.08, 0.16, 0.24)
"""Steps of a scale, as factors, and of an offset, in fractions of the canvas; in their middle nothing is changed."""


class SweepRequest(Request):
    """``rows``, ``columns``: what is changed from line to line and within one, of SWEPT; ``row``: which line."""

    rows: str = "scale"
    columns: str = "offset x"
    row: int = 0

    @field_validator("rows", "columns", mode="before")
    @classmethod
    def known(cls, value: Any) -> str:
        """One of SWEPT."""
        if value not in SWEPT:
            raise RequestError(f"A sheet changes two of {', '.join(SWEPT)}, not {value!r}.")
        return str(value)

    @field_validator("row", mode="before")
    @classmethod
    def a_line(cls, value: Any) -> int:
        """The number of a line, from 0."""
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < max(len(SCALES), len(SHIFTS)):
            raise RequestError(f"The sheet has no line {value!r}; lines are counted from 0.")
        return value


class Sweep:
    """Sheets of variants on a backend, as a function from JSON to JSON."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    def sweep(self, data: Json) -> SweepAnswer:
        """One line of a sheet, and how many lines there are."""
        request, asked = self.backend.request(data), SweepRequest.parse(data)
        if asked.rows == asked.columns:
            raise RequestError("A sheet changes two different things; choose another one for its columns.")
        hypotheses = max(len(self.backend.trace(request).hypotheses), 1)
        rows, columns = steps(asked.rows, hypotheses), steps(asked.columns, hypotheses)
        if asked.row >= len(rows):
            raise RequestError(f"The sheet has {len(rows)} lines; there is no line {asked.row}.")
        wanted = [merged(request, rows[asked.row][1], change) for _, change in columns]
        painted = self.backend.variants(request, wanted)
        return {
            "rows": [label for label, _ in rows],
            "columns": [label for label, _ in columns],
            "cells": [cell(one, variant) for one, variant in zip(painted, wanted, strict=True)],
        }


def steps(name: str, hypotheses: int) -> list[tuple[str, dict[str, Any]]]:
    """The steps of one of SWEPT: what each is called, and what of a ``Variant`` it changes."""
    signed: Callable[[float], str] = "{:+.2f}".format
    by_name: dict[str, Callable[[], list[tuple[str, dict[str, Any]]]]] = {
        "scale": lambda: [(f"x {factor:g}", {"scale": factor}) for factor in SCALES],
        "offset x": lambda: [(signed(shift), {"right": shift}) for shift in SHIFTS],
        "offset y": lambda: [(signed(shift), {"down": shift}) for shift in SHIFTS],
        "main": lambda: [(side, {"main": side}) for side in SIDES],
        "hypothesis": lambda: [(str(rank), {"hypothesis": rank}) for rank in range(1, hypotheses + 1)],
    }
    return by_name[name]()


def merged(request: FuseRequest, *changes: dict[str, Any]) -> Variant:
    """What is shown, with the changes of a line and a column; one's own layout stays with its main subject and rank."""
    changed = {name: value for change in changes for name, value in change.items()}
    layout = None if {"main", "hypothesis"} & set(changed) else request.layout
    return Variant(**{"main": request.main, "hypothesis": request.hypothesis, "layout": layout, **changed})


def cell(painted: Painted, wanted: Variant) -> SweepCell:
    """One variant for the browser, with what restores it."""
    return {
        "picture": data_url(painted.picture),
        "iou": round(painted.iou, 3),
        "main": wanted.main,
        "hypothesis": wanted.hypothesis,
        "layout": None if painted.layout is None else layout_of(painted.layout),
    }
