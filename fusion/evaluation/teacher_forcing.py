"""The fusion under the teacher's layout instead of the network's own: what painting alone is judged by.

Source: teacher forcing, Williams and Zipser 1989.
"""

from __future__ import annotations

import torch
from torch import Tensor

from fusion.data.batch import Batch
from fusion.model import FusionNet, FusionOutput, PairFeatures
from fusion.model.center_aware_scale import LayoutPrediction
from fusion.model.text_cross_attention import Words


def given_words(batch: Batch) -> Words | None:
    """The words that ``batch`` carries as the network reads them; ``None`` where it has none."""
    if batch.word_vectors is None or batch.word_roles is None:
        return None
    return Words(batch.word_vectors, batch.word_roles)


def fuse_as_painted(net: FusionNet, seen: PairFeatures, plan: LayoutPrediction, batch: Batch) -> FusionOutput:
    """The picture for the truth that the target shows: its main subject, layout, presence, switch and recipe family.

    A network with one instance has no way to leave it out: where the teacher places nothing, its own layout stands.
    """
    slots = plan.layout.shape[1]
    present = batch.presence[:, :slots, None] > 0
    layout = torch.where(present, batch.painted_layout[:, :slots], plan.layout.detach().float())
    presence = batch.presence if slots > 1 else None
    return net.fuse(seen, batch.main, plan, layout, presence, batch.recolour, family=painted_family(net, plan, batch))


def painted_family(net: FusionNet, plan: LayoutPrediction, batch: Batch) -> Tensor | None:
    """What the U-Net is told (B, families): the family that painted the target, else the network's own."""
    own = plan.family
    if own is None:
        return None
    truth = batch.family(net.config.family_names)
    return torch.where(truth.sum(1, keepdim=True) > 0, truth, own.to(truth.dtype))
