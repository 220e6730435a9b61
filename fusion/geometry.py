"""Boxes, layouts, frames and the warp: the one home of every coordinate convention.

Conventions, used everywhere in the project:

* images are premultiplied RGBA (or RGB over black), channel first, values in [0, 1];
* boxes are ``xyxy`` in [0, 1] of the canvas, x to the right, y downwards;
* a *layout* is ``(scale_h, scale_w, offset_y, offset_x)`` of the non-main emoji about the canvas
  centre: a point ``p`` of the non-main lands on ``scale * (p - 0.5) + 0.5 + offset``;
* offsets are fractions of the height and width, so one layout serves every resolution;
* sampling grids map *output* to *input* and ``align_corners`` is always ``False``.

Source: DESIGN section 1 (CenterAwareScaleModule) and section 2 (frame, prefilter).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from fusion.frame import (
    AS_IT_IS,
    FILL,
    IDENTITY,
    MAX_SCALE,
    MIN_SCALE,
    PUBLISHED_FRAME,
    STICKER_FRAME,
    VIEW_BOX,
    VISIBLE,
    Fit,
    Frame,
    Layout,
    fit_box,
)

__all__ = [
    "AS_IT_IS",
    "FILL",
    "IDENTITY",
    "MAX_SCALE",
    "MIN_SCALE",
    "PREFILTER",
    "PUBLISHED_FRAME",
    "STICKER_FRAME",
    "VIEW_BOX",
    "VISIBLE",
    "Fit",
    "Frame",
    "Layout",
    "box_iou",
    "box_to_layout",
    "content_box",
    "fit_box",
    "layout_to_box",
    "over",
    "sampling_grid",
    "warp",
]


def layout_to_box(layout: Tensor, content: Tensor) -> Tensor:
    """Box of the non-main after the warp.

    ``layout``: (..., 4). ``content``: (..., 4), the box that the non-main fills before the warp.
    Returns (..., 4); the result may reach beyond the canvas.
    """
    scale_h, scale_w, offset_y, offset_x = layout.unbind(-1)
    x0, y0, x1, y1 = content.unbind(-1)
    return torch.stack(
        [
            scale_w * (x0 - 0.5) + 0.5 + offset_x,
            scale_h * (y0 - 0.5) + 0.5 + offset_y,
            scale_w * (x1 - 0.5) + 0.5 + offset_x,
            scale_h * (y1 - 0.5) + 0.5 + offset_y,
        ],
        dim=-1,
    )


def box_to_layout(box: Tensor, content: Tensor) -> Tensor:
    """The layout that carries ``content`` onto ``box``: the inverse of :func:`layout_to_box`."""
    x0, y0, x1, y1 = box.unbind(-1)
    u0, v0, u1, v1 = content.unbind(-1)
    scale_w = (x1 - x0) / (u1 - u0)
    scale_h = (y1 - y0) / (v1 - v0)
    offset_x = (x0 + x1) / 2 - 0.5 - scale_w * ((u0 + u1) / 2 - 0.5)
    offset_y = (y0 + y1) / 2 - 0.5 - scale_h * ((v0 + v1) / 2 - 0.5)
    return torch.stack([scale_h, scale_w, offset_y, offset_x], dim=-1)


def box_iou(a: Tensor, b: Tensor) -> Tensor:
    """Intersection over union of boxes (..., 4), in [0, 1]; 0 where both are empty."""
    width = (torch.minimum(a[..., 2], b[..., 2]) - torch.maximum(a[..., 0], b[..., 0])).clamp_min(0)
    height = (torch.minimum(a[..., 3], b[..., 3]) - torch.maximum(a[..., 1], b[..., 1])).clamp_min(0)
    inside = width * height

    def area(box: Tensor) -> Tensor:
        return (box[..., 2] - box[..., 0]).clamp_min(0) * (box[..., 3] - box[..., 1]).clamp_min(0)

    return inside / (area(a) + area(b) - inside).clamp_min(1e-9)


def content_box(alpha: Tensor, threshold: float = 0.5) -> Tensor:
    """Smallest box that holds every pixel with alpha above ``threshold``.

    ``alpha``: (..., H, W). Returns (..., 4); an empty picture gives the empty box (0, 0, 0, 0).
    """
    height, width = alpha.shape[-2:]
    # The largest of each line, then the threshold: much quicker than asking whether any pixel lies above it.
    rows, columns = ((alpha.amax(axis) > threshold).float() for axis in (-1, -2))
    y0, y1 = rows.argmax(-1), height - rows.flip(-1).argmax(-1)
    x0, x1 = columns.argmax(-1), width - columns.flip(-1).argmax(-1)
    box = torch.stack([x0 / width, y0 / height, x1 / width, y1 / height], dim=-1).float()
    return box * rows.amax(-1, keepdim=True)


def sampling_grid(layout: Tensor, height: int, width: int) -> Tensor:
    """Sampling grid (B, H, W, 2) in [-1, 1] that carries the output of ``layout`` (B, 4) to its input."""
    scale_h, scale_w, offset_y, offset_x = layout.float()[:, :, None].unbind(1)

    def centres(count: int) -> Tensor:
        return (2 * torch.arange(count, device=layout.device) + 1) / count - 1

    # Not affine_grid: it multiplies matrices, which autocast would do in half precision.
    x = (centres(width) - 2 * offset_x) / scale_w  # (B, W)
    y = (centres(height) - 2 * offset_y) / scale_h  # (B, H)
    size = (layout.shape[0], height, width)
    return torch.stack([x[:, None, :].expand(size), y[:, :, None].expand(size)], dim=-1)


PREFILTER = ((0.7, 2), (0.36, 4))
"""Below this scale the picture is first averaged over so many pixels, against aliasing."""


def warp(images: Tensor, layout: Tensor, prefilter: bool = True) -> Tensor:
    """Scale ``images`` (B, C, H, W) about the canvas centre and shift them: bilinear, zeros outside.

    ``layout``: (B, 4). With ``prefilter``, shrunk pictures are averaged first. Differentiable in both.
    """
    if not len(images):
        return images
    height, width = images.shape[-2:]
    grid = sampling_grid(layout, height, width)
    steps = [step for step in PREFILTER if prefilter and step[1] <= min(height, width)]
    shrink = layout[:, :2].amax(dim=1)
    level = sum(((shrink < bound).long() for bound, _ in steps), torch.zeros_like(shrink, dtype=torch.long))

    parts = []
    for n, factor in enumerate([1, *(factor for _, factor in steps)]):
        index = (level == n).nonzero()[:, 0]
        if len(index) == len(images):
            return _sample(images, grid, factor)
        if len(index):
            parts.append((index, _sample(images.index_select(0, index), grid.index_select(0, index), factor)))
    warped = torch.zeros_like(images)
    for index, part in parts:
        warped = warped.index_copy(0, index, part)
    return warped


def _sample(images: Tensor, grid: Tensor, factor: int) -> Tensor:
    """``images`` averaged over ``factor`` pixels, then read at ``grid``."""
    small = F.avg_pool2d(images, factor) if factor > 1 else images
    # Half precision cannot tell neighbouring pixels of a wide map apart: the grid stays in float32.
    sampled = F.grid_sample(small.float(), grid, padding_mode="zeros", align_corners=False)
    return sampled.to(images.dtype)


def over(front: Tensor, back: Tensor) -> Tensor:
    """Premultiplied alpha-over of pictures (..., 4, H, W): ``front`` on top of ``back``."""
    return front + back * (1 - front[..., 3:, :, :])
