"""Does the attention raise the non-main and lower the main subject?

The contrast of a pair is the mean joint attention inside the non-main's warped silhouette over the mean inside
the rest of the main subject. Beside it stands the best that each form could do, fitted to these very pairs: the
published one, whose spatial weights depend on the coordinates alone and so are one map for all pairs, and the
layout-aware one, whose third plane says where the non-main is.

Source: DESIGN section 1 (PositionalAttentionSE); section 2 for the layout-aware coordinate.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor

from fusion.attention_contrast import attention_contrast as ratio_of
from fusion.geometry import content_box, layout_to_box
from fusion.model import FusionNet, FusionOutput
from fusion.model.center_detector import order_by_main
from fusion.model.position import box_plane, coordinate_planes
from fusion.names import ATTENTION_BLOCKS

LEAST = 0.002
"""Share of the canvas that both regions of a pair must fill to count."""
FIT_STEPS, FIT_RATE = 150, 0.2


def regions(out: FusionOutput, height: int, width: int) -> tuple[Tensor, Tensor]:
    """The non-main's warped silhouette and the rest of the main's: two masks (B, 1, h, w) in [0, 1], as shares."""
    other = out.instances[:, :, 3].amax(dim=1, keepdim=True)
    rest = out.main_image[:, 3:] * (1 - other)
    size = (height, width)
    return F.adaptive_avg_pool2d(other.float(), size), F.adaptive_avg_pool2d(rest.float(), size)


def contrast(attention: Tensor, other: Tensor, rest: Tensor) -> Tensor:
    """Mean of ``attention`` (B or 1, 1, h, w) in ``other`` over that in ``rest``: (B,), NaN where one is missing."""
    inside, outside = other.mean((1, 2, 3)), rest.mean((1, 2, 3))
    return ratio_of(attention, other, rest)[:, 0].where((inside > LEAST) & (outside > LEAST), torch.nan)


@torch.no_grad()
def attention_contrast(net: FusionNet, pairs: Iterable[tuple[Tensor, Tensor]]) -> dict[str, dict[str, float]]:
    """Contrast at Up3 and Up4 over batches of ``pairs`` (B, 4, H, W), under the network's own decisions.

    For each block: ``contrast`` (average over pairs), ``raised`` (share of pairs above 1), ``n``, and the
    contrast that the best weights of either form reach on these pairs, ``published_form`` and ``layout_form``.
    Empty for a network without attention maps.
    """
    seen: dict[str, list[tuple[Tensor, ...]]] = {}
    for first, second in pairs:
        out = net(first, second)
        content = content_box(order_by_main(out.main, first, second)[1][:, 3])
        boxes = layout_to_box(out.layout, content[:, None])
        for name, maps in out.attention.items():
            if name in ATTENTION_BLOCKS:
                joint = maps.channel.mean(1)[:, None, None, None] * maps.spatial  # the mean over the channels
                size = joint.shape[-2:]
                depth = box_plane(boxes, out.presence, *size)
                seen.setdefault(name, []).append((joint.float(), *regions(out, *size), depth))
    columns = {name: [torch.cat(parts) for parts in zip(*batches, strict=True)] for name, batches in seen.items()}
    found = {}
    for name, (joint, other, rest, depth) in columns.items():
        ramps = coordinate_planes(joint.shape[-2], joint.shape[-1], like=joint)
        aware = torch.cat([ramps.expand(len(depth), -1, -1, -1), depth], dim=1)
        found[name] = figures(contrast(joint, other, rest)) | {
            "published_form": best_of_form(ramps, other, rest),
            "layout_form": best_of_form(aware, other, rest),
        }
    return found


def average(ratios: Tensor) -> Tensor:
    """Mean of ratios r through the bounded (r - 1) / (r + 1), so that one near-zero denominator cannot decide it."""
    known = ratios[ratios.isfinite()]
    index = ((known - 1) / (known + 1)).mean()
    return (1 + index) / (1 - index).clamp_min(1e-3)


def figures(ratios: Tensor) -> dict[str, float]:
    """Average, share above 1 and number of the ratios that exist."""
    known = ratios[ratios.isfinite()]
    if not len(known):
        return {"contrast": math.nan, "raised": math.nan, "n": 0}
    return {
        "contrast": round(average(known).item(), 4),
        "raised": round((known > 1).float().mean().item(), 4),
        "n": len(known),
    }


@torch.enable_grad()
def best_of_form(planes: Tensor, other: Tensor, rest: Tensor) -> float:
    """The greatest mean contrast that ``sigmoid(3x3 conv(planes))`` with one set of weights for all pairs reaches.

    ``planes``: (B or 1, P, h, w).
    """
    weight, bias = (planes.new_zeros(size).requires_grad_() for size in ((1, planes.shape[1], 3, 3), (1,)))
    optimiser = torch.optim.Adam([weight, bias], lr=FIT_RATE)
    best = 1.0
    for _ in range(FIT_STEPS):
        score = average(contrast(torch.sigmoid(F.conv2d(planes, weight, bias, padding=1)), other, rest))
        if not score.isfinite():
            break
        best = max(best, score.item())
        optimiser.zero_grad()
        (-score.log()).backward()
        optimiser.step()
    return round(best, 4)
