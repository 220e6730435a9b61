"""Eyes on a flat render: pairs of like, level blobs in the middle of a face.

Source: DESIGN sections 3 and 8.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from fusion.recipes.anatomy.measure import DARK, EIGHT, Blob, Box, blobs, luminance, mask_box


@dataclass(frozen=True)
class Pairing:
    """What a pair of eyes may look like: bounds in drawing-area units, and how the worse pairs are told."""

    gap: tuple[float, float] = (12, 75)
    ratio: float = 1.7
    level: float = 4
    shift: float = 7
    limit: float = 25


USUAL = Pairing()
BRIGHT = Pairing(limit=30)
"""Eyes found among a smiley's features, in any colour."""
BESIDE = Pairing(gap=(20, 38), ratio=1.2, level=1.5, shift=24, limit=60)
"""People who hold something sit beside the middle of their picture; in return their eyes are very regular."""


def find_pair(candidates: list[Blob], box: Box, want: Pairing = USUAL) -> tuple[Box, Box] | None:
    """The two blobs that look most like a pair of eyes in the silhouette's ``box``, left one first.

    Eyes are of like area, level, centred, in the middle band of the height.
    """
    best, best_score = None, want.limit
    middle, top, height = (box[0] + box[2]) / 2, box[1], box[3] - box[1]
    for left in candidates:
        for right in candidates:
            gap = right.x - left.x
            if not want.gap[0] <= gap <= want.gap[1]:
                continue
            ratio = max(left.area, right.area) / min(left.area, right.area)
            level, shift = abs(left.y - right.y), abs((left.x + right.x) / 2 - middle)
            band = ((left.y + right.y) / 2 - top) / height
            if ratio > want.ratio or level > want.level or shift > want.shift or not 0.22 <= band <= 0.72:
                continue
            tall = max(left.height / left.width, right.height / right.width)
            flat = min(left.height / left.width, right.height / right.width)
            penalty = 40 if tall > 4 or flat < 0.3 else 0
            score = 20 * (ratio - 1) + 4 * level + 3 * shift + penalty - 0.08 * min(left.area, right.area)
            if score < best_score:
                best, best_score = (left.box, right.box), score
    return best


def dark_eyes(picture: np.ndarray, box: Box, large: bool = False, person: bool = False) -> tuple[Box, Box] | None:
    """Eyes as dark blobs of the flat picture; ``None`` where there is no pair.

    ``large``: eyes may be as large as a skull's sockets. ``person``: look even if most of the emoji is dark,
    since that may be the hair, and beside the middle, since something may be held.
    """
    solid = picture[..., 3] > 0.9
    dark = (luminance(picture) < DARK) & solid
    if dark.sum() >= 0.5 * (picture[..., 3] > 0.5).sum() and not person:
        return None
    area, width, height = (1400, 44, 44) if large else (420, 30, 34)
    found = [b for b in blobs(dark) if 12 < b.area < area and b.width < width and b.height < height]
    pair = find_pair(found, box)
    if pair is None and person:
        pair = find_pair([b for b in found if b.area > 40 and b.height >= 0.8 * b.width], box, BESIDE)
    return pair


def with_whites(picture: np.ndarray, eyes: tuple[Box, Box]) -> tuple[Box, Box]:
    """The eyes together with the whites around them, where there are any."""
    white = (picture[..., :3].min(-1) > 0.85) & (picture[..., 3] > 0.9)
    total = (picture[..., 3] > 0.5).sum()
    grown = []
    for x0, y0, x1, y1 in eyes:
        eye = np.zeros_like(white)
        eye[int(y0) : int(y1), int(x0) : int(x1)] = True
        labels, _ = ndimage.label(white | eye, EIGHT)
        region = labels == labels[int((y0 + y1) / 2), int((x0 + x1) / 2)]
        box = mask_box(region)
        if box and region.sum() < 0.1 * total and box[2] - box[0] < 50 and box[3] - box[1] < 50:
            grown.append(box)
        else:
            grown.append((x0, y0, x1, y1))
    (a, b) = grown
    return (a, b) if a[2] <= b[0] else eyes


def feature_eyes(features: np.ndarray, box: Box) -> tuple[Box, Box] | None:
    """Eyes of a smiley that are not dark (hearts, stars): a pair among its features, without the disc."""
    found = [b for b in blobs(features[..., 3] > 0.4) if 40 < b.area < 1800 and b.width < 50 and b.height < 50]
    return find_pair(found, box, BRIGHT)
