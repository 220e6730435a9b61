"""Many variants of one fusion, painted in one batch: what the network would make of other layouts.

The pair is perceived once; only what lies after a layout is done for each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from fusion.alignment import alignment
from fusion.frame import Frame, Layout
from fusion.geometry import content_box
from fusion.model import PairFeatures
from fusion.model.center_aware_scale import LayoutPrediction
from fusion.pipeline.overrides import carry_along


@dataclass(frozen=True)
class Variant:
    """What is other than in the network's own fusion.

    ``main``: a side, or ``None`` for the network's choice; ``hypothesis``: its rank, from 1. The first instance lies at
    ``layout``, or where that hypothesis puts it, ``scale`` times as large and shifted by ``down`` and ``right``, in
    fractions of the canvas. ``count``: so many instances, those that the network finds likeliest to be there; ``None``
    for as many as it would place.
    """

    main: str | None = None
    hypothesis: int = 1
    layout: Layout | None = None
    scale: float = 1.0
    down: float = 0.0
    right: float = 0.0
    count: int | None = None

    @property
    def own(self) -> bool:
        """Whether everything that is there lies where the network puts it."""
        return self.layout is None and (self.scale, self.down, self.right) == (1.0, 0.0, 0.0)

    def place(self, predicted: Layout, frame: Frame) -> Layout:
        """Where the first instance lies, in the range of ``frame``."""
        scale_h, scale_w, offset_y, offset_x = self.layout or predicted
        moved = Layout(scale_h * self.scale, scale_w * self.scale, offset_y + self.down, offset_x + self.right)
        return frame.clamp(moved)


@dataclass(frozen=True)
class Placed:
    """One variant before it is painted. ``layout`` (1, K, 4), ``presence`` (1, K) in effect; ``lead``: asked for.

    ``prediction``: of its hypothesis. ``main``: 0 or 1.
    """

    main: int
    prediction: LayoutPrediction
    layout: Tensor
    presence: Tensor
    lead: Layout | None


@dataclass(frozen=True)
class Painted:
    """One variant. ``picture``: premultiplied RGBA (S, S, 4) in [0, 1]; ``main``: 0 or 1.

    ``layout``: where its first instance was put, ``None`` where it was left to the network. ``iou``: mean IoU of its
    boxes with those of the network's own answer, 0 for another main subject or number of instances. ``instances``:
    where each of them lies, if their number was asked for.
    """

    picture: np.ndarray
    main: int
    layout: Layout | None
    iou: float
    instances: tuple[Layout, ...] | None = None


def there(prediction: LayoutPrediction, count: int | None) -> Tensor:
    """Which instances there are, (1, K), 0 or 1: those that are predicted, or the ``count`` likeliest."""
    logit = prediction.presence_logit
    if count is None:
        return (logit > 0).float()
    return torch.zeros_like(logit).scatter(1, logit.topk(min(count, logit.shape[1]), dim=1).indices, 1.0)


def put(wanted: Variant, main: int, prediction: LayoutPrediction, frame: Frame) -> Placed:
    """Where everything lies in a variant with that main subject, of one pair. ``prediction``: of its hypothesis."""
    presence = there(prediction, wanted.count)
    if wanted.own:
        return Placed(main, prediction, prediction.layout, presence, None)
    layouts, here = prediction.layout[0].float().cpu().numpy(), presence[0].cpu().numpy()
    lead = wanted.place(Layout(*layouts[int(here.argmax())].tolist()), frame)
    moved, present = carry_along(layouts, here, lead, frame)
    device = prediction.layout.device
    layout, presence = (torch.from_numpy(values)[None].to(device) for values in (moved, present))
    return Placed(main, prediction, layout, presence, lead)


def painted(wanted: Variant, placed: Placed, picture: np.ndarray, iou: float) -> Painted:
    """A variant that was placed, with its ``picture`` (S, S, 4)."""
    if wanted.count is None:
        return Painted(picture, placed.main, placed.lead, iou)
    here = placed.layout[0][placed.presence[0] > 0]
    return Painted(picture, placed.main, None, iou, tuple(Layout(*one) for one in here.tolist()))


def repeat(features: PairFeatures, count: int) -> PairFeatures:
    """The features of one pair as a batch of ``count``, without a copy."""

    def batch(pair: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        first, second = (one.expand(count, *one.shape[1:]) for one in pair)
        return first, second

    logit = features.main_logit.expand(count)
    return PairFeatures(batch(features.inputs), batch(features.separated), batch(features.maps), logit)


def joined(placed: list[Placed]) -> LayoutPrediction:
    """The predictions of all variants as one batch."""
    predictions = [one.prediction for one in placed]
    families = [one.family_logit for one in predictions if one.family_logit is not None]
    return LayoutPrediction(
        torch.cat([one.layout for one in predictions]),
        torch.cat([one.presence_logit for one in predictions]),
        torch.cat([one.recolour_logit for one in predictions]),
        family_logit=torch.cat(families) if families else None,
    )


def overlap(features: PairFeatures, placed: list[Placed], own: Placed) -> list[float]:
    """IoU of each variant's boxes with those of the network's ``own``."""
    count = len(placed)
    content = content_box(features.inputs[1 - own.main][:, 3]).expand(count, 4)
    same = torch.tensor([one.main == own.main for one in placed], device=content.device)
    layout, presence = (torch.cat([getattr(one, name) for one in placed]) for name in ("layout", "presence"))
    found = alignment(layout, presence, own.layout.expand_as(layout), own.presence.expand_as(presence), content, same)
    return [float(value) for value in found.iou]
