"""Two emoji, and whatever a person overrides, to one FusionTrace.

Source: design sections 4 and 6. Nothing here knows how the network was trained.
"""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from fusion.cache import LruCache
from fusion.emoji.catalog import Catalog
from fusion.emoji.sources import Source, read_source
from fusion.geometry import content_box
from fusion.model import ABLATIONS, DEFAULT_PRESET, FusionNet, PairFeatures
from fusion.model.center_aware_scale import LayoutPrediction
from fusion.model.center_detector import decide
from fusion.model.weights import load_fusion_net, locate_weights, weights_hash
from fusion.pipeline.build_trace import build_trace
from fusion.pipeline.engines.accelerated import accelerate
from fusion.pipeline.hypotheses import Ranked, distinct
from fusion.pipeline.overrides import SIDES, Override, RequestError, check_request, read_override
from fusion.pipeline.ranking import chosen
from fusion.pipeline.teacher_trace import TeacherTracer
from fusion.trace import FusionTrace, TeacherTrace

INPUT_BYTES, SEEN_BYTES, PLAN_BYTES = 64 * 2**20, 192 * 2**20, 2**20
"""Bounds of the caches: drawn emoji, perceptions (some 5 MB each at 256 pixels), plans."""


def choose_device(device: str) -> torch.device:
    """``auto`` takes a GPU if there is one. Raises RequestError for what is unknown or absent."""
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        chosen = torch.device(device)
    except RuntimeError as fault:
        raise RequestError(f"There is no device {device!r}; choose auto, cpu or cuda.") from fault
    if chosen.type == "cuda" and not torch.cuda.is_available():
        raise RequestError("This machine has no usable CUDA GPU; choose --device cpu.")
    return chosen


def check_disabled(disabled: Iterable[str]) -> None:
    """Raises RequestError for parts that cannot be switched off."""
    unknown = sorted(set(disabled) - set(ABLATIONS))
    if unknown:
        raise RequestError(f"{', '.join(unknown)} cannot be switched off; only {', '.join(ABLATIONS)} can.")


