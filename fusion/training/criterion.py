"""What one training step computes, as a module, so that it can be wrapped for several processes."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from fusion.data.batch import Batch
from fusion.evaluation.metrics import similarity
from fusion.evaluation.perceptual import Perceptual
from fusion.evaluation.teacher_forcing import fuse_as_painted, given_words
from fusion.geometry import over, warp
from fusion.model import FusionNet, PairFeatures
from fusion.model.aligned import stack_instances
from fusion.model.center_aware_scale import LayoutPrediction
from fusion.model.center_detector import order_by_main
from fusion.training.losses import image_terms, layout_terms
from fusion.training.phases import LAYOUT_WEIGHTS, Phase

SIMILARITY = "similarity"
"""Not a loss: what the published phase switch watches."""


def freeze(net: FusionNet, trains: tuple[str, ...]) -> None:
    """Let only the named parts of ``net`` learn (empty: all); the rest keeps its BatchNorm statistics as well."""
    net.train()
    for name, part in net.named_children():
        learns = not trains or name in trains
        part.requires_grad_(learns)
        part.train(learns)


def plain_composite(seen: PairFeatures, plan: LayoutPrediction, batch: Batch, prefilter: bool) -> Tensor:
    """The transformed non-main over the main subject under the network's own layout (B, 4, H, W): no U-Net."""
    main, other = order_by_main(batch.main, *seen.inputs)
    slots = plan.layout.shape[1]
    moved = warp(other.repeat_interleave(slots, 0), plan.layout.flatten(0, 1), prefilter).unflatten(0, (-1, slots))
    present = (plan.presence_logit > 0).to(moved.dtype)
    return over(stack_instances(moved * present[:, :, None, None, None]), main)


def believed_main(seen: PairFeatures, batch: Batch) -> Tensor:
    """The main subject (B,): the truth, or the network's own decision where nobody knows it."""
    return torch.where(batch.layout_known > 0, batch.main, (seen.main_logit > 0).to(batch.main.dtype))


def with_own_decisions(batch: Batch, seen: PairFeatures, plan: LayoutPrediction) -> Batch:
    """``batch`` with the network's own main subject, layout, presence and switch where nobody knows the truth.

    So the picture of a sticker that could not be matched is still learned from, under the layout the network gives it.
    """
    slots, known = plan.layout.shape[1], batch.layout_known > 0
    layout, presence = batch.painted_layout.clone(), batch.presence.clone()
    layout[:, :slots] = plan.layout.detach().to(layout.dtype)
    presence[:, :slots] = (plan.presence_logit > 0).to(presence.dtype)
    return replace(
        batch,
        main=believed_main(seen, batch),
        painted_layout=torch.where(known[:, None, None], batch.painted_layout, layout),
        presence=torch.where(known[:, None], batch.presence, presence),
        recolour=torch.where(batch.recolour_known > 0, batch.recolour, (plan.recolour_logit > 0).float()),
    )


class Criterion(nn.Module):
    """Loss terms of one phase for a batch; unweighted, by name."""

    def __init__(self, net: FusionNet, phase: Phase, perceptual: Perceptual | None = None) -> None:
        super().__init__()
        self.net, self.phase = net, phase
        self.perceptual = (perceptual,)  # in a tuple: its weights are no part of what is trained or saved

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        """The unweighted terms of the phase, by name: scalars."""
        net, phase = self.net, self.phase
        wanted = {name for name, weight in phase.weights.items() if weight}
        if not net.aligns:
            output = net(batch.first, batch.second)
            return image_terms(output, batch, net, wanted, self.perceptual[0], phase.beta)
        seen = net.perceive(batch.first, batch.second, given_words(batch))
        plan = net.plan(seen, believed_main(seen, batch))
        taught = layout_terms(seen.main_logit, plan, batch, LAYOUT_WEIGHTS, net.config.family_names)
        terms = {name: loss for name, loss in taught.items() if name in wanted}
        batch = with_own_decisions(batch, seen, plan)
        if phase.fuses:
            output = fuse_as_painted(net, seen, plan, batch)
            terms |= image_terms(output, batch, net, wanted, self.perceptual[0], phase.beta)
        elif phase.paints:
            composite = plain_composite(seen, plan, batch, net.config.prefilter).float()
            if "composite" in wanted:
                terms["composite"] = (net.normalise(composite) - net.normalise(batch.painted_target)).square().mean()
            terms[SIMILARITY] = similarity(composite.detach(), batch.painted_target).mean()
        return terms
