"""Numbers about pictures; layouts have theirs in ``alignment``. All are batched: one number a pair.

PSNR and SSIM are taken on *premultiplied RGB* (that is, on the picture over black) with values in [0, 1], so that
what lies under a transparent pixel never counts and presets with and without alpha compare.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

PSNR_CEILING = 20 * math.log10(255)
"""48.1 dB: an error of one 8-bit level, root mean square. Below that two pictures are the same, and without a bound
the pairs whose target *is* the composite would carry every average away."""


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
