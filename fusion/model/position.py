"""PositionalEncoding: coordinate planes, and the weights a small convolution makes of them."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fusion.model.layers import ConvBlock


def coordinate_planes(height: int, width: int, planes: int = 2, like: Tensor | None = None) -> Tensor:
    """``j / (W - 1)`` and ``i / (H - 1)``, each hitting 0 and 1 exactly: (1, planes, H, W).

    With four planes the same counted from the other side follow. Source: DESIGN section 1.
    """
    dtype = like.dtype if like is not None else torch.float32
    device = like.device if like is not None else None
    y = _from_0_to_1(height, device)[:, None].expand(height, width)
    x = _from_0_to_1(width, device)[None, :].expand(height, width)
    return torch.stack([x, y, 1 - x, 1 - y][:planes])[None].to(dtype)


def _from_0_to_1(count: int, device: torch.device | None) -> Tensor:
    if torch.compiler.is_exporting():  # linspace would fix the count in the graph
        return torch.arange(count, device=device) / (count - 1)
    return torch.linspace(0, 1, count, device=device)


def box_plane(boxes: Tensor, presence: Tensor, height: int, width: int) -> Tensor:
    """How deep each pixel lies inside the nearest of the non-main's boxes: (B, 1, H, W) in [-1, 1].

    1 at a box's centre, 0 on its edge, -1 one box size outside. ``boxes``: (B, K, 4), ``presence``: (B, K).
    The layout-aware coordinate of DESIGN section 2: two linear ramps cannot point at the non-main, this can.
    """
    planes = coordinate_planes(height, width, like=boxes)[0]
    x, y = planes[0, 0], planes[1, :, 0]  # one line each way; they meet only at the end
    x0, y0, x1, y1 = (edge[..., None] for edge in boxes.unbind(-1))
    u = (2 * x - x0 - x1).abs() / (x1 - x0).clamp_min(1e-3)  # (B, K, W)
    v = (2 * y - y0 - y1).abs() / (y1 - y0).clamp_min(1e-3)  # (B, K, H)
    absent = (presence <= 0)[..., None]
    far = torch.maximum(u.masked_fill(absent, 2)[..., None, :], v[..., None])
    return (1 - far.amin(dim=1, keepdim=True)).clamp(-1, 1)


class PositionalEncoding(nn.Module):
    """Coordinate planes -> 3x3 conv to C, BN, ReLU, sigmoid; the weights multiply C channels.

    Source: DESIGN section 1, PositionalEncoding.
    """

    def __init__(self, channels: int, planes: int = 2) -> None:
        super().__init__()
        self.planes = planes
        self.encode = ConvBlock(planes, channels)

    def forward(self, x: Tensor) -> Tensor:
        """Weights (1, C, H, W) in [0.5, 1) for features ``x`` (B, C, H, W): ReLU leaves the sigmoid its upper half."""
        planes = coordinate_planes(x.shape[-2], x.shape[-1], self.planes, like=x)
        return torch.sigmoid(self.encode(planes))
