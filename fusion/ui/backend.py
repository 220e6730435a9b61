"""The backend: everything the page can ask for, as plain functions from JSON to JSON.

No gradio here, so that each answer can be tested without a browser. One backend serves all visitors: it holds one fuser
a preset, lets one fusion run at a time, and keeps the latest traces so that every view shows the same fusion.
"""

from __future__ import annotations

import base64
import contextlib
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from PIL import Image

from fusion.cache import Budget, SharedCache, held_bytes
from fusion.emoji.catalog import Catalog
from fusion.errors import FusionError
from fusion.geometry import Layout
from fusion.names import SIDES
from fusion.pipeline.overrides import UnknownHypothesis
from fusion.pipeline.variants import Painted, Variant
from fusion.trace import FusionTrace
from fusion.ui import cards, controls, picker
from fusion.ui.answers import (
    Catalogue,
    Contract,
    DrawingAnswer,
    FuseAnswer,
    PartsAnswer,
    StagesAnswer,
    StickerAnswer,
    ZipAnswer,
)
from fusion.ui.contract import OPENING, SCREEN_SIZES, contract, parts_of
from fusion.ui.fusers import MakeFuser, MakeStyled, PairFuser
from fusion.ui.inspect_requests import StickerRequest
from fusion.ui.notices import notices
from fusion.ui.pictures import png_url
from fusion.ui.request import (
    DrawingRequest,
    EmojiInput,
    FuseRequest,
    RequestError,
    StageRequest,
    Upload,
)
from fusion.ui.sharp import Pace, fitted_like, kept_stickers, placed_like
from fusion.views.bundle import sticker_png, zip_bytes
from fusion.views.summary import summary

TRACE_BYTES = 192 * 2**20
"""Bytes of the latest traces, for a backend that shares no budget."""

Answer = TypeVar("Answer")

Json = dict[str, Any]
"""A question as the browser sends it, before it is parsed."""


