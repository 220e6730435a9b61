"""Palettes and luminance curves: one emoji in the palette of another, in closed form, nothing learned.

A palette is the mean colour of eight luminance bins of equal pixel count. A curve gives colours at knots of
luminance, linear between them; the curve from one emoji to another has the luminances of the first's palette
as knots and the colours of the second's as values. Everything is batched and runs on any device.

Source: DESIGN section 2 (recolour path); section 8 (closed-form luminance curve).
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

BINS = 8
VIEW = 128
"""Palettes of larger pictures are read off every second, third, ... pixel: sorting is what they cost."""
LUMA = (0.299, 0.587, 0.114)
"""Rec. 601 luma weights."""
DARK, DARK_SHARE = 0.25, 0.35
"""Pixels darker than DARK are outline, and left out, while they are less than DARK_SHARE of the emoji."""
TAILS = (0.02, 0.985)
"""Quantiles between which colours count: beyond lie antialiasing and highlights."""
MAIN_HUES = 0.8
"""Share of the pixels, nearest the median chroma, that speak for an emoji: all of them mix a peach with its leaf."""
KNOT_GAP = 0.02
"""Least distance of two knots: a nearly flat emoji would otherwise turn its noise into the whole palette."""
FLAT = 0.45
"""A palette whose luminance spans less than this is stretched, so that shading stays visible."""


def luminance(rgb: Tensor, dim: int = -1) -> Tensor:
    """Luma of straight RGB along ``dim``, which it removes."""
    r, g, b = rgb.unbind(dim)
    return LUMA[0] * r + LUMA[1] * g + LUMA[2] * b


def straight_rgb(rgba: Tensor) -> Tensor:
    """Colours (B, 3, H, W) of premultiplied pictures (B, 4, H, W), 0 where transparent."""
    return (rgba[:, :3] / rgba[:, 3:].clamp_min(1e-3)).clamp(0, 1)


def palette(rgba: Tensor) -> Tensor:
    """Luminance and RGB of eight bins, dark to light: (B, 8, 4) for premultiplied pictures (B, 4, H, W)."""
    step = max(rgba.shape[-1] // VIEW, 1)
    return palette_of_all(rgba[..., ::step, ::step])


def palette_of_all(rgba: Tensor) -> Tensor:
    """:func:`palette` of every pixel, however many there are."""
    rgb, solid = straight_rgb(rgba.float()).flatten(2), rgba[:, 3].flatten(1) > 0.9
    level = luminance(rgb, dim=1)
    dark = solid & (level < DARK)
    outline = dark.sum(1, keepdim=True) < DARK_SHARE * solid.sum(1, keepdim=True)
    counts = _main_hues(rgb - level[:, None], solid & ~(dark & outline))

    total = counts.sum(1, keepdim=True)
    order = level.masked_fill(~counts, 2.0).argsort(dim=1)
    rank = torch.arange(level.shape[1], device=level.device)[None].expand_as(order)
    low, high = TAILS[0] * total, TAILS[1] * total
    bins = ((rank - low) * BINS / (high - low).clamp_min(1e-6)).floor()
    bins = torch.where((bins >= 0) & (bins < BINS) & (rank < total), bins, float(BINS)).long()

    values = torch.cat([rgb, torch.ones_like(rgb[:, :1])], dim=1).gather(2, order[:, None].expand(-1, 4, -1))
    sums = values.new_zeros(rgba.shape[0], BINS + 1, 4).scatter_add_(
        1, bins[..., None].expand(-1, -1, 4), values.transpose(1, 2)
    )[:, :BINS]
    colours = torch.where(sums[..., 3:] > 0, sums[..., :3] / sums[..., 3:].clamp_min(1), 0.5)
    return torch.cat([luminance(colours)[..., None], colours], dim=-1)


def _main_hues(chroma: Tensor, counts: Tensor) -> Tensor:
    """Of the pixels that count (B, N), those nearest the median of ``chroma`` (B, 3, N), colour minus luminance."""
    median = _median(chroma, counts)
    distance = (chroma - median).norm(dim=1).masked_fill(~counts, torch.inf)
    last = (MAIN_HUES * counts.sum(1, keepdim=True)).long().clamp_max(distance.shape[1] - 1)
    return counts & (distance <= distance.sort(dim=1).values.gather(1, last))


def _median(values: Tensor, counts: Tensor) -> Tensor:
    """The lower median of ``values`` (B, 3, N) where ``counts`` (B, N): (B, 3, 1), 0 where nothing counts."""
    if torch.compiler.is_exporting():  # ONNX has no median
        rising = values.masked_fill(~counts[:, None], torch.inf).sort(dim=2).values
        middle = ((counts.sum(1) - 1) // 2).clamp_min(0)[:, None, None].expand(-1, 3, 1)
        return torch.where(counts.any(1)[:, None, None], rising.gather(2, middle), 0.0)
    return values.masked_fill(~counts[:, None], torch.nan).nanmedian(dim=2, keepdim=True).values.nan_to_num()


def spread(knots: Tensor) -> Tensor:
    """``knots`` (..., 8) ascending, at least KNOT_GAP apart, about the same mean."""
    ascending = knots.sort(dim=-1).values
    raised = torch.cat([torch.zeros_like(ascending[..., :1]), ascending.diff(dim=-1).clamp_min(KNOT_GAP)], dim=-1)
    raised = raised.cumsum(dim=-1)
    return raised + (ascending - raised).mean(dim=-1, keepdim=True)


def luminance_curve(source: Tensor, target: Tensor) -> Tensor:
    """The curve (..., 8, 4) that gives an emoji with palette ``source`` the palette ``target`` (both (..., 8, 4)).

    A flat target is stretched by what the source's shading asks for.
    """
    knots, light, colours = spread(source[..., 0]), target[..., 0], target[..., 1:]
    span, wanted_span = light[..., -1:] - light[..., :1], source[..., -1:, 0] - source[..., :1, 0]
    strength = 0.8 * ((FLAT - span) / FLAT).clamp(0, 1) * ((wanted_span - span) / FLAT).clamp(0, 1)
    wanted = 0.6 * (knots - knots[..., :1]) / (knots[..., -1:] - knots[..., :1]) - 0.3 + light.mean(-1, keepdim=True)
    factor = (1 - strength) + strength * wanted / light.clamp_min(0.05)
    return torch.cat([knots[..., None], (colours * factor.clamp(0.5, 1.5)[..., None]).clamp(0, 1)], dim=-1)


def recolour(pictures: Tensor, curves: Tensor) -> Tensor:
    """Premultiplied pictures (B, 4, H, W) through curves (B, 8, 4); alpha stays.

    Colours are linear between the knots and constant beyond the outermost ones.
    """
    alpha = pictures[:, 3:]
    light = luminance(pictures[:, :3], dim=1) / alpha[:, 0].clamp_min(1e-3)
    knots, colours = curves[..., 0], curves[..., 1:]
    span = (knots[:, 1:] - knots[:, :-1]).clamp_min(1e-6)
    slopes = (colours[:, 1:] - colours[:, :-1]) / span[..., None]
    rise = (light.flatten(1)[:, None] - knots[:, :-1, None]).clamp_min(0).minimum(span[..., None])
    colour = torch.baddbmm(colours[:, 0, :, None], slopes.transpose(1, 2), rise)
    return torch.cat([colour.unflatten(2, light.shape[1:]).clamp(0, 1) * alpha, alpha], dim=1)


def repaint(main: Tensor, other: Tensor, wanted: Tensor, measured: tuple[Tensor, Tensor] | None = None) -> Tensor:
    """``main`` (B, 4, H, W) in the palette of ``other`` where ``wanted`` (B,) is above 0, else as it is.

    ``measured``: the same two in another size, (B, 4, h, w), off which the palettes are read.
    """
    rows = (wanted > 0).nonzero()[:, 0]
    if not len(rows):
        return main
    chosen = main.index_select(0, rows).float()
    source, target = (palette(one.index_select(0, rows)) for one in measured or (main, other))
    return main.index_copy(0, rows, recolour(chosen, luminance_curve(source, target)).to(main.dtype))


def on_white(picture: Tensor) -> np.ndarray:
    """A premultiplied picture (4, H, W) in [0, 1] over white, as uint8 (H, W, 3): what a sheet shows."""
    rgb = picture[:3] + 1 - picture[3:]
    return (rgb.clamp(0, 1) * 255 + 0.5).to(torch.uint8).permute(1, 2, 0).cpu().numpy()
