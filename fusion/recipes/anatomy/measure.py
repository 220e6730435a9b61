"""Measuring an emoji on its picture and its layers: silhouette, seat, colours and disc.

Pictures are float32 premultiplied RGBA at :data:`SIDE` pixels each way, so that one pixel is one unit of
the drawing area. No function here knows the catalog: pictures in, numbers out.

Source: DESIGN section 8, whose measurements the thresholds are.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import ndimage

from fusion.colour import BINS, LUMA, MAIN_HUES, TAILS
from fusion.colour import DARK as OUTLINE
from fusion.colour import DARK_SHARE as OUTLINE_SHARE

Box = tuple[float, float, float, float]
SIDE = 128
LUMINANCE = np.array(LUMA, np.float32)
DARK = 0.30
"""Below this luminance a pixel may belong to an eye or an outline."""
EIGHT = np.ones((3, 3), bool)


@dataclass(frozen=True)
class Blob:
    """A connected region: its box, centre and area in pixels."""

    box: Box
    x: float
    y: float
    area: float

    @property
    def width(self) -> float:
        """In user units."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        """In user units."""
        return self.box[3] - self.box[1]


def mask_box(mask: np.ndarray) -> Box | None:
    """Smallest box around a mask (H, W), in pixels; ``None`` if the mask is empty."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return None
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def blobs(mask: np.ndarray) -> list[Blob]:
    """The eight-connected regions of a mask (H, W)."""
    labels, count = ndimage.label(mask, EIGHT)
    if not count:
        return []
    index = np.arange(1, count + 1)
    areas = ndimage.sum_labels(mask, labels, index)
    centres = ndimage.center_of_mass(mask, labels, index)
    found = []
    for (rows, columns), area, (y, x) in zip(ndimage.find_objects(labels), areas, centres, strict=True):
        box = (float(columns.start), float(rows.start), float(columns.stop), float(rows.stop))
        found.append(Blob(box, float(x) + 0.5, float(y) + 0.5, float(area)))
    return found


def luminance(picture: np.ndarray) -> np.ndarray:
    """Luminance of a premultiplied picture (..., 4), in [0, 1], after un-premultiplying."""
    return (picture[..., :3] @ LUMINANCE) / np.maximum(picture[..., 3], 1e-3)


def seat(inside: np.ndarray) -> tuple[float, float, float]:
    """``(x, y, radius)`` of the largest circle inside a mask; of near-equals the one nearest the centroid.

    Holes smaller than 3 % of the mask (the centre of a compact disc) count as inside.
    """
    inside = inside | small_regions(ndimage.binary_fill_holes(inside) & ~inside, 0.03 * inside.sum())
    distance = ndimage.distance_transform_edt(np.pad(inside, 1))[1:-1, 1:-1]
    radius = float(distance.max())
    if radius <= 0:
        return SIDE / 2, SIDE / 2, 0.0
    rows, columns = np.nonzero(inside)
    candidates = np.argwhere(distance >= 0.97 * radius)
    nearest = np.argmin(((candidates - (rows.mean(), columns.mean())) ** 2).sum(1))
    y, x = candidates[nearest]
    return float(x) + 0.5, float(y) + 0.5, radius


def palette(picture: np.ndarray) -> np.ndarray:
    """(8, 4) float32: luminance and RGB of eight bins of equal area, ascending by luminance.

    Dark pixels are dropped as long as they are an outline and not the thing itself; so are the hues furthest from
    the median, and the extremes, which are highlights and antialiasing. The network's own ``colour.palette_of_all``
    does the same with what works for a batch and in a graph (lower median, no fallback): it gives other
    numbers, and with them every target would change.
    """
    solid = picture[picture[..., 3] > 0.9]
    if len(solid) < BINS:
        solid = picture[picture[..., 3] > 0]
    if not len(solid):
        return np.tile(np.array([0.5, 0.5, 0.5, 0.5], np.float32), (BINS, 1))
    colours = solid[:, :3] / np.maximum(solid[:, 3:], 1e-3)
    light = colours @ LUMINANCE
    dark = light < OUTLINE
    if dark.mean() < OUTLINE_SHARE:
        colours, light = colours[~dark], light[~dark]
    chroma = colours - light[:, None]
    distance = np.linalg.norm(chroma - np.median(chroma, axis=0), axis=1)
    near = distance <= np.sort(distance)[min(int(MAIN_HUES * len(distance)), len(distance) - 1)]
    colours, light = colours[near], light[near]
    colours = colours[np.argsort(light, kind="stable")]
    edges = np.linspace(TAILS[0] * len(colours), TAILS[1] * len(colours), BINS + 1).astype(int)
    means = np.stack([colours[min(a, len(colours) - 1) : max(b, a + 1)].mean(0) for a, b in pairwise(edges)])
    order = np.argsort(means @ LUMINANCE, kind="stable")
    return np.column_stack([means @ LUMINANCE, means])[order].astype(np.float32)


def symmetry(alpha: np.ndarray, box: Box) -> float:
    """1 if the silhouette equals its mirror image about the box's centre, 0 if they have nothing in common."""
    part = alpha[:, int(box[0]) : int(box[2])]
    return float(1 - np.abs(part - part[:, ::-1]).sum() / max(2 * part.sum(), 1e-6))


def top_of(inside: np.ndarray, box: Box, column: float | None) -> float:
    """The y of the silhouette's top in a 13 pixel wide strip about ``column``, or about the box's centre."""
    middle = round((box[0] + box[2] - 1) / 2 if column is None else column)
    rows = np.flatnonzero(inside[:, max(middle - 6, 0) : middle + 7].any(1))
    return float(rows[0]) if len(rows) else box[1]


