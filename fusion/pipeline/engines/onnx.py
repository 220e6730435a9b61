"""Fusions by onnxruntime: the same requests and the same traces as ``Fuser``, without torch.

What a network weighs and paints comes out of the graphs (``export_onnx``); what a person asks for is laid over it by
the code that ``Fuser`` uses. There is no teacher and no ablation here.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from fusion.cache import SharedCache, held_bytes
from fusion.emoji.catalog import Catalog
from fusion.emoji.sources import Source, read_source
from fusion.frame import Frame, Layout
from fusion.names import ATTENTION_BLOCKS, SIDES
from fusion.pipeline.engines.onnx_files import GRAPHS, METADATA, WORD_ATTENTION, graph_file, locate_graphs
from fusion.pipeline.engines.onnx_graphs import Arrays, load_graph, run, sigmoid
from fusion.pipeline.fit import fit_trace
from fusion.pipeline.overrides import Request, RequestError, check_request, read_override
from fusion.pipeline.ranking import Ranked, chosen, rank
from fusion.pipeline.words import PairWords, name_uploads, read_words, tokens
from fusion.trace import AttentionTrace, FusionTrace, HypothesisTrace, LayoutTrace, MixtureTrace, WordTrace

CURVE = (8, 4)
UNWEIGHED = ("main", "main_logit", *WORD_ATTENTION)
"""Outputs of perceive that are not one row for either main subject."""
INPUT_BYTES, SEEN_BYTES = 64 * 2**20, 2**22


@dataclass(frozen=True)
class Decision:
    """What the network decided about a pair once its main subject is known; shapes as in a batch of one.

    ``weighed``: the network's M hypotheses for this main subject, by name (``branch_free.Perceive``). ``families``:
    names of the recipe families that the network tells apart.
    """

    main: int
    predicted_main: int
    main_logit: float
    weighed: Arrays
    ranked: list[Ranked]
    index: int
    families: tuple[str, ...] = ()

    @property
    def layout(self) -> LayoutTrace:
        """Of the hypothesis that is followed."""
        return self.layout_of(self.index)

    @property
    def recolour_logit(self) -> float:
        """Above zero the recolour path is on."""
        return float(self.weighed["recolour_logit"][self.index])

    def layout_of(self, index: int) -> LayoutTrace:
        """Layouts of hypothesis ``index``, and how sure the network is of each instance."""
        return LayoutTrace(self.weighed["layout"][index], sigmoid(self.weighed["presence_logit"][index]))

    def hypotheses(self) -> tuple[HypothesisTrace, ...]:
        """The distinct ones, in the order they are offered."""
        said = self.weighed
        return tuple(
            HypothesisTrace(
                one.probability,
                self.layout_of(one.index),
                bool(said["recolour_logit"][one.index] > 0),
                self.families[int(said["family"][one.index])] if self.families else None,
            )
            for one in self.ranked
        )

    def mixture(self) -> MixtureTrace | None:
        """All that were weighed; ``None`` where there is one."""
        shares = self.weighed["shares"]
        if len(shares) == 1:
            return None
        return MixtureTrace(shares, self.weighed["layout"], sigmoid(self.weighed["presence_logit"]))


class OnnxFuser:
    """Fuses pairs by three graphs. Safe to share between threads.

    ``weights``: folder of the graphs, ``None`` for those that ship. ``threads``: of onnxruntime, 0 for all cores.
    Raises GraphsError.
    """

    def __init__(
        self,
        weights: str | os.PathLike | None = None,
        preset: str | None = None,
        *,
        threads: int = 0,
        catalog: Catalog | None = None,
    ) -> None:
        folder = locate_graphs(weights, preset)
        with ThreadPoolExecutor(len(GRAPHS)) as loaders:  # a bot's first answer waits for all of them
            loaded = loaders.map(lambda graph: load_graph(graph_file(folder, graph), threads), GRAPHS)
            self._graphs = dict(zip(GRAPHS, loaded, strict=True))
        facts = json.loads(self._graphs["fuse"].get_modelmeta().custom_metadata_map[METADATA])
        config = facts["config"]
        self.palette_view, self.words, self.size = facts["palette_view"], config.get("words", 0), config["size"]
        self.families = tuple(filter(None, config.get("families", "").split(",")))
        self.weights_hash, self.preset = facts["weights"], config["preset"]
        self.frame = Frame(config["frame_scale"], config["frame_drop"], config["max_offset"])
        self.catalog = catalog or Catalog.default()
        self._inputs: SharedCache[np.ndarray] = SharedCache(INPUT_BYTES, held_bytes)
        self._seen: SharedCache[Arrays] = SharedCache(SEEN_BYTES, held_bytes)

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
        """One fusion, as ``Fuser.fuse``; ``teacher`` is ignored. Raises FusionError."""
        wanted = read_override(layout, instances, self.frame)
        check_request(Request(main, wanted, hypothesis, size, frozenset(disabled)))
        if disabled:
            raise RequestError("The ONNX engine switches nothing off; choose --engine torch for ablations.")
        timings: dict[str, float] = {}
        with clock(timings, "total"):
            with clock(timings, "inputs"):
                sources = name_uploads((read_source(first, self.catalog), read_source(second, self.catalog)), names)
                words = read_words(sources, say, names, self.catalog, self.words > 0)
                pictures = self._picture(sources[0], size), self._picture(sources[1], size)
            with clock(timings, "plan"):
                known = (sources[0].key, sources[1].key, size, words and words.key)
                seen = self._seen.get(known, lambda: self._perceive(pictures, words))
                decision = decide(seen, main, hypothesis, self.families)
                layouts, presence = decision.layout.layouts, (decision.layout.presence > 0.5).astype(np.float32)
                if wanted is not None:
                    layouts, presence = wanted.apply(layouts, presence)
            with clock(timings, "fuse"):
                out = self._paint(pictures, self._curves(sources, decision, size), decision, layouts, presence)
        lead = None if wanted is None else wanted.lead
        trace = self._trace(sources, pictures, decision, out, override=lead, hypothesis=hypothesis)
        trace = replace(trace, effective=LayoutTrace(layouts, presence), timings_ms=timings, **told(words, seen))
        return fit_trace(trace) if fit else trace

    def _trace(
        self,
        sources: tuple[Source, Source],
        pictures: tuple[np.ndarray, np.ndarray],
        decision: Decision,
        out: Arrays,
        override: Layout | None,
        hypothesis: int,
    ) -> FusionTrace:
        """The trace of one fusion under the decision's own layout, without timings."""
        first, second = (picture.astype(np.float32) / 255 for picture in pictures)
        return FusionTrace(
            names=(sources[0].name, sources[1].name),
            keys=(sources[0].key, sources[1].key),
            preset=self.preset,
            weights_hash=self.weights_hash,
            size=len(pictures[0]),
            inputs=(first, second),
            main=decision.main,
            predicted_main=decision.predicted_main,
            main_confidence=max(float(sigmoid(decision.main_logit * (2 * decision.predicted_main - 1))), 0.5),
            predicted=decision.layout,
            override=override,
            effective=decision.layout,
            hypotheses=decision.hypotheses(),
            mixture=decision.mixture(),
            hypothesis=hypothesis,
            recolour=float(sigmoid(decision.recolour_logit)),
            teacher=None,
            timings_ms={},
            **painted(out, decision.recolour_logit > 0),
        )

    def outputs(self, pairs: Sequence[tuple[str, str]], size: int = 256) -> np.ndarray:
        """The fused pictures of many pairs of keys, one after another: on a CPU a batch is no faster, and larger."""
        found = np.empty((len(pairs), size, size, 4), np.float32)
        for row, keys in enumerate(pairs):
            sources = Source("", keys[0]), Source("", keys[1])
            pictures = self._picture(sources[0], size), self._picture(sources[1], size)
            words = read_words(sources, None, None, self.catalog, self.words > 0)
            decision = decide(self._perceive(pictures, words), None, 1, self.families)
            presence = (decision.layout.presence > 0.5).astype(np.float32)
            given = self._curves(sources, decision, size), decision, decision.layout.layouts, presence
            found[row] = self._paint(pictures, *given, ["output"])["output"]
        return found

    def _picture(self, source: Source, size: int) -> np.ndarray:
        """Premultiplied RGBA, uint8 (size, size, 4)."""
        return self._inputs.get((source.key, size), lambda: source.draw(size, self.frame, self.catalog))

    def _perceive(self, pictures: tuple[np.ndarray, np.ndarray], words: PairWords | None) -> Arrays:
        """What the network says of a pair: see ``branch_free.Perceive``, without the batch."""
        given = {"first": pictures[0][None], "second": pictures[1][None]}
        if words is not None:
            given["words"], given["roles"] = tokens([words], self.words)
        return run(self._graphs["perceive"], given)

    def _curves(self, sources: tuple[Source, Source], decision: Decision, size: int) -> np.ndarray:
        """The palette path's curves (1, 8, 4), off pictures no larger than the network's own."""
        if decision.recolour_logit <= 0:
            return np.zeros((1, *CURVE), np.float32)
        side = min(size, self.size)
        step = max(side // self.palette_view, 1)
        read = [self._picture(sources[n], side)[None, ::step, ::step] for n in (decision.main, 1 - decision.main)]
        return run(self._graphs["curve"], {"main": read[0], "other": read[1]})["curves"][None]

    def _paint(
        self,
        pictures: tuple[np.ndarray, np.ndarray],
        curves: np.ndarray,
        decision: Decision,
        layouts: np.ndarray,
        presence: np.ndarray,
        names: Sequence[str] | None = None,
    ) -> Arrays:
        """What lies after the layouts (K, 4) and presence (K,) in effect; ``names``: only these outputs."""
        there = max(int(presence.nonzero()[0].max(initial=0)) + 1, 1)  # no more are warped
        given = {
            "first": pictures[0][None],
            "second": pictures[1][None],
            "main": np.array([decision.main], np.int64),
            "layout": layouts[None, :there],
            "presence": presence[None, :there],
            "recolour": np.array([decision.recolour_logit > 0], np.float32),
            "curves": curves,
        }
        if self.families:
            given["family"] = np.array([decision.weighed["family"][decision.index]], np.int64)
        return run(self._graphs["fuse"], given, names)


def decide(seen: Arrays, main: str | None, hypothesis: int, families: tuple[str, ...] = ()) -> Decision:
    """The main subject and the hypothesis of that rank; ``families`` as in Decision. Raises UnknownHypothesis."""
    logit = float(seen["main_logit"])
    predicted = int(seen["main"])
    decided = predicted if main is None else SIDES.index(main)
    weighed = {name: value[decided] for name, value in seen.items() if name not in UNWEIGHED}
    ranked = rank(weighed["shares"], weighed["same"])
    index = chosen(ranked, hypothesis)
    return Decision(decided, predicted, logit, weighed, ranked, 0 if index is None else index, families)


def told(words: PairWords | None, seen: Arrays) -> dict[str, Any]:
    """The fields of a trace about what was told in words; none for networks that know no words."""
    if words is None:
        return {}
    first, second = (
        WordTrace(words.named[side].words, words.said.words, seen[name][: words.count(side)])
        for side, name in enumerate(WORD_ATTENTION)
    )
    return {"say": words.sentence, "notices": words.notices, "words": (first, second)}


def painted(out: Arrays, recolour: bool) -> dict[str, Any]:
    """The fields of a trace that come out of the fusion graph."""
    attention = {
        name: AttentionTrace(out[f"{name}_channel"], out[f"{name}_spatial"])
        for name in ATTENTION_BLOCKS
        if f"{name}_channel" in out
    }
    same = ("instances", "instance_boxes", "transformed", "position", "gates", "correction", "composite", "output")
    return {name: out.get(name) for name in same} | {
        "separated": (out["separated_first"], out["separated_second"]),
        "recoloured": out["recoloured"] if recolour else None,
        "attention": attention,
    }


@contextmanager
def clock(timings: dict[str, float], stage: str) -> Iterator[None]:
    """Milliseconds of a stage."""
    start = time.perf_counter()
    yield
    timings[stage] = 1000 * (time.perf_counter() - start)
