"""FusionOutput to FusionTrace: off the device, off the batch, picture channels last."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from fusion.geometry import content_box
from fusion.model import FusionNet, FusionOutput, PairFeatures
from fusion.model.center_aware_scale import Hypotheses, LayoutPrediction
from fusion.model.center_detector import decide
from fusion.model.head import stack_instances
from fusion.pipeline.hypotheses import Ranked
from fusion.trace import AttentionTrace, FusionTrace, HypothesisTrace, LayoutTrace


def array(tensor: Tensor) -> np.ndarray:
    """A float32 copy of its own: the network may overwrite its tensors."""
    return np.array(tensor.detach().float().cpu().numpy(), np.float32, order="C")


def picture(tensor: Tensor) -> np.ndarray:
    """(C, H, W) to (H, W, C)."""
    return array(tensor.movedim(0, -1))


def layout_trace(plan: LayoutPrediction) -> LayoutTrace:
    """The layouts of a batch of one, and how sure the network is of each instance."""
    return LayoutTrace(array(plan.layout[0]), array(torch.sigmoid(plan.presence_logit[0].float())))


def hypothesis_trace(every: Hypotheses, one: Ranked) -> HypothesisTrace:
    """One hypothesis of a batch of one."""
    plan = every.take(torch.tensor([one.index], device=every.logit.device))
    return HypothesisTrace(one.probability, layout_trace(plan), bool(plan.recolour_logit[0] > 0))


def build_trace(
    net: FusionNet,
    pictures: tuple[np.ndarray, np.ndarray],
    seen: PairFeatures,
    plan: LayoutPrediction,
    out: FusionOutput,
    ranked: Sequence[Ranked] = (),
    hypothesis: int = 1,
) -> FusionTrace:
    """The trace of a batch of one, without names, teacher, override and timings, which only the caller knows.

    ``pictures``: the two inputs, premultiplied RGBA, uint8 (S, S, 4). ``ranked``: the plan's distinct hypotheses,
    ``hypothesis`` the rank of the one it follows.
    """
    decided = int(decide(seen.main_logit)[0])
    # Of two equals the rule takes the first, however the score leans: that is a confidence of one half.
    confidence = max(float(torch.sigmoid(seen.main_logit[0].float() * (2 * decided - 1))), 0.5)
    instances = out.instances[0]
    return FusionTrace(
        names=("", ""),
        keys=("", ""),
        preset=net.config.preset,
        weights_hash="",
        size=pictures[0].shape[0],
        inputs=tuple(one.astype(np.float32) / 255 for one in pictures),
        separated=tuple(array(one[0]) for one in out.separated),
        main=int(out.main[0]),
        predicted_main=decided,
        main_confidence=confidence,
        predicted=layout_trace(plan),
        override=None,
        effective=LayoutTrace(array(out.layout[0]), array(out.presence[0])),
        hypotheses=tuple(hypothesis_trace(plan.hypotheses, one) for one in ranked),
        hypothesis=hypothesis,
        recolour=float(torch.sigmoid(out.recolour_logit[0].float())),
        recoloured=None if out.recoloured is None or not out.recolour[0] else picture(out.recoloured[0]),
        instances=array(instances.movedim(1, -1)),
        instance_boxes=array(content_box(instances[:, 3])),
        transformed=picture(stack_instances(out.instances)[0]),
        position=None if out.position is None else array(out.position[0]),
        attention={
            name: AttentionTrace(array(maps.channel[0]), array(maps.spatial[0, 0]))
            for name, maps in out.attention.items()
        },
        gates=None if out.gates is None else array(out.gates[0]),
        correction=None if out.correction is None else picture(out.correction[0]),
        composite=picture(out.composite[0]),
        output=picture(net.to_rgba(out.image)[0]),
        teacher=None,
        timings_ms={},
        aligns=net.aligns,
    )
