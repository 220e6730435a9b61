"""A stand-in for the Fuser that fills a FusionTrace with real pictures and made-up numbers, in milliseconds.

Its warp is the project's, so that an overridden layout shows; everything a network would compute is synthetic
but has the right shape, range and place. ``delay`` lets a test slow down single answers.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from fusion.emoji.catalog import Catalog, UnknownEmoji
from fusion.geometry import STICKER_FRAME, Layout, content_box, over, warp
from fusion.names import ATTENTION_BLOCKS
from fusion.pipeline.fit import apply_fit, find_fit
from fusion.pipeline.overrides import UnknownHypothesis, carry_along
from fusion.pipeline.variants import Painted
from fusion.trace import (
    AttentionTrace,
    AttributionTrace,
    FusionTrace,
    HypothesisTrace,
    LayoutTrace,
)
from tests.support.fake_taught import Asked, taught

PREDICTED = ((0.5, 0.5, -0.1, 0.0), (0.3, 0.3, 0.2, 0.1))


def planes(picture: np.ndarray) -> torch.Tensor:
    """(H, W, C) as a batch of one, (1, C, H, W)."""
    return torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None]


def moved(picture: np.ndarray, layout: np.ndarray) -> np.ndarray:
    """(H, W, C) under a layout."""
    return warp(planes(picture), torch.from_numpy(layout)[None])[0].permute(1, 2, 0).numpy()


def laid_over(front: np.ndarray, back: np.ndarray) -> np.ndarray:
    """One picture (H, W, 4) on top of another."""
    return over(planes(front), planes(back))[0].permute(1, 2, 0).numpy()


def attention(plane: np.ndarray, disabled: frozenset[str]) -> dict[str, AttentionTrace]:
    """Maps of both blocks, of unlike sizes and channels."""
    return {
        name: AttentionTrace(np.linspace(0.2, 0.9, channels, dtype=np.float32), plane[::step, ::step])
        for name, channels, step in zip(ATTENTION_BLOCKS, (64, 32), (4, 2), strict=True)
        if name not in disabled
    }


class FakeFuser:
    """``fuse`` as in ``fusion.pipeline.fuser.Fuser``. ``delay(first, second, layout)`` gives seconds to sleep."""

    def __init__(
        self, preset: str = "fusion", delay: Callable[..., float] | None = None, instances: int = 1, max_offset=0.35
    ):
        self.preset, self.delay, self.instances = preset, delay, instances
        self.weights_hash, self.roster = "0123456789ab", "classic"
        self.ms = 140.0  # at 256 pixels a side: too slow for the page to ask for more of them by itself
        self.frame = replace(STICKER_FRAME, max_offset=max_offset)
        self.calls: list[dict] = []
        self.teacher = Asked()
        self.catalog = Catalog.default()

    def fuse(
        self,
        first,
        second,
        *,
        main=None,
        layout=None,
        instances=None,
        hypothesis=1,
        size=256,
        disabled=frozenset(),
        teacher=True,
        say=None,
        names=None,
        fit=True,
    ) -> FusionTrace:
        asked = {"main": main, "layout": layout, "hypothesis": hypothesis, "disabled": disabled}
        self._note(first, second, instances=instances, say=say, names=names, **asked)
        if instances is not None:
            return self._placed(first, second, instances, main, size)
        return self._fused(first, second, size=size, teacher=teacher, say=say, **asked)

    def variants(self, first, second, wanted, *, size=128, disabled=frozenset(), say=None, names=None) -> list[Painted]:
        found = []
        for one in wanted:
            own = self._hypotheses()[one.hypothesis - 1]
            lead = None if one.own else one.place(Layout(*own[0].tolist()), self.frame)
            trace = self.fuse(first, second, main=one.main, layout=lead, hypothesis=one.hypothesis, size=size)
            each = None if one.count is None else tuple(Layout(*row) for row in own[: one.count].tolist())
            found.append(Painted(trace.output, trace.main, lead, 1.0 if one.own else 0.5, each))
        return found

    def explain(self, first, second, *, main, hypothesis=1, size=256, say=None, names=None) -> AttributionTrace:
        wave = np.outer(np.linspace(-1, 1, 64, dtype=np.float32), np.ones(64, np.float32))
        names = [f"{what} ({side})" for what in ("gradients", "occlusion") for side in ("first", "second")]
        return AttributionTrace(dict.fromkeys(names, wave), dict.fromkeys(names, wave.T))

    def _fused(self, first, second, *, main, layout, hypothesis, size, disabled, teacher, say) -> FusionTrace:
        """The trace of one fusion that was noted already."""
        names, keys, inputs = zip(*(self._read(source, size) for source in (first, second)), strict=True)
        index = {"first": 0, "second": 1}.get(main, 0)
        predicted = self._hypotheses()[hypothesis - 1]
        return FusionTrace(
            names=names,
            keys=keys,
            preset=self.preset,
            weights_hash=self.weights_hash,
            size=size,
            inputs=inputs,
            main=index,
            predicted_main=0,
            main_confidence=0.98,
            override=tuple(layout) if layout is not None else None,
            hypothesis=hypothesis,
            recolour=0.1,
            say=say or "",
            notices=(f"Told “{say}”.",) if say else (),
            timings_ms={"render": 1.0, "perceive": 2.0, "plan": 1.0, "fuse": self.ms * (size / 256) ** 2},
            disabled=tuple(sorted(disabled)),
            **self._layouts(predicted, layout, disabled),
            **self._pictures(inputs, index, predicted, layout, disabled, teacher),
        )

    def outputs(self, pairs, size=256) -> np.ndarray:
        return np.stack([self.fuse(*pair, size=size).output for pair in pairs])

    def _note(self, first, second, *, layout, instances, hypothesis, say, names, **asked) -> None:
        """Keep what was asked for, and take as long as a test wants. Raises UnknownHypothesis."""
        asked |= {"layout": layout, "hypothesis": hypothesis} | ({"say": say} if say else {})
        asked |= {"names": names} if any(names or ()) else {}
        asked |= {} if instances is None else {"instances": instances}
        self.calls.append({"first": first, "second": second} | asked)
        if hypothesis > 2:
            raise UnknownHypothesis("no such hypothesis")
        if self.delay:
            time.sleep(self.delay(first, second, layout))

    def _placed(self, first, second, instances, main, size) -> FusionTrace:
        """The trace of one fusion with a layout for each instance, of which there are three at most."""
        calls, kept, self.calls, self.instances = self.calls, self.instances, [], max(len(instances), 1)
        trace = self.fuse(first, second, main=main, size=size)
        self.calls, self.instances = calls, kept
        layouts = np.array(((1, 1, 0, 0),) * 3, np.float32)
        there = np.zeros(3, np.float32)
        layouts[: len(instances)], there[: len(instances)] = instances or layouts[:0], 1
        pictures = np.stack([moved(trace.inputs[1 - trace.main], one) for one in layouts]) * there[:, None, None, None]
        composite = trace.inputs[trace.main]
        for one in pictures:
            composite = laid_over(one, composite)
        output = composite * 0.97
        return replace(
            trace,
            effective=LayoutTrace(layouts, there),
            predicted=LayoutTrace(layouts * 0.5, np.array([1, 0, 0], np.float32)),
            override=tuple(map(float, instances[0])) if len(instances) else None,
            instances=pictures,
            instance_boxes=content_box(torch.from_numpy(pictures[..., 3])).numpy(),
            gates=np.ones((4, size, size), np.float32),
            composite=composite,
            output=output,
            fit=find_fit(output),
            fitted=apply_fit(output, find_fit(output)),
        )

    def _layouts(self, predicted: np.ndarray, layout, disabled: frozenset[str]) -> dict:
        """What a network would have decided, under its names in FusionTrace."""
        best, other = self._hypotheses()
        presence = np.ones(len(predicted), np.float32)
        return {
            "predicted": LayoutTrace(predicted, presence),
            "effective": LayoutTrace(self._effective(predicted, layout, disabled), presence),
            "hypotheses": (
                HypothesisTrace(0.91, LayoutTrace(best, presence), False, "face on object"),
                HypothesisTrace(0.07, LayoutTrace(other, presence), False),
            ),
        }

    def _pictures(self, inputs, index, predicted, layout, disabled: frozenset[str], teacher: bool) -> dict:
        """Every stage that can be looked at, under its name in FusionTrace."""
        instances = np.stack([moved(inputs[1 - index], one) for one in self._effective(predicted, layout, disabled)])
        composite = inputs[index]
        for one in instances:
            composite = laid_over(one, composite)
        output = composite * 0.97
        found = find_fit(output)
        presence = np.ones(len(predicted), np.float32)
        return {
            "separated": tuple(
                np.stack([(picture[..., c % 4] - 0.3) * (c + 1) for c in range(8)]) for picture in inputs
            ),
            "recoloured": inputs[index][..., [1, 2, 0, 3]],
            "instances": instances,
            "instance_boxes": content_box(torch.from_numpy(instances[..., 3])).numpy(),
            "transformed": laid_over(instances[0], instances[-1]) if self.instances > 1 else instances[0],
            "composite": composite,
            "output": output,
            "fit": found,
            "fitted": apply_fit(output, found),
            "teacher": taught(index, composite, predicted, presence) if teacher else None,
            **self._maps(inputs[0].shape[0], disabled),
        }

    def _maps(self, size: int, disabled: frozenset[str]) -> dict:
        """Positions, attention, gates and correction: ramps of their shape."""
        wave = np.linspace(0, 1, size, dtype=np.float32)
        plane = np.outer(wave, wave)
        return {
            "position": None if "position" in disabled else np.stack([plane, plane.T, 1 - plane, plane * 0.5 + 0.4]),
            "attention": attention(plane, disabled),
            "gates": np.stack([1 - 0.3 * plane] * (1 + self.instances)),
            "correction": np.stack([0.2 * plane - 0.1] * 4, -1),
        }

    def _hypotheses(self) -> tuple[np.ndarray, np.ndarray]:
        """Both layouts (K, 4) that this fuser knows."""
        best = np.array(PREDICTED[: self.instances], np.float32)
        return best, (best * [1, 1, -1, -1] + [0.2, 0.2, 0, 0]).astype(np.float32)

    def _effective(self, predicted: np.ndarray, layout, disabled: frozenset[str]) -> np.ndarray:
        """The predicted layouts, or what a person wants in their place."""
        effective = predicted.copy()
        if layout is not None:
            wanted, there = self.frame.clamp(Layout(*layout)), np.ones(len(predicted), np.float32)
            effective = carry_along(predicted, there, wanted, self.frame)[0]
        if "layout" in disabled:
            effective[:] = (1, 1, 0, 0)
        return effective

    def _read(self, source, size: int):
        if isinstance(source, str):
            emoji = self.catalog.find(source)
            return emoji.name, emoji.key, self.catalog.render(emoji.key, size).astype(np.float32) / 255
        if source is None:
            raise UnknownEmoji("no emoji given")
        picture = np.asarray(source.convert("RGBA").resize((size, size)), np.float32) / 255
        picture[..., :3] *= picture[..., 3:]
        return "picture", "picture", picture


class FakeEvaluator:
    """An evaluation's rows, drawn from a fixed seed; ``pause`` seconds each."""

    pause = 0.002

    def run(self, split: str, fuser, limit: int):
        random = np.random.default_rng(len(split))
        keys = [emoji.key for emoji in fuser.catalog]
        for _ in range(limit):
            main_ok = bool(random.random() < 0.85)
            iou = float(random.beta(6, 2)) if main_ok else 0.0
            yield {
                "first": keys[random.integers(len(keys))],
                "second": keys[random.integers(len(keys))],
                "family": ("companion", "wearable", "face on object")[random.integers(3)],
                "main_ok": main_ok,
                "aligned": iou >= 0.75,
                "iou": iou,
                "center_error": float(random.exponential(0.04)) if main_ok else None,
                "scale_error": float(random.exponential(0.1)) if main_ok else None,
                "psnr": float(random.normal(24, 3)),
                "kind": "main" if not main_ok else "shifted" if iou < 0.75 else "",
                "confidence": float(random.random()),
            }
            time.sleep(self.pause)

    def note(self, limit: int) -> str:
        return ""

    def row(self, measured) -> dict:
        return measured

    def features(self, measured) -> np.ndarray:
        """Right main subjects on one side, wrong ones on the other; in between lie the others, by their overlap."""
        return np.array([measured["main_ok"], measured["iou"], measured["confidence"] / 4], np.float16)

    def report(self, measured: list) -> dict:
        return {"n": len(measured)}
