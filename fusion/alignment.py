"""How far layouts lie from the truth: the one definition of alignment, for training, evaluation and the debugger.

Source: DESIGN section 5.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from fusion.geometry import box_iou, layout_to_box

ALIGNED_IOU = 0.75
"""From this mean IoU on, a pair counts as aligned."""


class Alignment(NamedTuple):
    """Each (B,).

    ``iou``: mean IoU of the non-main's boxes, 1 where nothing is to be placed and nothing is, 0 where the main
    subject or the number of instances is wrong. ``center_error``: mean distance of the box centres in fractions of
    the canvas; ``scale_error``: mean |log ratio| of the scales; both NaN where there is no common instance.
    """

    iou: Tensor
    center_error: Tensor
    scale_error: Tensor
    aligned: Tensor


def left_to_right(layout: Tensor, presence: Tensor, content: Tensor) -> tuple[Tensor, Tensor]:
    """``layout`` (B, K, 4) and ``presence`` (B, K) as bool, present instances first, by the centres of their boxes."""
    boxes = layout_to_box(layout, content[:, None])
    present = presence > 0.5
    center = ((boxes[..., 0] + boxes[..., 2]) / 2).masked_fill(~present, torch.inf)
    order = center.argsort(dim=1, stable=True)
    return layout.gather(1, order[..., None].expand(-1, -1, 4)), present.gather(1, order)


def alignment(
    layout: Tensor, presence: Tensor, truth: Tensor, true_presence: Tensor, content: Tensor, main_ok: Tensor
) -> Alignment:
    """Compare ``layout`` (B, K, 4), ``presence`` (B, K) with the truth (B, T, 4), (B, T).

    ``content`` (B, 4): box of the non-main before the warp. ``main_ok`` (B,): whether the main subject is right.
    Instances are matched from left to right.
    """
    layout, present = left_to_right(layout, presence, content)
    truth, wanted = left_to_right(truth, true_presence, content)
    same_count = present.sum(1) == wanted.sum(1)
    slots = min(layout.shape[1], truth.shape[1])
    layout, truth = layout[:, :slots], truth[:, :slots]
    both = (present[:, :slots] & wanted[:, :slots]).float()
    count = both.sum(1)

    def mean(values: Tensor) -> Tensor:
        return (values * both).sum(1) / count  # NaN where count is 0

    boxes, true_boxes = (layout_to_box(what, content[:, None]) for what in (layout, truth))
    centers, true_centers = ((box[..., :2] + box[..., 2:]) / 2 for box in (boxes, true_boxes))
    ratio = (layout[..., :2].clamp_min(1e-3) / truth[..., :2].clamp_min(1e-3)).log().abs().mean(-1)
    nothing = same_count & ~wanted.any(1)
    iou = torch.where(nothing, 1.0, mean(box_iou(boxes, true_boxes)).nan_to_num(0.0))
    iou = iou * (main_ok & same_count)
    return Alignment(iou, mean((centers - true_centers).norm(dim=-1)), mean(ratio), iou >= ALIGNED_IOU)
