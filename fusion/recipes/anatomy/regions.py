"""Regions of an emoji's picture: its dominant colour, the small details on it, what makes a face a face.

Pictures are float32 premultiplied RGBA (H, W, 4).

Source: DESIGN section 8 ("Repaint", "Recolour with the face kept").
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from fusion.recipes.anatomy.measure import DARK, luminance, small_regions


def dominant_region(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The emoji's main colour (3,), saturated colours counting more, and the mask (H, W) of what has it."""
    solid = picture[..., 3] > 0.9
    if not solid.any():
        return np.full(3, 0.5, np.float32), solid
    straight = picture[..., :3] / np.maximum(picture[..., 3:], 1e-3)
    bins = (straight * 4).astype(int).clip(0, 4) @ np.array([25, 5, 1])
    saturation = picture[..., :3].max(-1) - picture[..., :3].min(-1)
    dominant = np.bincount(bins[solid], weights=0.3 + saturation[solid]).argmax()
    colour = np.median(straight[solid & (bins == dominant)], axis=0)
    return colour, near_colour(picture, colour, 0.16)


def near_colour(picture: np.ndarray, colour: np.ndarray, limit: float) -> np.ndarray:
    """Mask (H, W) of the opaque pixels whose channels all differ from ``colour`` by less than ``limit``."""
    straight = picture[..., :3] / np.maximum(picture[..., 3:], 1e-3)
    return (np.abs(straight - colour).max(-1) < limit) & (picture[..., 3] > 0.9)


def coat(picture: np.ndarray) -> np.ndarray:
    """Mask (H, W) of what has the emoji's main hue, in light and in shadow; greys where the main colour is a grey."""
    colour, _ = dominant_region(picture)
    solid = picture[..., 3] > 0.5
    straight = picture[..., :3] / np.maximum(picture[..., 3:], 1e-3)
    high, low = straight.max(-1), straight.min(-1)
    saturation = (high - low) / np.maximum(high, 0.05)
    own = (colour.max() - colour.min()) / max(float(colour.max()), 0.05)
    if own > 0.25:
        chroma, mine = straight - straight.mean(-1, keepdims=True), colour - colour.mean()
        length = np.maximum(np.linalg.norm(chroma, axis=-1), 1e-4)
        alike = (chroma @ mine) / (length * np.linalg.norm(mine)) > 0.82
        mask = solid & alike & (saturation > 0.18) & (high > 0.18)
    else:
        near = np.abs(high - colour.max()) < 0.4
        mask = solid & (saturation < 0.22) & near
    total = solid.sum()
    mask &= ~small_regions(mask, 0.02 * total)
    return mask | small_regions(solid & ~mask, 0.006 * total)


def without_details(stack: np.ndarray, picture: np.ndarray, colour: np.ndarray, mask: np.ndarray) -> list[int]:
    """Indices of the layers that are no small, colourful detail lying inside the dominant region."""
    reach = max(stack.shape[1] * 12 // 128, 1)
    disk = np.hypot(*np.mgrid[-reach : reach + 1, -reach : reach + 1]) <= reach
    hull = ndimage.binary_closing(np.pad(mask, reach), disk)[reach:-reach, reach:-reach]
    total = (picture[..., 3] > 0.5).sum()
    kept = []
    for i, layer in enumerate(stack):
        spot = layer[..., 3] > 0.5
        area = spot.sum()
        if 0 < area < 0.06 * total and hull[spot].mean() > 0.9:
            own = np.median(layer[spot][:, :3], axis=0)
            if np.abs(own - colour).max() > 0.15 and own.max() - own.min() > 0.3:
                continue
        kept.append(i)
    return kept


def free_strokes(picture: np.ndarray, bound: float = 0.45) -> np.ndarray:
    """Mask (H, W) of the dark strokes that stand on nothing: pupils, which lie in whites, are left out."""
    dark = (luminance(picture) < bound) & (picture[..., 3] > 0)
    white = (picture[..., :3].min(-1) > 0.85 * picture[..., 3]) & (picture[..., 3] > 0.5)
    labels, count = ndimage.label(dark, np.ones((3, 3), bool))
    for number in range(1, count + 1):
        stroke = ndimage.binary_fill_holes(labels == number)
        rim = ndimage.binary_dilation(stroke, iterations=2) & ~stroke
        if white[rim].mean() > 0.5:
            dark &= labels != number
    return dark


def face_details(picture: np.ndarray) -> np.ndarray:
    """Soft mask (H, W) in [0, 1] of a face's small dark features and small whites."""
    light, alpha = luminance(picture), picture[..., 3]
    total = max((alpha > 0.5).sum(), 1)
    dark = (light < DARK) & (alpha > 0.5)
    white = (picture[..., :3].min(-1) > 0.85 * alpha) & (alpha > 0.9)
    mask = small_regions(white, 0.04 * total)
    if dark.sum() <= 0.35 * total:
        mask |= small_regions(dark, 0.06 * total)
    return ndimage.gaussian_filter(mask.astype(np.float32), 0.6 * picture.shape[0] / 256)
