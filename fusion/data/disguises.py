"""Emoji in a drawing that nobody knows: other colours, bent outlines, fewer details, at times a mere silhouette.

A network that sees the same few drawings of an emoji again and again soon looks them up, and is lost where somebody
draws it otherwise. A disguised emoji has to be told by its shape and by the words that name it.

Source: DESIGN section 3.
"""

from __future__ import annotations

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from fusion.data.batch import Batch
from fusion.geometry import content_box

BENDS, BEND = 5, 0.02
"""Outlines are pushed about at so many places a side, by so much (standard deviation, canvas fractions)."""

BLURRED, FLAT = 0.5, 0.15
"""Shares of the disguised emoji that lose details, and that lose all of them."""

LUMA = (0.299, 0.587, 0.114)
"""How much red, green and blue count for how bright a colour is (ITU-R BT.601)."""

BLUR = 9
"""Width in pixels of what details are averaged over."""


def disguise(batch: Batch, share: float, generator: np.random.Generator) -> None:
    """Disguise a ``share`` of the inputs of an unpainted ``batch``, in place, with boxes to match; the truth stays."""
    for pictures in (batch.first, batch.second):
        rows = torch.from_numpy(generator.random(len(batch)) < share)
        if rows.any():
            pictures[rows] = simplified(recoloured(bent(pictures[rows], generator), generator), generator)
    second_is_other = (batch.main == 0)[:, None, None]
    batch.content = content_box(torch.where(second_is_other, batch.second[:, 3], batch.first[:, 3]))


def bent(pictures: Tensor, generator: np.random.Generator) -> Tensor:
    """Premultiplied pictures (B, 4, S, S), each pulled out of shape by a smooth field of its own."""
    pull = torch.from_numpy(generator.normal(0, 2 * BEND, (len(pictures), 2, BENDS, BENDS))).to(pictures)
    pull = F.interpolate(pull, pictures.shape[-2:], mode="bicubic", align_corners=False).permute(0, 2, 3, 1)
    still = torch.eye(2, 3).to(pictures).expand(len(pictures), -1, -1)
    grid = F.affine_grid(still, list(pictures.shape), align_corners=False)
    return F.grid_sample(pictures, grid + pull, align_corners=False)


def recoloured(pictures: Tensor, generator: np.random.Generator) -> Tensor:
    """Premultiplied pictures (B, 4, S, S) with hue, saturation, brightness and contrast of their own."""
    many = len(pictures)
    turn = generator.normal(0, 0.8, many)
    saturation, contrast = generator.uniform(0.2, 1.5, many), generator.uniform(0.6, 1.3, many)
    shift = torch.from_numpy(generator.normal(0, 0.1, many)).to(pictures)
    matrix = np.stack([hue_matrix(*numbers) for numbers in zip(turn, saturation * contrast, contrast, strict=True)])
    colour = torch.einsum("bij,bjhw->bihw", torch.from_numpy(matrix).to(pictures), pictures[:, :3])
    alpha = pictures[:, 3:]
    return torch.cat([torch.minimum((colour + shift[:, None, None, None] * alpha).clamp_min(0), alpha), alpha], dim=1)


def hue_matrix(turn: float, saturation: float, brightness: float) -> np.ndarray:
    """(3, 3) for linear colours: grey times ``brightness``; what differs from grey turned (radians) and scaled."""
    axis = 1 / math.sqrt(3)
    cross = axis * np.array([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]])
    turned = np.eye(3) + math.sin(turn) * cross + (1 - math.cos(turn)) * cross @ cross
    grey = np.tile(np.array(LUMA), (3, 1))
    return saturation * turned @ (np.eye(3) - grey) + brightness * grey


def simplified(pictures: Tensor, generator: np.random.Generator) -> Tensor:
    """Premultiplied pictures (B, 4, S, S), some with colours blurred within their outline, some of one colour."""
    fate = torch.from_numpy(generator.random(len(pictures)))
    strength = torch.from_numpy(generator.random(len(pictures))).to(pictures)[:, None, None, None]
    smooth = F.avg_pool2d(pictures, BLUR, 1, BLUR // 2, count_include_pad=False)
    mean = pictures.mean((2, 3), keepdim=True)
    blurred, flat = (within(colour, pictures) for colour in (smooth, mean))
    drawn = torch.where((fate < FLAT)[:, None, None, None], flat, pictures)
    lost = ((fate >= FLAT) & (fate < FLAT + BLURRED))[:, None, None, None]
    return torch.where(lost, pictures + strength * (blurred - pictures), drawn)


def within(colour: Tensor, pictures: Tensor) -> Tensor:
    """The colours of ``colour`` (B, 4, ...) in the outline of ``pictures`` (B, 4, S, S)."""
    alpha = pictures[:, 3:]
    straight = colour[:, :3] / colour[:, 3:].clamp_min(1e-3)
    return torch.cat([torch.minimum(straight.clamp(0, 1), torch.ones_like(alpha)) * alpha, alpha], dim=1)