class Backend:
    """Answers the page.

    ``fusers``: preset -> function that makes its fuser, called on first use. ``spare``: further weights by name, that
    only measure; ``styled``: makes a fuser that draws in another art style. ``budget``: what the fusers' caches and the
    kept traces share. ``readers``: weights, of all these, that read words.
    """

    def __init__(
        self,
        catalog: Catalog,
        fusers: Mapping[str, MakeFuser],
        spare: Mapping[str, MakeFuser] | None = None,
        styled: MakeStyled | None = None,
        budget: Budget | None = None,
        readers: Collection[str] = (),
    ) -> None:
        self.catalog, self.readers = catalog, readers
        self.presets, self.spare = list(fusers), list(spare or {})
        self._makers = {**fusers, **(spare or {})}
        self._styled = styled
        self._fusers: dict[tuple[str, str], PairFuser] = {}
        self._traces: SharedCache[FusionTrace] = SharedCache(budget or TRACE_BYTES, held_bytes)
        self._explained: SharedCache[FusionTrace] = SharedCache(budget or TRACE_BYTES, held_bytes)
        self._stickers, self.pace = kept_stickers(), Pace()
        # One fusion at a time: two would only halve each other's speed on the same cores.
        self._turn = threading.RLock()

    def fuser(self, preset: str, style: str = "") -> PairFuser:
        """The fuser of a preset, drawing in an art style ("" for Noto's), made on first use."""
        if preset not in self._makers:
            raise RequestError(f"Preset {preset!r} has no weights here; there are {', '.join(self.presets)}.")
        if style and self._styled is None:
            raise RequestError("Other art styles are not here; run python app.py without weights of your own.")
        if (preset, style) not in self._fusers:  # who needs no new one does not wait for the fusion under way
            with self._turn:
                if (preset, style) not in self._fusers:
                    make = partial(self._styled, preset, style) if style and self._styled else self._makers[preset]
                    self._fusers[preset, style] = make()
        return self._fusers[preset, style]

    def trace(self, request: FuseRequest) -> FusionTrace:
        """The trace of a request, with the teacher's answer."""
        shown = self.shown(request)
        taught = self.fuser(request.preset, request.style).teacher.teach(shown)
        return shown if taught is shown else self._traces.put(request.key, taught)

    def shown(self, request: FuseRequest) -> FusionTrace:
        """The trace of a request: kept from last time, which nobody waits for, or fused now.

        A fresh pair is fused without asking the teacher: the sticker is there before anybody compares it. Once the pair
        has been compared, the teacher's answer is kept and costs nothing.
        """
        kept = self._explained.kept(request.key) or self._traces.kept(request.key)
        if kept is not None:
            return kept
        with self._turn:
            return self._traces.get(request.key, lambda: self._fuse(request))

    def _fuse(self, request: FuseRequest) -> FusionTrace:
        fuser = self.fuser(request.preset, request.style)
        # A link or a slider may come from a preset with more room: what does not fit is clamped, and said so.
        fuse = partial(
            self._told(request, fuser.fuse),
            main=request.main,
            teacher=not fresh(request) or bool(self.heard(request)),
            layout=None if request.layout is None else fuser.frame.clamp(request.layout),
            instances=None if request.instances is None else [fuser.frame.clamp(one) for one in request.instances],
        )
        try:
            trace = fuse(hypothesis=request.hypothesis)
        except UnknownHypothesis:  # a link from before other weights, say
            trace = fuse()
        if request.layout is request.instances is None:
            self.pace.note(request.preset, trace)
        names = [
            one.name if isinstance(one, Upload) else name for one, name in zip(request.inputs, trace.names, strict=True)
        ]
        return replace(trace, names=(names[0], names[1]))

    def variants(self, request: FuseRequest, wanted: Sequence[Variant]) -> list[Painted]:
        """Variants of a fusion, painted in one batch."""
        with self._turn:
            return self._told(request, self.fuser(request.preset, request.style).variants)(wanted=wanted)

    def _told(self, request: FuseRequest, work: Callable[..., Answer], disabled: bool = True) -> Callable[..., Answer]:
        """``work`` of a fuser on the pair, with all that is asked for but where anything lies.

        ``disabled``: whether it is told of the parts that are switched off.
        """
        first, second = (picture_of(one) for one in request.inputs)
        off = {"disabled": request.disabled.intersection(parts_of(request.preset))} if disabled else {}
        return partial(
            work,
            first,
            second,
            **off,
            say=self.heard(request) or None,
            names=[one.called or None if isinstance(one, Upload) else None for one in request.inputs],
        )

    def _larger(self, request: FuseRequest, size: int) -> bytes:
        """The PNG of a fusion, painted anew with ``size`` pixels a side."""
        shown, fuser = self.shown(request), self.fuser(request.preset, request.style)
        with self._turn:
            larger = self._told(request, fuser.fuse)(size=size, teacher=False, fit=False, **placed_like(shown))
        self.pace.note(request.preset, larger)
        return sticker_png(replace(fitted_like(larger, shown), names=shown.names))

    def heard(self, request: FuseRequest) -> str:
        """What of a sentence reaches the network: all, or nothing where its weights read no words."""
        return request.say if request.preset in self.readers else ""

    def unheard(self, request: FuseRequest) -> list[str]:
        """One sentence where what was said reaches no network."""
        left_out = request.say != self.heard(request)
        return [f"The weights of {request.preset} read no words, so “{request.say}” was left out."] if left_out else []

    def place(self, request: FuseRequest, numbers: dict[int, float | None]) -> FusionTrace:
        """The trace of ``request`` with some of the layout's four numbers, by index, put in.

        The network keeps the others. Raises RequestError for what is out of range.
        """
        wanted = {index: number for index, number in numbers.items() if number is not None}
        if not wanted:
            return self.trace(request)
        free = self.shown(request)
        predicted = free.predicted.layouts[controls.lead(free)]
        layout = Layout(*(wanted.get(i, float(predicted[i])) for i in range(4)))
        frame = self.fuser(request.preset).frame
        if not frame.allows(layout, tolerance=1e-3):
            reach = frame.max_offset
            raise RequestError(f"Scales lie above 0 and up to 2, offsets from -{reach:g} to {reach:g}.")
        return self.trace(request.model_copy(update={"layout": layout}))

    def warm(self) -> None:
        """Load the first preset and fuse the opening pair, twice: the first run of a network is many times slower."""
        first, second = OPENING
        with contextlib.suppress(FusionError):
            for pair in ((second, first), (first, second)):
                self.trace(FuseRequest(first=pair[0], second=pair[1], preset=self.presets[0]))

    def request(self, data: Json) -> FuseRequest:
        """A checked request. Raises RequestError or UploadError."""
        return FuseRequest.parse(data, [*self.presets, *self.spare])

    # ------------------------------------------------------------------ what the browser calls

    def contract(self, _: object = None) -> Contract:
        """The constants that the page shares with Python."""
        return contract()

    def catalogue(self, _: object = None) -> Catalogue:
        """All emoji for the pickers, the presets that can be chosen, and their names."""
        parts = {name: parts_of(name) for name in (*self.presets, *self.spare)}
        return {
            **picker.catalogue(self.catalog),
            "presets": self.presets,
            "spare": self.spare,
            "parts": parts,
            "readers": [name for name in parts if name in self.readers],
        }

    def fuse(self, data: Json) -> FuseAnswer:
        """Result, layers and numbers of one fusion: all that must be there at once."""
        request = self.request(data)
        trace = self.shown(request)
        return {
            "result": png_url(sticker_png(trace)),
            "names": trace.names,
            "keys": trace.keys,
            "permalink": request.model_copy(update={"hypothesis": trace.hypothesis}).permalink(),
            "facts": summary(trace),
            "notices": [*self.unheard(request), *notices(request, trace)],
            "controls": controls.answer(trace, self.fuser(request.preset).frame, request.instances is not None),
            "reach": self.pace.reach(request.preset),
        }

    def sticker(self, data: Json) -> StickerAnswer:
        """The same fusion's sticker in another size, laid out and cut as the one that is shown."""
        request, size = self.request(data), StickerRequest.parse(data).size
        if size == SCREEN_SIZES[0]:
            png = sticker_png(self.shown(request))
        else:
            png = self._stickers.get((request.key, size), lambda: self._larger(request, size))
        return {"result": png_url(png), "size": size}

    def stages(self, data: Json) -> StagesAnswer:
        """The film strip of the same fusion, and what the teacher says of it."""
        return cards.answer(self.trace(self.request(data)))

    def explain(self, data: Json) -> StagesAnswer:
        """The film strip, with why this is the main subject and why the other lies here; it takes a while."""
        request = self.request(data)
        trace, fuser = self.trace(request), self.fuser(request.preset, request.style)
        if trace.attribution is None:
            ask = self._told(request, fuser.explain, disabled=False)
            found = ask(main=SIDES[trace.main], hypothesis=trace.hypothesis)
            trace = self._explained.get(request.key, lambda: replace(trace, attribution=found))
        return cards.answer(trace)

    def parts(self, data: Json) -> PartsAnswer:
        """The single pictures behind one card of the strip."""
        return {"parts": cards.parts(self.trace(self.request(data)), StageRequest.parse(data).stage)}

    def bundle(self, data: Json) -> ZipAnswer:
        """Everything about the fusion as one zip, base64."""
        trace = self.trace(self.request(data))
        packed = base64.b64encode(zip_bytes(trace)).decode("ascii")
        return {"name": f"{' + '.join(trace.names)}.zip", "zip": packed}

    def drawing(self, data: Json) -> DrawingAnswer:
        """A sharp picture of one emoji for its slot."""
        request = DrawingRequest.parse(data)
        catalog = Catalog.style(request.style) if request.style else self.catalog
        return {"svg": picker.drawing(catalog, self.catalog.find(request.key).key)}


def fresh(request: FuseRequest) -> bool:
    """Whether a pair is asked for as the network itself would fuse it, as whoever picks it does first."""
    return request.main is request.layout is request.instances is None and request.hypothesis == 1


def picture_of(given: EmojiInput) -> str | Image.Image:
    """What a fuser takes: text for the catalog, or a PIL image."""
    return given.picture if isinstance(given, Upload) else given
