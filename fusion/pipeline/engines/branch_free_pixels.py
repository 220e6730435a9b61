"""Averages and warps of pictures as a graph can have them: for any size, and without asking a tensor what to do."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from fusion.geometry import PREFILTER, sampling_grid


def averaging(side: int, view: int) -> Tensor:
    """The matrix (view, side) whose rows are the means that adaptive average pooling takes; exact for side >= view."""
    pixel, cell = torch.arange(side)[None], torch.arange(view)[:, None]
    inside = (pixel >= cell * side // view) & (pixel < ((cell + 1) * side + view - 1) // view)
    return inside.float() / inside.float().sum(1, keepdim=True)


def warp_all(images: Tensor, layout: Tensor, prefilter: bool) -> Tensor:
    """``geometry.warp`` of pictures (B, C, S, S) to each of the layouts (B, N, 4): (B, N, C, S, S).

    The picture and its averages lie side by side in one wide picture with empty columns between them; the grid reads
    each instance from the one that its scale asks for. A layout only scales and shifts, so that columns and rows are
    looked up apart, and meet in the grid alone.
    """
    side, count = images.shape[-1], layout.shape[1]
    steps = PREFILTER if prefilter else ()
    levels = [images, *(F.avg_pool2d(images, factor) for _, factor in steps)]
    atlas = torch.cat([F.pad(level, (0, 1, 0, side - level.shape[-2])) for level in levels], dim=3)
    shrink = layout[..., :2].amax(dim=2, keepdim=True)  # (B, N, 1)

    factor, start = torch.ones_like(shrink), torch.zeros_like(shrink)
    offset = side + 1
    for bound, pixels in steps:
        factor = torch.where(shrink < bound, float(pixels), factor)
        start = torch.where(shrink < bound, torch.zeros_like(shrink) + offset, start)
        offset = offset + side // pixels + 1

    def pixel(coordinate: Tensor) -> Tensor:  # of its level, no further out than the empty pixel beside it
        length = side / factor
        return (((coordinate + 1) * length - 1) / 2).clamp_min(-1).minimum(length)

    each = layout.flatten(0, 1)
    columns = sampling_grid(each, 1, side)[:, 0, :, 0].unflatten(0, (-1, count))  # (B, N, S)
    rows = sampling_grid(each, side, 1)[:, :, 0, 1].unflatten(0, (-1, count))
    x = (2 * (pixel(columns) + start) + 1) / atlas.shape[-1] - 1
    y = (2 * pixel(rows) + 1) / side - 1
    size = (-1, -1, side, side)
    where = torch.stack([x[:, :, None].expand(size), y[..., None].expand(size)], dim=-1).flatten(1, 2)  # (B, N S, S, 2)
    sampled = F.grid_sample(atlas, where, padding_mode="zeros", align_corners=False)
    return sampled.unflatten(2, (count, side)).transpose(1, 2)
