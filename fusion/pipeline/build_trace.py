"""FusionOutput to FusionTrace: off the device, off the batch, picture channels last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from fusion.geometry import content_box
from fusion.model import ABLATIONS, FusionOutput, PairFeatures
from fusion.model.aligned import stack_instances
from fusion.model.center_aware_scale import LayoutPrediction
from fusion.model.center_detector import decide
from fusion.pipeline.engines.engine import Engine
from fusion.pipeline.hypotheses import Ranking, shares
from fusion.pipeline.overrides import Request
from fusion.pipeline.pair import Pair
from fusion.pipeline.words import PairWords
from fusion.trace import AttentionTrace, FusionTrace, HypothesisTrace, LayoutTrace, MixtureTrace, WordTrace


def array(tensor: Tensor) -> np.ndarray:
    """A float32 copy of its own: the network may overwrite its tensors."""
    return np.array(tensor.detach().float().cpu().numpy(), np.float32, order="C")


def shared(tensor: Tensor) -> np.ndarray:
    """The tensor itself where it is float32 and on the CPU: of what no later step writes to."""
    return tensor.detach().float().cpu().numpy()


def picture(tensor: Tensor) -> np.ndarray:
    """(C, H, W) to (H, W, C)."""
    return array(tensor.movedim(0, -1))


def optional(convert: Callable[[Tensor], np.ndarray], batch: Tensor | None) -> np.ndarray | None:
    """The first of a batch, converted; ``None`` where the preset has none."""
    return None if batch is None else convert(batch[0])


def layout_trace(prediction: LayoutPrediction) -> LayoutTrace:
    """The layouts of a batch of one, and how sure the network is of each instance."""
    return LayoutTrace(array(prediction.layout[0]), array(torch.sigmoid(prediction.presence_logit[0].float())))


def hypothesis_traces(ranking: Ranking, families: Sequence[str]) -> tuple[HypothesisTrace, ...]:
    """The distinct hypotheses of a batch of one, in their order; ``families``: those that the network tells apart."""
    every = ranking.likeliest.hypotheses
    if every is None:
        return ()
    found = []
    for one in ranking.distinct:
        prediction = every.take(torch.tensor([one.index], device=every.logit.device))
        switch = bool(prediction.recolour_logit[0] > 0)
        logit = prediction.family_logit
        family = None if logit is None else families[int(logit[0].argmax())]
        found.append(HypothesisTrace(one.probability, layout_trace(prediction), switch, family))
    return tuple(found)


def mixture_trace(ranking: Ranking) -> MixtureTrace | None:
    """All hypotheses of a batch of one; ``None`` where there is one."""
    every = ranking.likeliest.hypotheses
    if every is None or every.logit.shape[1] == 1:
        return None
    presence = torch.sigmoid(every.presence_logit[0].float())
    return MixtureTrace(array(shares(every)[0]), array(every.layout[0]), array(presence))


def main_confidence(logit: Tensor, decided: int) -> float:
    """Probability, in [0.5, 1], of the main subject that was decided on, 0 or 1."""
    # Of two equals the rule takes the first, however the score leans: that is a confidence of one half.
    return max(float(torch.sigmoid(logit.float() * (2 * decided - 1))), 0.5)


def attention_traces(output: FusionOutput) -> dict[str, AttentionTrace]:
    """What multiplied the features of each up block that attends."""
    return {name: AttentionTrace(array(m.channel[0]), array(m.spatial[0, 0])) for name, m in output.attention.items()}


def word_traces(words: PairWords | None, features: PairFeatures) -> tuple[WordTrace, WordTrace] | None:
    """The words of each of the two, and which moved which place of its map; ``None`` where the network knows none."""
    if words is None or features.word_attention is None:
        return None
    first, second = (
        WordTrace(named.words, words.said.words, array(maps[0, : len(named.words) + len(words.said.words)]))
        for named, maps in zip(words.named, features.word_attention, strict=True)
    )
    return first, second


def build_trace(
    net: Engine,
    pair: Pair,
    words: PairWords | None,
    request: Request,
    features: PairFeatures,
    ranking: Ranking,
    prediction: LayoutPrediction,
    output: FusionOutput,
) -> FusionTrace:
    """The trace of a batch of one, without what the caller alone knows: hash of the weights, teacher and timings."""
    first, second = (one.astype(np.float32) / 255 for one in pair.pictures)
    return FusionTrace(
        names=pair.names,
        keys=pair.keys,
        preset=net.config.preset,
        size=pair.size,
        inputs=(first, second),
        override=None if request.override is None else request.override.lead,
        hypotheses=hypothesis_traces(ranking, net.config.family_names),
        mixture=mixture_trace(ranking),
        hypothesis=request.hypothesis,
        disabled=tuple(name for name in ABLATIONS if name in request.disabled),
        aligns=net.aligns,
        say="" if words is None else words.sentence,
        words=word_traces(words, features),
        notices=() if words is None else words.notices,
        **decisions(features, prediction, output),
        **pictures(net, output),
    )


def decisions(features: PairFeatures, prediction: LayoutPrediction, output: FusionOutput) -> dict[str, Any]:
    """What was decided: main subject, layout and the palette switch, under their names in FusionTrace."""
    decided = int(decide(features.main_logit)[0])
    return {
        "main": int(output.main[0]),
        "predicted_main": decided,
        "main_confidence": main_confidence(features.main_logit[0], decided),
        "predicted": layout_trace(prediction),
        "effective": LayoutTrace(array(output.layout[0]), array(output.presence[0])),
        "recolour": float(torch.sigmoid(output.recolour_logit[0].float())),
    }


def pictures(net: Engine, output: FusionOutput) -> dict[str, Any]:
    """What can be looked at: every stage from the separated emoji to the result, under its name in FusionTrace."""
    instances = output.instances[0]
    return {
        "separated": tuple(array(one[0]) for one in output.separated),
        "recoloured": picture(output.recoloured[0]) if output.recoloured is not None and output.recolour[0] else None,
        "instances": array(instances.movedim(1, -1)),
        "instance_boxes": array(content_box(instances[:, 3])),
        "transformed": picture(stack_instances(output.instances)[0]),
        "position": optional(shared, output.position),
        "attention": attention_traces(output),
        "gates": optional(array, output.gates),
        "correction": optional(picture, output.correction),
        "composite": picture(output.composite[0]),
        "output": picture(net.to_rgba(output.image)[0]),
    }