def width_at(inside: np.ndarray, eyes: tuple[Box, Box] | None) -> float:
    """Width of the head at the height of the eyes: the unbroken run of the silhouette there; 0 without eyes."""
    if eyes is None:
        return 0.0
    row = inside[min(int(sum(e[1] + e[3] for e in eyes) / 4), len(inside) - 1)].copy()
    row[int(eyes[0][0]) : int(eyes[1][2])] = True
    edges = np.flatnonzero(~row)
    left, right = edges[edges < eyes[0][0]], edges[edges >= eyes[1][2]]
    return float((right[0] if len(right) else len(row)) - (left[-1] + 1 if len(left) else 0))


def find_disc(stack: np.ndarray, cover: float) -> tuple[Box, int] | None:
    """The round body of a smiley: its box and how many of the bottom layers belong to it.

    ``stack``: (n, s, s, 4), every layer alone. ``cover``: pixels of the silhouette at that size.
    The first leaf must cover over 60 % of the silhouette and be round to 7 %; following leaves that
    cover most of the disc are its shading, and so is a tint that fades from its top (a blue forehead).
    """
    if not len(stack):
        return None
    side = stack.shape[1]
    unit = SIDE / side
    disc = stack[0, ..., 3]
    edge = mask_box(disc > 0.5)
    if edge is None or disc.sum() < 0.6 * cover or disc.sum() < 0.42 * side * side:
        return None
    width, height = edge[2] - edge[0], edge[3] - edge[1]
    if not 0.93 < disc.sum() / (np.pi / 4 * width * height) < 1.07:
        return None
    count = 1
    for layer in stack[1:]:
        alpha = layer[..., 3]
        extent = mask_box(alpha > 0.4)
        if alpha.sum() >= 1:
            if extent is None:
                break
            wide = extent[2] - extent[0] > 0.7 * width
            faded = alpha.sum() < 0.85 * (alpha > 0.02).sum() and extent[1] <= edge[1] + 2
            tall = extent[3] - extent[1] > 0.5 * height
            if alpha.sum() < 0.5 * cover and not (wide and (tall or faded)):
                break
        count += 1
    box = (edge[0] * unit, edge[1] * unit, edge[2] * unit, edge[3] * unit)
    return (box, count) if count < len(stack) else None


def rim_layers(stack: np.ndarray, disc: Box, first: int) -> tuple[int, ...]:
    """Indices from ``first`` on of the crescents that hug the rim of the disc: its shading, drawn late."""
    side = stack.shape[1]
    x0, y0, x1, y1 = (v * side / SIDE for v in disc)
    rows, columns = np.mgrid[:side, :side] + 0.5
    radius = np.hypot((columns - (x0 + x1) / 2) / (x1 - x0), (rows - (y0 + y1) / 2) / (y1 - y0)) * 2
    found = []
    for i in range(first, len(stack)):
        spot = stack[i, ..., 3] > 0.3
        extent = mask_box(spot)
        if extent is None or max(extent[2] - extent[0], extent[3] - extent[1]) < 0.45 * (x1 - x0):
            continue
        if (radius[spot] > 0.78).mean() > 0.95 and radius[spot].max() < 1.1 and luminance(stack[i])[spot].mean() > 0.4:
            found.append(i)
    return tuple(found)


def flatten_stack(stack: np.ndarray) -> np.ndarray:
    """Alpha-over of layers (n, s, s, 4), bottom to top: (s, s, 4)."""
    picture = np.zeros(stack.shape[1:], np.float32)
    for layer in stack:
        picture = layer + picture * (1 - layer[..., 3:])
    return picture


def layers_within(stack: np.ndarray, boxes: tuple[Box, ...], first: int, margin: float = 4.0) -> tuple[int, ...]:
    """Indices from ``first`` on of the layers that lie (to 85 %) in one of the boxes, in drawing-area units."""
    side = stack.shape[1]
    unit = SIDE / side
    mask = np.zeros((side, side), bool)
    for x0, y0, x1, y1 in boxes:
        rows = slice(int(max(y0 - margin, 0) / unit), int((y1 + margin) / unit) + 1)
        mask[rows, int(max(x0 - margin, 0) / unit) : int((x1 + margin) / unit) + 1] = True
    weight = stack[..., 3].sum((1, 2))
    within = (stack[..., 3] * mask).sum((1, 2))
    return tuple(i for i in range(first, len(stack)) if weight[i] > 0 and within[i] > 0.85 * weight[i])


def layers_below(stack: np.ndarray, y: float, first: int) -> tuple[int, ...]:
    """Indices from ``first`` on of the layers whose centroid lies below ``y`` (drawing-area units)."""
    alpha = stack[..., 3]
    centre = (alpha.sum(2) * (np.arange(stack.shape[1]) + 0.5)).sum(1) / np.maximum(alpha.sum((1, 2)), 1e-3)
    return tuple(i for i in range(first, len(stack)) if centre[i] * SIDE / stack.shape[1] >= y)


def small_regions(mask: np.ndarray, limit: float) -> np.ndarray:
    """The part of a mask (H, W) whose connected regions have fewer than ``limit`` pixels."""
    labels, count = ndimage.label(mask, EIGHT)
    areas = ndimage.sum_labels(mask, labels, np.arange(count + 1))
    areas[0] = np.inf
    return areas[labels] < limit