class Fuser:
    """Fuses pairs with one network, and remembers what an override leaves untouched. Safe to share between threads.

    ``weights``: folder or hub id, ``None`` for those that ship with ``preset``, which is the default one if ``None``.
    ``net``: a network at hand instead. ``quick``: work with an accelerated copy, whose pictures differ by at most
    2/255.
    Raises WeightsError or RequestError.
    """

    def __init__(
        self,
        weights: str | Path | None = None,
        device: str = "auto",
        preset: str | None = None,
        *,
        net: FusionNet | None = None,
        catalog: Catalog | None = None,
        quick: bool = True,
    ) -> None:
        self.device = choose_device(device)
        self.weights_hash = "none"
        if net is None:
            folder = locate_weights(weights, preset or DEFAULT_PRESET)
            net, self.weights_hash = load_fusion_net(folder), weights_hash(folder)
            if preset is not None and preset != net.config.preset:
                raise RequestError(
                    f"{folder} holds weights of {net.config.preset!r}, not {preset!r}; name one of them."
                )
        self.net = accelerate(net.eval(), device=self.device) if quick else net.to(self.device).eval()
        self.preset, self.frame = net.config.preset, net.config.frame
        self.catalog = catalog or Catalog.default()
        self._inputs = LruCache(INPUT_BYTES, held_bytes)
        self._seen = LruCache(SEEN_BYTES, held_bytes)
        self._plans = LruCache(PLAN_BYTES, held_bytes)
        self._teacher = TeacherTracer(self.frame)
        self._turn = threading.Lock()

    def fuse(
        self,
        first: str | Path | Image.Image,
        second: str | Path | Image.Image,
        *,
        main: str | None = None,
        layout: Sequence[float] | None = None,
        instances: Sequence[Sequence[float]] | None = None,
        hypothesis: int = 1,
        size: int = 256,
        disabled: frozenset[str] = frozenset(),
        teacher: bool = True,
    ) -> FusionTrace:
        """One fusion, every stage kept.

        ``first``, ``second``: text for ``Catalog.find``, the ``Path`` of a picture, or a PIL image. ``main``:
        ``"first"`` or ``"second"`` forces the main subject. ``layout``: (scale_h, scale_w, offset_y, offset_x) of
        the first present instance; the others keep their place relative to it. ``instances``: instead of that, a
        layout for each instance there is to be. ``hypothesis``: rank of the network's idea to follow, 1 being what
        it would take (``FusionTrace.hypotheses`` lists them). ``size``: pixels a side, a multiple of 16 from 64 to
        1024. ``disabled``: ablations. ``teacher``: also ask the teacher, for pairs of the catalogue.
        Raises FusionError with one sentence for anything that cannot be done.
        """
        wanted = read_override(layout, instances, self.frame)
        check_request(main, size, hypothesis)
        check_disabled(disabled)
        timings: dict[str, float] = {}
        start = time.perf_counter()
        with self.clock(timings, "inputs"):
            sources = read_source(first, self.catalog), read_source(second, self.catalog)
            pictures = tuple(self._picture(source, size) for source in sources)
        with self._turn, torch.inference_mode():
            seen, index = self._perceive(sources, pictures, main, size, timings)
            with self.clock(timings, "plan"):
                plan, ranked = self._plan(sources, seen, index, size, hypothesis)
                placed, presence = self._place(plan, wanted)
            with self.clock(timings, "fuse"):
                out = self.net.fuse(seen, index, plan, placed, presence, disabled=frozenset(disabled))
            with self.clock(timings, "trace"):
                trace = build_trace(self.net, pictures, seen, plan, out, ranked, hypothesis)
        truth = self._ask_teacher(sources, size, trace, timings) if teacher else None
        timings["total"] = 1000 * (time.perf_counter() - start)
        return dataclasses.replace(
            trace,
            names=tuple(source.name for source in sources),
            keys=tuple(source.key for source in sources),
            weights_hash=self.weights_hash,
            override=None if wanted is None else wanted.lead,
            teacher=truth,
            timings_ms=timings,
            ablations={name: False for name in ABLATIONS if name in disabled},
        )

    def outputs(self, pairs: Sequence[tuple[str, str]], size: int = 256) -> np.ndarray:
        """The fused pictures of many pairs of keys, at once: premultiplied RGBA, float32 (B, S, S, 4) in [0, 1]."""
        drawn = [[self._picture(Source("", key), size) for key in keys] for keys in pairs]
        first, second = (torch.cat([self._tensor(picture) for picture in side]) for side in zip(*drawn, strict=True))
        with self._turn, torch.inference_mode():
            painted = self.net.to_rgba(self.net(first, second).image)
        return painted.float().permute(0, 2, 3, 1).cpu().numpy()

    def _picture(self, source: Source, size: int) -> np.ndarray:
        """Premultiplied RGBA, uint8 (size, size, 4)."""
        return self._inputs.get((source.key, size), lambda: source.draw(size, self.frame, self.catalog))

    def _perceive(
        self,
        sources: tuple[Source, Source],
        pictures: tuple[np.ndarray, np.ndarray],
        main: str | None,
        size: int,
        timings: dict[str, float],
    ) -> tuple[PairFeatures, Tensor]:
        """What the network sees in the pair, remembered, and the main subject in effect (1,)."""
        with self.clock(timings, "perceive"):
            pair = (sources[0].key, sources[1].key, size)
            seen = self._seen.get(pair, lambda: self.net.perceive(*(self._tensor(p) for p in pictures)))
            decided = int(decide(seen.main_logit)[0]) if main is None else SIDES.index(main)
        return seen, torch.tensor([decided], device=self.device)

    def _plan(
        self, sources: tuple[Source, Source], seen: PairFeatures, main: Tensor, size: int, hypothesis: int
    ) -> tuple[LayoutPrediction, list[Ranked]]:
        """The network's idea of that rank, and all its distinct ones, remembered. Raises UnknownHypothesis."""

        def plan() -> tuple[LayoutPrediction, list[Ranked]]:
            made = self.net.plan(seen, main)
            if made.hypotheses is None or made.hypotheses.logit.shape[1] == 1:
                return made, []
            other = seen.inputs[1 - int(main)]
            return made, distinct(made.hypotheses, content_box(other[:, 3])[0])

        made, ranked = self._plans.get((sources[0].key, sources[1].key, size, int(main)), plan)
        index = chosen(ranked, hypothesis)
        if hypothesis == 1:
            return made, ranked
        return made.hypotheses.take(torch.tensor([index], device=self.device)), ranked

    def _place(self, plan: LayoutPrediction, wanted: Override | None) -> tuple[Tensor | None, Tensor | None]:
        """Layouts (1, K, 4) and presence (1, K) that a person wants in place of the plan's. Raises RequestError."""
        if wanted is None:
            return None, None
        there = (plan.presence_logit[0] > 0).float().cpu().numpy()
        moved, present = wanted.apply(plan.layout[0].float().cpu().numpy(), there)
        return torch.from_numpy(moved)[None].to(self.device), torch.from_numpy(present)[None].to(self.device)

    def _tensor(self, picture: np.ndarray) -> Tensor:
        """uint8 (S, S, 4) to float (1, 4, S, S) in [0, 1] on the device."""
        return torch.from_numpy(picture).to(self.device).permute(2, 0, 1)[None].float().div_(255)

    def _ask_teacher(
        self, sources: tuple[Source, Source], size: int, trace: FusionTrace, timings: dict[str, float]
    ) -> TeacherTrace | None:
        """The teacher's answer, for pairs of two emoji."""
        if any(source.picture is not None for source in sources):
            return None
        with self.clock(timings, "teacher"):
            return self._teacher.trace(sources[0].key, sources[1].key, size, trace)

    @contextmanager
    def clock(self, timings: dict[str, float], stage: str) -> Iterator[None]:
        """Milliseconds of a stage; on a GPU its work is waited for."""
        start = time.perf_counter()
        yield
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        timings[stage] = 1000 * (time.perf_counter() - start)


def held_bytes(value: object) -> int:
    """Bytes of the arrays and tensors in ``value``: arrays, tensors, dataclasses and tuples of them."""
    if isinstance(value, (Tensor, np.ndarray)):
        return value.nbytes
    if isinstance(value, (tuple, list)):
        return sum(map(held_bytes, value))
    if dataclasses.is_dataclass(value):
        return sum(held_bytes(getattr(value, f.name)) for f in dataclasses.fields(value))
    return 0
