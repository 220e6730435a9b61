"""Numbers about pictures and layouts. Every function works on a batch and returns one number a pair.

PSNR and SSIM are taken on *premultiplied RGB* (that is, on the picture over black) with values in [0, 1], so that
what lies under a transparent pixel never counts and presets with and without alpha compare. Source: the studies,
which measured the same.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from fusion.geometry import box_iou, layout_to_box

ALIGNED_IOU = 0.75
"""From this mean IoU on, a pair counts as aligned (design section 5)."""

PSNR_CEILING = 70.0
"""Two equal pictures; without a bound one perfect pair would carry a whole average away."""


def psnr(a: Tensor, b: Tensor) -> Tensor:
    """Peak signal-to-noise ratio (B,) in dB of premultiplied pictures (B, 3 or 4, H, W), on their RGB."""
    error = (a[:, :3].float() - b[:, :3].float()).square().mean((1, 2, 3))
    return -10 * torch.log10(error.clamp_min(10 ** (-PSNR_CEILING / 10)))


def ssim(a: Tensor, b: Tensor, window: int = 11, sigma: float = 1.5) -> Tensor:
    """Structural similarity (B,) of premultiplied pictures, on their RGB. Source: Wang et al. 2004."""
    x, y = a[:, :3].float(), b[:, :3].float()
    distance = torch.arange(window, device=x.device) - (window - 1) / 2
    weights = torch.exp(-(distance**2) / (2 * sigma**2))
    weights = weights / weights.sum()

    def blur(image: Tensor) -> Tensor:
        rows = weights.view(1, 1, -1, 1).expand(3, -1, -1, -1)
        columns = weights.view(1, 1, 1, -1).expand(3, -1, -1, -1)
        return F.conv2d(F.conv2d(image, rows, groups=3), columns, groups=3)

    mean_x, mean_y = blur(x), blur(y)
    var_x, var_y = blur(x * x) - mean_x**2, blur(y * y) - mean_y**2
    covariance = blur(x * y) - mean_x * mean_y
    c1, c2 = 0.01**2, 0.03**2
    scores = (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
    scores = scores / ((mean_x**2 + mean_y**2 + c1) * (var_x + var_y + c2))
    return scores.mean((1, 2, 3))


def similarity(a: Tensor, b: Tensor) -> Tensor:
    """Pixel similarity in [0, 1] (B,): one minus the mean absolute difference where either picture has something.

    Empty canvas does not count: it would lift any two emoji above 0.9. The published phase switch is on this number.
    """
    painted = (torch.maximum(a[:, 3:], b[:, 3:]) > 0.02).float()
    difference = (a - b).abs().mean(1, keepdim=True) * painted
    return 1 - difference.sum((1, 2, 3)) / painted.sum((1, 2, 3)).clamp_min(1)


class Alignment(NamedTuple):
    """How far layouts lie from the truth, each (B,).

    ``iou``: mean IoU of the non-main's boxes, 1 where nothing is to be placed and nothing is, 0 where the main
    subject or the number of instances is wrong. ``center_error``: mean distance of the box centres in fractions of
    the canvas; ``scale_error``: mean |log ratio| of the scales; both NaN where there is no common instance.
    """

    iou: Tensor
    center_error: Tensor
    scale_error: Tensor
    aligned: Tensor


def alignment(
    layout: Tensor, presence: Tensor, truth: Tensor, true_presence: Tensor, content: Tensor, main_ok: Tensor
) -> Alignment:
    """Compare ``layout`` (B, K, 4), ``presence`` (B, K) with the truth (B, 3, 4), (B, 3).

    ``content`` (B, 4): box of the non-main before the warp. ``main_ok`` (B,): whether the main subject is right.
    Instances are compared in their order, left to right.
    """
    slots = layout.shape[1]
    present, wanted = presence > 0.5, true_presence > 0.5
    same_count = present.sum(1) == wanted.sum(1)
    rank = present.float().argsort(dim=1, descending=True, stable=True)
    true_rank = wanted[:, :slots].float().argsort(dim=1, descending=True, stable=True)
    layout = layout.gather(1, rank[..., None].expand(-1, -1, 4))
    truth = truth[:, :slots].gather(1, true_rank[..., None].expand(-1, -1, 4))
    both = (present.gather(1, rank) & wanted[:, :slots].gather(1, true_rank)).float()
    count = both.sum(1)

    def mean(values: Tensor) -> Tensor:
        return (values * both).sum(1) / count  # NaN where count is 0

    boxes, true_boxes = (layout_to_box(what, content[:, None]) for what in (layout, truth))
    centers, true_centers = ((box[..., :2] + box[..., 2:]) / 2 for box in (boxes, true_boxes))
    ratio = (layout[..., :2].clamp_min(1e-3) / truth[..., :2].clamp_min(1e-3)).log().abs().mean(-1)
    nothing = same_count & (wanted.sum(1) == 0)
    iou = torch.where(nothing, 1.0, mean(box_iou(boxes, true_boxes)).nan_to_num(0.0))
    iou = iou * (main_ok & same_count)
    return Alignment(iou, mean((centers - true_centers).norm(dim=-1)), mean(ratio), iou >= ALIGNED_IOU)
