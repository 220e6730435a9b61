"""The backend: everything the page can ask for, as plain functions from JSON to JSON.

No gradio here, so that each answer can be tested without a browser. One backend serves all visitors: it holds one fuser
a preset, lets one fusion run at a time, and keeps the latest traces so that every view shows the same fusion.
"""

from __future__ import annotations

import base64
import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from fusion.emoji.catalog import Catalog
from fusion.errors import FusionError
from fusion.geometry import Layout
from fusion.pipeline.overrides import UnknownHypothesis
from fusion.trace import FusionTrace
from fusion.ui import cards as stages
from fusion.ui import controls, picker
from fusion.ui.pictures import has_background, png_url
from fusion.ui.request import FuseRequest, RequestError, Upload
from fusion.views.bundle import sticker_png, zip_bytes
from fusion.views.summary import summary

KEPT_TRACES = 8
"""A trace at 256 pixels takes some 20 MB."""

OPENING = ("1f600", "1f355")
"""The pair that the page opens with."""


class Backend:
    """Answers the page. ``fusers``: preset -> function that makes its fuser, called on first use."""

    def __init__(self, catalog: Catalog, fusers: dict[str, Callable[[], object]]) -> None:
        self.catalog = catalog
        self.presets = list(fusers)
        self._makers = fusers
        self._fusers: dict[str, object] = {}
        self._traces: OrderedDict[FuseRequest, FusionTrace] = OrderedDict()
        # One fusion at a time: two would only halve each other's speed on the same cores.
        self._turn = threading.RLock()

    def fuser(self, preset: str):
        """The fuser of a preset, made on first use."""
        if preset not in self._makers:
            raise RequestError(f"Preset {preset!r} has no weights here; there are {', '.join(self.presets)}.")
        with self._turn:
            if preset not in self._fusers:
                self._fusers[preset] = self._makers[preset]()
            return self._fusers[preset]

    def trace(self, request: FuseRequest) -> FusionTrace:
        """The trace of a request: kept from last time, or fused now."""
        with self._turn:
            if request in self._traces:
                self._traces.move_to_end(request)
                return self._traces[request]
            trace = self._fuse(request)
            self._traces[request] = trace
            while len(self._traces) > KEPT_TRACES:
                self._traces.popitem(last=False)
            return trace

    def _fuse(self, request: FuseRequest) -> FusionTrace:
        fuser = self.fuser(request.preset)
        sources = request.first, request.second
        # A link or a slider may come from a preset with more room: what does not fit is clamped, and said so.
        layout = None if request.layout is None else tuple(fuser.frame.clamp(Layout(*request.layout)))
        pair = [one.picture if isinstance(one, Upload) else one for one in sources]
        asked = {"main": request.main, "layout": layout, "disabled": request.disabled}
        try:
            trace = fuser.fuse(*pair, hypothesis=request.hypothesis, **asked)
        except UnknownHypothesis:  # a link from before other weights, say
            trace = fuser.fuse(*pair, **asked)
        names = (one.name if isinstance(one, Upload) else name for one, name in zip(sources, trace.names, strict=True))
        return replace(trace, names=tuple(names))

    def place(self, request: FuseRequest, numbers: dict[int, float | None]) -> FusionTrace:
        """The trace of ``request`` with some of the layout's four numbers, by index, put in; the network keeps the
        others. Raises RequestError for what is out of range."""
        wanted = {index: number for index, number in numbers.items() if number is not None}
        if not wanted:
            return self.trace(request)
        free = self.trace(request)
        layout = tuple(wanted.get(i, float(free.predicted.layouts[controls.lead(free)][i])) for i in range(4))
        if not self.fuser(request.preset).frame.allows(Layout(*layout), tolerance=1e-3):
            reach = self.fuser(request.preset).frame.max_offset
            raise RequestError(f"Scales lie above 0 and up to 2, offsets from -{reach:g} to {reach:g}.")
        return self.trace(replace(request, layout=layout))

    def warm(self) -> None:
        """Load the first preset and fuse the opening pair, twice: the first run of a network is many times slower."""
        opening = FuseRequest(*OPENING, preset=self.presets[0])
        with contextlib.suppress(FusionError):
            self.trace(replace(opening, first=opening.second, second=opening.first))
            self.trace(opening)

    def request(self, data: dict) -> FuseRequest:
        return FuseRequest.from_json(data, self.presets)

    # ------------------------------------------------------------------ what the browser calls

    def catalogue(self, _: object = None) -> dict:
        """All emoji for the pickers, the presets that can be chosen, and their names."""
        return {**picker.catalogue(self.catalog), "presets": self.presets}

    def fuse(self, data: dict) -> dict:
        """Result, layers and numbers of one fusion: all that must be there at once."""
        request = self.request(data)
        trace = self.trace(request)
        return {
            "result": png_url(sticker_png(trace)),
            "names": trace.names,
            "keys": trace.keys,
            "permalink": replace(request, hypothesis=trace.hypothesis).permalink(),
            "facts": summary(trace),
            "notices": notices(request, trace),
            "controls": controls.answer(trace, self.fuser(request.preset).frame),
        }

    def stages(self, data: dict) -> dict:
        """The film strip of the same fusion."""
        return {"cards": stages.cards(self.trace(self.request(data)))}

    def parts(self, data: dict) -> dict:
        """The single pictures behind one card of the strip."""
        return {"parts": stages.parts(self.trace(self.request(data)), str(data.get("stage")))}

    def bundle(self, data: dict) -> dict:
        """Everything about the fusion as one zip, base64."""
        trace = self.trace(self.request(data))
        return {
            "name": f"{' + '.join(trace.names)}.zip",
            "zip": base64.b64encode(zip_bytes(trace)).decode("ascii"),
        }

    def drawing(self, data: dict) -> dict:
        """A sharp picture of one emoji for its slot."""
        return {"svg": picker.drawing(self.catalog, self.catalog.find(str(data.get("key", ""))).key)}


def notices(request: FuseRequest, trace: FusionTrace) -> list[str]:
    """What a person should know about this answer, one sentence each."""
    told = []
    for source in (request.first, request.second):
        if isinstance(source, Upload) and has_background(source.picture):
            told.append(f"{source.name} has no transparency, so its background counts as part of the emoji.")
    asked, used = request.layout, trace.override
    if asked and used and max(abs(a - b) for a, b in zip(asked, used, strict=True)) > 1e-4:
        told.append("The layout was brought into the range of this preset.")
    if request.hypothesis != trace.hypothesis:
        told.append("The network has no such idea any more, so this is its likeliest.")
    if trace.disabled:
        told.append("Ablation: parts of the network are switched off, so this is not its own answer.")
    return told
