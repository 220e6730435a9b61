"""Recolouring by a closed-form luminance curve: one emoji in the palette of the other, nothing learned.

The mean colour of eight luminance bins (equal pixel counts) of each emoji; the main's bin luminances are
the knots of a piecewise-linear curve, the other's bin colours its values. Source: design section 2,
third study.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

BINS = 8
LUMA = (0.299, 0.587, 0.114)
PALETTE_VIEW = 64
"""Palettes are read off a 64-pixel copy, so that they do not depend on the canvas size."""


def luminance(rgb: Tensor) -> Tensor:
    """Rec. 601 luma of (..., 3, H, W) straight RGB in [0, 1]: (..., H, W)."""
    r, g, b = rgb.unbind(-3)
    return LUMA[0] * r + LUMA[1] * g + LUMA[2] * b


def straight_rgb(rgba: Tensor) -> Tensor:
    """Colours (B, 3, H, W) of premultiplied pictures (B, 4, H, W), 0 where transparent."""
    return (rgba[:, :3] / rgba[:, 3:].clamp_min(1e-3)).clamp(0, 1)


def palette(rgba: Tensor) -> Tensor:
    """Mean colours of eight luminance bins of equal count over the opaque pixels: (B, 8, 3), dark to light."""
    small = F.adaptive_avg_pool2d(rgba.float(), PALETTE_VIEW) if rgba.shape[-1] > PALETTE_VIEW else rgba.float()
    rgb = straight_rgb(small).flatten(2)
    opaque = small[:, 3].flatten(1) > 0.5
    level = luminance(rgb[..., None])[..., 0].masked_fill(~opaque, 2.0)
    order = level.argsort(dim=1)
    count = opaque.sum(1, keepdim=True).clamp_min(1)
    ranks = torch.arange(level.shape[1], device=level.device)[None]
    bins = (ranks * BINS // count).clamp_max(BINS)  # bin BINS holds the transparent rest
    sums = rgb.new_zeros(len(rgba), BINS + 1, 4)
    values = torch.cat([rgb, torch.ones_like(rgb[:, :1])], dim=1).gather(2, order[:, None].expand(-1, 4, -1))
    sums.scatter_add_(1, bins[..., None].expand(-1, -1, 4), values.transpose(1, 2))
    return (sums[..., :3] / sums[..., 3:].clamp_min(1))[:, :BINS]


def recoloured(rgba: Tensor, own: Tensor, other: Tensor) -> Tensor:
    """``rgba`` (B, 4, H, W) with palette ``own`` shown in palette ``other`` (both (B, 8, 3)); same alpha."""
    knots = luminance(own.transpose(1, 2)[..., None])[..., 0] + torch.arange(BINS, device=own.device) * 1e-3
    level = luminance(straight_rgb(rgba.float())).flatten(1)
    right = torch.searchsorted(knots.contiguous(), level.contiguous()).clamp(1, BINS - 1)
    left_knot, right_knot = knots.gather(1, right - 1), knots.gather(1, right)
    share = ((level - left_knot) / (right_knot - left_knot)).clamp(0, 1)[..., None]

    def colour(index: Tensor) -> Tensor:
        return other.gather(1, index[..., None].expand(-1, -1, 3))

    rgb = colour(right - 1) * (1 - share) + colour(right) * share
    rgb = rgb.transpose(1, 2).unflatten(2, rgba.shape[-2:]).to(rgba.dtype)
    return torch.cat([rgb * rgba[:, 3:], rgba[:, 3:]], dim=1)


def repaint(main: Tensor, other: Tensor, wanted: Tensor) -> Tensor:
    """``main`` (B, 4, H, W) in the palette of ``other`` where ``wanted`` (B,) is above 0, else as it is."""
    rows = (wanted > 0).nonzero()[:, 0]
    if not len(rows):
        return main
    chosen = main.index_select(0, rows)
    return main.index_copy(0, rows, recoloured(chosen, palette(chosen), palette(other.index_select(0, rows))))
