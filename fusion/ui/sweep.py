"""What if: one fusion with two things changed step by step, as a sheet.

The browser asks for one line after the other, each painted in one batch, and stops asking when the sheet is closed:
nothing has to be called back. Source: DESIGN section 7.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from pydantic import field_validator

from fusion.evaluation.metrics import psnr
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
        trace = self.backend.trace(request)
        most = {"hypothesis": max(len(trace.hypotheses), 1), "instances": len(trace.predicted.layouts)}
        rows, columns = steps(asked.rows, most), steps(asked.columns, most)
        if asked.row >= len(rows):
            raise RequestError(f"The sheet has {len(rows)} lines; there is no line {asked.row}.")
        wanted = [merged(request, rows[asked.row][1], change) for _, change in columns]
        painted = self.backend.variants(request, wanted)
        # The teacher's picture is in Noto's drawings, and so none of another style's.
        target = trace.teacher.target if trace.teacher and not request.style else None
        near: list[float | None] = [None] * len(painted)
        if target is not None:
            near = [*likeness([one.picture for one in painted], target)]
        return {
            "rows": [label for label, _ in rows],
            "columns": [label for label, _ in columns],
            "cells": [cell(*each) for each in zip(painted, wanted, near, strict=True)],
        }


def likeness(pictures: list[np.ndarray], target: np.ndarray) -> list[float]:
    """PSNR in dB of pictures (S, S, 4) with a larger or equal one, averaged down to their size."""
    shown, wanted = (torch.from_numpy(np.stack(some)).movedim(-1, 1) for some in (pictures, [target]))
    return psnr(shown, F.adaptive_avg_pool2d(wanted, (shown.shape[-2], shown.shape[-1]))).tolist()


def steps(name: str, most: Mapping[str, int]) -> list[tuple[str, dict[str, Any]]]:
    """The steps of one of SWEPT: what each is called, and what of a ``Variant`` it changes.

    ``most``: how many hypotheses and instances there are.
    """
    signed: Callable[[float], str] = "{:+.2f}".format
    by_name: dict[str, Callable[[], list[tuple[str, dict[str, Any]]]]] = {
        "scale": lambda: [(f"x {factor:g}", {"scale": factor}) for factor in SCALES],
        "offset x": lambda: [(signed(shift), {"right": shift}) for shift in SHIFTS],
        "offset y": lambda: [(signed(shift), {"down": shift}) for shift in SHIFTS],
        "main": lambda: [(side, {"main": side}) for side in SIDES],
        "hypothesis": lambda: [(str(rank), {"hypothesis": rank}) for rank in range(1, most["hypothesis"] + 1)],
        "instances": lambda: [(str(count), {"count": count}) for count in range(1, most["instances"] + 1)],
    }
    return by_name[name]()


def merged(request: FuseRequest, *changes: dict[str, Any]) -> Variant:
    """What is shown, with the changes of a line and a column; one's own layout stays with its main subject and rank."""
    changed = {name: value for change in changes for name, value in change.items()}
    layout = None if {"main", "hypothesis"} & set(changed) else request.layout
    return Variant(**{"main": request.main, "hypothesis": request.hypothesis, "layout": layout, **changed})


def cell(painted: Painted, wanted: Variant, near: float | None) -> SweepCell:
    """One variant for the browser, with what restores it. ``near``: its PSNR, where there is a truth."""
    return {
        "picture": data_url(painted.picture),
        "iou": round(painted.iou, 3),
        "psnr": None if near is None else round(near, 2),
        "main": wanted.main,
        "hypothesis": wanted.hypothesis,
        "layout": None if painted.layout is None else layout_of(painted.layout),
        "instances": None if painted.instances is None else [layout_of(one) for one in painted.instances],
    }
