"""The two image spaces of the presets: premultiplied RGBA in [0, 1], or RGB over black in [-1, 1]."""

from __future__ import annotations

import torch
from torch import Tensor


def from_rgba(rgba: Tensor, has_alpha: bool) -> Tensor:
    """Premultiplied RGBA (B, 4, H, W) in [0, 1] to the image space: itself, or RGB (B, 3, H, W) in [-1, 1]."""
    return rgba if has_alpha else 2 * rgba[:, :3] - 1


def to_rgba(image: Tensor, has_alpha: bool) -> Tensor:
    """The way back, clamped: premultiplied RGBA (B, 4, H, W). What has no alpha is opaque, its ground is black."""
    if not has_alpha:
        rgb = ((image + 1) / 2).clamp(0, 1)
        return torch.cat([rgb, torch.ones_like(rgb[:, :1])], dim=1)
    alpha = image[:, 3:].clamp(0, 1)
    return torch.cat([torch.minimum(image[:, :3].clamp_min(0), alpha), alpha], dim=1)
