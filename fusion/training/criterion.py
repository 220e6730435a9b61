"""What one training step computes, as a module, so that it can be wrapped for several processes."""

from __future__ import annotations

from torch import Tensor, nn

from fusion.data.batch import Batch
from fusion.evaluation.metrics import similarity
from fusion.evaluation.perceptual import Perceptual
from fusion.evaluation.teacher_forcing import fuse_as_painted
from fusion.geometry import over, warp
from fusion.model import FusionNet, PairFeatures
from fusion.model.center_aware_scale import LayoutPrediction
from fusion.model.center_detector import order_by_main
from fusion.model.head import stack_instances
from fusion.training.losses import image_terms, layout_terms
from fusion.training.phases import Phase

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


class Criterion(nn.Module):
    """Loss terms of one phase for a batch; unweighted, by name."""

    def __init__(self, net: FusionNet, phase: Phase, perceptual: Perceptual | None = None) -> None:
        super().__init__()
        self.net, self.phase = net, phase
        self.perceptual = (perceptual,)  # in a tuple: its weights are no part of what is trained or saved

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        net, phase = self.net, self.phase
        wanted = {name for name, weight in phase.weights.items() if weight}
        if not net.aligns:
            output = net(batch.first, batch.second)
            return image_terms(output, batch, net, wanted, self.perceptual[0], phase.beta)
        seen = net.perceive(batch.first, batch.second)
        plan = net.plan(seen, batch.main)
        terms = {name: loss for name, loss in layout_terms(seen.main_logit, plan, batch).items() if name in wanted}
        if phase.fuses:
            output = fuse_as_painted(net, seen, plan, batch)
            terms |= image_terms(output, batch, net, wanted, self.perceptual[0], phase.beta)
        elif phase.paints:
            composite = plain_composite(seen, plan, batch, net.config.prefilter).float()
            if "composite" in wanted:
                terms["composite"] = (net.normalise(composite) - net.normalise(batch.target)).square().mean()
            terms[SIMILARITY] = similarity(composite.detach(), batch.target).mean()
        return terms
