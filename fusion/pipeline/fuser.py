"""Two emoji, and whatever a person overrides, to one FusionTrace.

Source: DESIGN sections 4 and 6. Nothing here knows how the network was trained.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from fusion.cache import Budget, SharedCache, held_bytes
from fusion.emoji.catalog import Catalog
from fusion.emoji.sources import Source, read_source
from fusion.geometry import content_box
from fusion.model import DEFAULT_PRESET, FusionNet, PairFeatures
from fusion.model.center_aware_scale import LayoutPrediction
from fusion.model.center_detector import decide
from fusion.model.text_cross_attention import Words
from fusion.model.weights import load_fusion_net, locate_weights, weights_hash
from fusion.names import SIDES
from fusion.pipeline.attribution import Question, attribute
from fusion.pipeline.build_trace import build_trace
from fusion.pipeline.choices import check_disabled, choose_device
from fusion.pipeline.engines.accelerated import accelerate
from fusion.pipeline.engines.engine import Engine
from fusion.pipeline.families import unmet
from fusion.pipeline.fit import fit_trace
from fusion.pipeline.hypotheses import Ranking, distinct
from fusion.pipeline.overrides import Override, Request, RequestError, check_request, read_override
from fusion.pipeline.pair import Pair
from fusion.pipeline.ranking import chosen
from fusion.pipeline.stopwatch import Stopwatch
from fusion.pipeline.teacher_trace import TeacherTracer
from fusion.pipeline.variants import Painted, Placed, Variant, joined, overlap, painted, put, repeat
from fusion.pipeline.words import PairWords, name_uploads, read_words, tokens
from fusion.trace import AttributionTrace, FusionTrace

INPUT_BYTES, FEATURE_BYTES, RANKING_BYTES = 64 * 2**20, 192 * 2**20, 2**20
"""Bounds of the caches: drawn emoji, features of pairs (some 5 MB each at 256 pixels), layouts and hypotheses."""


class Fuser:
    """Fuses pairs with one network, and remembers what an override leaves untouched. Safe to share between threads.

    ``weights``: folder or hub id, ``None`` for those that ship with ``preset``, which is the default one if ``None``.
    ``net``: a network at hand instead. ``quick``: work with an accelerated copy, whose pictures differ by at most
    2/255. ``budget``: what is kept counts there instead of in bounds of this fuser's own.
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
        budget: Budget | None = None,
    ) -> None:
        self.device = choose_device(device)
        self.weights_hash, self.folder = "none", None
        if net is None:
            folder = self.folder = locate_weights(weights, preset or DEFAULT_PRESET)
            net, self.weights_hash = load_fusion_net(folder), weights_hash(folder)
            if preset is not None and preset != net.config.preset:
                raise RequestError(
                    f"{folder} holds weights of {net.config.preset!r}, not {preset!r}; name one of them."
                )
        self.net: Engine = accelerate(net.eval(), device=self.device) if quick else net.to(self.device).eval()
        self.preset, self.frame, self.roster = net.config.preset, net.config.frame, net.config.roster
        self.catalog = catalog or Catalog.default()
        self._inputs: SharedCache[np.ndarray] = SharedCache(budget or INPUT_BYTES, held_bytes)
        self._features: SharedCache[PairFeatures] = SharedCache(budget or FEATURE_BYTES, held_bytes)
        self._rankings: SharedCache[Ranking] = SharedCache(budget or RANKING_BYTES, held_bytes)
        self.teacher = TeacherTracer(self.frame, net.config.roster, budget)
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
        say: str | None = None,
        names: Sequence[str | None] | None = None,
        fit: bool = True,
    ) -> FusionTrace:
        """One fusion, every stage kept.

        ``first``, ``second``: text for ``Catalog.find``, the ``Path`` of a picture, or a PIL image. ``main``:
        ``"first"`` or ``"second"`` forces the main subject. ``layout``: (scale_h, scale_w, offset_y, offset_x) of
        the first present instance; the others keep their place relative to it. ``instances``: instead of that, a
        layout for each instance there is to be. ``hypothesis``: rank of the hypothesis to follow, 1 being the one the
        network would take (``FusionTrace.hypotheses`` lists them). ``size``: pixels a side, a multiple of 16 from 64
        to 1024. ``disabled``: parts of the network to leave out, of ABLATIONS. ``teacher``: also ask the teacher, for
        pairs of the catalogue. ``fit``: also crop and enlarge the sticker until it fills its canvas. ``say``: a
        sentence about how they are to be fused. ``names``: what the two are called, ``None`` for nothing; it tells of
        pictures alone, since emoji have their own. Unknown words are left out: see ``FusionTrace.notices``.
        Raises FusionError with one sentence for anything that cannot be done.
        """
        override = read_override(layout, instances, self.frame)
        request = check_request(Request(main, override, hypothesis, size, check_disabled(disabled)))
        clock = Stopwatch(self.device)
        with clock.measure("inputs"):
            pair = self._read_pair(first, second, names, size)
            words = read_words(pair.sources, say, names, self.catalog, self.net.config.words > 0)
        with self._turn, torch.inference_mode():
            trace = self._run(pair, words, request, clock)
        trace = self._complete(trace, pair, fit, teacher, clock)
        return dataclasses.replace(trace, weights_hash=self.weights_hash, timings_ms=clock.stop())

    def variants(
        self,
        first: str | Path | Image.Image,
        second: str | Path | Image.Image,
        wanted: Sequence[Variant],
        *,
        size: int = 128,
        disabled: frozenset[str] = frozenset(),
        say: str | None = None,
        names: Sequence[str | None] | None = None,
    ) -> list[Painted]:
        """Variants of one fusion, in one batch; arguments as for ``fuse``. Raises FusionError."""
        disabled = check_disabled(disabled)
        pair = self._read_pair(first, second, names, size)
        words = read_words(pair.sources, say, names, self.catalog, self.net.config.words > 0)
        with self._turn, torch.inference_mode():
            features = self._perceive(pair, words)
            own, *placed = (self._put(pair, words, features, one) for one in (Variant(), *wanted))
            main = torch.tensor([one.main for one in placed], device=self.device)
            layout, presence = torch.cat([one.layout for one in placed]), torch.cat([one.presence for one in placed])
            batch = repeat(features, len(placed))
            output = self.net.fuse(batch, main, joined(placed), layout, presence, disabled=disabled)
            pictures = self.net.to_rgba(output.image).float().permute(0, 2, 3, 1).cpu().numpy()
            ious = overlap(features, placed, own)
        return [painted(one, placed[n], pictures[n], ious[n]) for n, one in enumerate(wanted)]

    def _put(self, pair: Pair, words: PairWords | None, features: PairFeatures, wanted: Variant) -> Placed:
        """Where everything lies in a variant. Raises UnknownHypothesis."""
        decided = int(decide(features.main_logit)[0]) if wanted.main is None else SIDES.index(wanted.main)
        ranking = self._rank(pair, words, features, torch.tensor([decided], device=self.device))
        return put(wanted, decided, self._follow(ranking, wanted.hypothesis), self.frame)

    def explain(
        self,
        first: str | Path | Image.Image,
        second: str | Path | Image.Image,
        *,
        main: str,
        hypothesis: int = 1,
        size: int = 256,
        say: str | None = None,
        names: Sequence[str | None] | None = None,
    ) -> AttributionTrace:
        """Why ``main`` is the main subject, and why the other lies where the hypothesis puts it. Raises FusionError."""
        pair = self._read_pair(first, second, names, size)
        words = read_words(pair.sources, say, names, self.catalog, self.net.config.words > 0)
        decided = SIDES.index(main)
        with self._turn, torch.inference_mode():
            features = self._perceive(pair, words)
            ranking = self._rank(pair, words, features, torch.tensor([decided], device=self.device))
            there = self._follow(ranking, hypothesis).presence_logit[0] > 0
            index = chosen(ranking.distinct, hypothesis) or 0
        if not self.net.aligns:
            raise RequestError(f"{self.preset} decides on no layout, so there is nothing to explain.")
        first_picture, second_picture = (self._tensor(picture) for picture in pair.pictures)
        told = None if words is None else self._tokens([words])
        with self._turn:
            net = cast(FusionNet, self.net)
            question = Question(net, (first_picture, second_picture), told, decided, index, int(there.float().argmax()))
            return attribute(question)

    def outputs(self, pairs: Sequence[tuple[str, str]], size: int = 256) -> np.ndarray:
        """The fused pictures of many pairs of keys, at once: premultiplied RGBA, float32 (B, S, S, 4) in [0, 1]."""
        sources = [(Source("", one), Source("", other)) for one, other in pairs]
        told = [read_words(pair, None, None, self.catalog, self.net.config.words > 0) for pair in sources]
        read = self._tokens([words for words in told if words is not None]) if self.net.config.words else None
        with self._turn, torch.inference_mode():
            features = self._look(sources, size, read)
            main = decide(features.main_logit)
            painted = self.net.to_rgba(self.net.fuse(features, main, self.net.plan(features, main)).image)
        return painted.float().permute(0, 2, 3, 1).cpu().numpy()

    def _read_pair(
        self,
        first: str | Path | Image.Image,
        second: str | Path | Image.Image,
        names: Sequence[str | None] | None,
        size: int,
    ) -> Pair:
        """Both emoji, found and drawn on this network's canvas. Drawn ones are kept."""
        sources = name_uploads((read_source(first, self.catalog), read_source(second, self.catalog)), names)
        return Pair(sources, (self._picture(sources[0], size), self._picture(sources[1], size)))

    def _picture(self, source: Source, size: int) -> np.ndarray:
        """Premultiplied RGBA, uint8 (size, size, 4)."""
        return self._inputs.get((source.key, size), lambda: source.draw(size, self.frame, self.catalog))

    def _run(self, pair: Pair, words: PairWords | None, request: Request, clock: Stopwatch) -> FusionTrace:
        """The steps of the network: look, decide what is where, fuse. The caller holds the turn."""
        with clock.measure("perceive"):
            features = self._perceive(pair, words)
            decided = int(decide(features.main_logit)[0]) if request.main is None else SIDES.index(request.main)
            main = torch.tensor([decided], device=self.device)
        with clock.measure("plan"):
            ranking = self._rank(pair, words, features, main)
            prediction = self._follow(ranking, request.hypothesis)
            layout, presence = self._place(prediction, request.override)
        with clock.measure("fuse"):
            output = self.net.fuse(features, main, prediction, layout, presence, disabled=request.disabled)
        with clock.measure("trace"):
            return build_trace(self.net, pair, words, request, features, ranking, prediction, output)

    def _complete(self, trace: FusionTrace, pair: Pair, fit: bool, teacher: bool, clock: Stopwatch) -> FusionTrace:
        """The trace with what no network is needed for: the sticker cut to fill its canvas, and the teacher's own.

        The teacher knows nothing of people's own pictures; what of a sentence they do not do is told all the same.
        """
        if fit:
            with clock.measure("fit"):
                trace = fit_trace(trace)
        if teacher and pair.in_catalog:
            with clock.measure("teacher"):
                trace = self.teacher.complete(trace)
        elif teacher:
            trace = dataclasses.replace(trace, notices=(*trace.notices, *unmet(trace, None)))
        return trace

    def _perceive(self, pair: Pair, words: PairWords | None) -> PairFeatures:
        """What the network makes of the pair before any layout, kept from last time or computed now."""
        read = None if words is None else self._tokens([words])
        key = (*pair.keys, pair.size, *([] if words is None else [words.key]))
        return self._features.get(key, lambda: self._look([pair.sources], pair.size, read))

    def _look(self, pairs: Sequence[tuple[Source, Source]], size: int, words: Words | None) -> PairFeatures:
        """What the network makes of pairs before any layout; larger ones get the palettes of its own size.

        Which hues speak for an emoji can hang on a few pixels, and no sticker is to change its colours with its size.
        """

        def drawn(size: int) -> tuple[Tensor, Tensor]:
            first, second = ([self._tensor(self._picture(pair[side], size)) for pair in pairs] for side in (0, 1))
            return torch.cat(first), torch.cat(second)

        features, own = self.net.perceive(*drawn(size), words), self.net.config.size
        return dataclasses.replace(features, measured=drawn(own)) if size > own else features

    def _tokens(self, words: Sequence[PairWords]) -> Words:
        """What is told about pairs, (B, 2, T, D), on the device."""
        vectors, roles = tokens(words, self.net.config.words)
        return Words(torch.from_numpy(vectors), torch.from_numpy(roles)).to(self.device)

    def _rank(self, pair: Pair, words: PairWords | None, features: PairFeatures, main: Tensor) -> Ranking:
        """The likeliest layout and all distinct hypotheses for this main subject, kept or computed now."""

        def rank() -> Ranking:
            likeliest = self.net.plan(features, main)
            if likeliest.hypotheses is None or likeliest.hypotheses.logit.shape[1] == 1:
                return Ranking(likeliest, ())
            non_main = features.inputs[1 - int(main)]
            return Ranking(likeliest, tuple(distinct(likeliest.hypotheses, content_box(non_main[:, 3])[0])))

        return self._rankings.get((*pair.keys, pair.size, int(main), words and words.key), rank)

    def _follow(self, ranking: Ranking, hypothesis: int) -> LayoutPrediction:
        """The prediction of the hypothesis of that rank, from 1. Raises UnknownHypothesis."""
        index = chosen(ranking.distinct, hypothesis)
        if hypothesis == 1:
            return ranking.likeliest
        return ranking.likeliest.weighed.take(torch.tensor([index], device=self.device))

    def _place(self, prediction: LayoutPrediction, override: Override | None) -> tuple[Tensor | None, Tensor | None]:
        """Layouts (1, K, 4) and presence (1, K) that a person wants instead of those predicted. Raises RequestError."""
        if override is None:
            return None, None
        present = (prediction.presence_logit[0] > 0).float().cpu().numpy()
        moved, presence = override.apply(prediction.layout[0].float().cpu().numpy(), present)
        return torch.from_numpy(moved)[None].to(self.device), torch.from_numpy(presence)[None].to(self.device)

    def _tensor(self, picture: np.ndarray) -> Tensor:
        """uint8 (S, S, 4) to float (1, 4, S, S) in [0, 1] on the device."""
        return torch.from_numpy(picture).to(self.device).permute(2, 0, 1)[None].float().div_(255)
