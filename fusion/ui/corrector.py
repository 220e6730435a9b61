"""Corrections on the page: what is shown becomes one, a file becomes several. The browser alone keeps them."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any, cast

from fusion.corrections import PICTURE, Correction, merged, parse_corrections
from fusion.names import SIDES
from fusion.trace import FusionTrace
from fusion.ui.backend import Backend, Json
from fusion.ui.contract import PRESENT
from fusion.ui.evaluation_answers import CorrectionAnswer, CorrectionsAnswer, KeptCorrection
from fusion.ui.evaluation_requests import JudgeRequest, ReadRequest
from fusion.ui.request import FuseRequest, RequestError, Upload
from fusion.views.summary import layout_of


class Corrector:
    """Corrections of fusions on a backend, as functions from JSON to JSON."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    def correction(self, data: Json) -> CorrectionAnswer:
        """The fusion that is shown, as a correction with a person's verdict. Raises RequestError."""
        request, judged = self.backend.request(data), JudgeRequest.parse(data)
        if request.style:
            raise RequestError("A correction is of Noto's drawings; pick the two emoji again to see them in those.")
        if request.disabled:
            raise RequestError("Parts of the network are switched off; switch them on to keep a layout.")
        trace = self.backend.trace(request)
        frame = self.backend.fuser(request.preset).frame
        there = trace.effective.presence > PRESENT
        first, second = (
            key_of(one, data.get(side), key) for one, side, key in zip(request.inputs, SIDES, trace.keys, strict=True)
        )
        kept = Correction(
            first=first,
            second=second,
            main="second" if trace.main else "first",
            instances=tuple(frame.clamp(layout_of(row)) for row in trace.effective.layouts[there]),  # type: ignore[arg-type]
            recolour=trace.recolour > 0.5,
            verdict=judged.verdict,
            note=judged.note.strip() or said(request, trace),
            weights=trace.weights_hash,
        )
        return {"correction": as_kept(kept)}

    def corrections_read(self, data: Json) -> CorrectionsAnswer:
        """The corrections in the text of a file. Raises CorrectionsError."""
        found = merged((), parse_corrections(ReadRequest.parse(data).text))
        return {"corrections": [as_kept(one) for one in found]}


def as_kept(correction: Correction) -> KeptCorrection:
    """A correction as the browser keeps it."""
    return cast(KeptCorrection, correction.model_dump(mode="json"))


def said(request: FuseRequest, trace: FusionTrace) -> str:
    """A note where nobody wrote one: what the network was told, and what the teacher would have done."""
    told = [f"told “{request.say}”"] if request.say else []
    return ", ".join([*told, *([trace.teacher.family] if trace.teacher else [])])


def key_of(given: str | Upload, sent: Any, key: str) -> str:
    """What stands for an emoji in a correction: its code points, or the hash of the picture as the browser saves it."""
    if not isinstance(given, Upload):
        return key
    try:
        content = base64.b64decode(str(sent["upload"]).partition(",")[2])
    except (binascii.Error, KeyError, TypeError) as error:
        raise RequestError(f"The picture {given.name!r} cannot be read; upload it again.") from error
    return PICTURE + hashlib.sha256(content).hexdigest()
