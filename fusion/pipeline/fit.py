"""The last stage: a sticker cropped and enlarged until its long side fills 96 % of the canvas.

Only the picture is fitted; layouts, boxes and everything that is measured stay in network coordinates. Painting anew
at the larger size would more than double the time of a fusion, so the output itself is resampled. Source: DESIGN
section 4.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from PIL import Image

from fusion.frame import AS_IT_IS, VISIBLE, Fit, fit_box
from fusion.trace import FusionTrace


def find_fit(picture: np.ndarray) -> Fit:
    """How a picture, premultiplied RGBA (S, S, 4) in [0, 1], is to be fitted."""
    box = visible_box(picture)
    return fit_box(box) if box else AS_IT_IS


def visible_box(picture: np.ndarray) -> tuple[float, float, float, float] | None:
    """``(x0, y0, x1, y1)`` about all that can be seen, in fractions of the canvas; ``None`` for an empty picture."""
    visible = picture[..., 3] > VISIBLE
    rows, columns = np.flatnonzero(visible.any(1)), np.flatnonzero(visible.any(0))
    if not len(rows):
        return None
    size = len(picture)
    return columns[0] / size, rows[0] / size, (columns[-1] + 1) / size, (rows[-1] + 1) / size


def long_side(picture: np.ndarray) -> float:
    """The long side of what can be seen, as a share of the canvas; 0 for an empty picture."""
    x0, y0, x1, y1 = visible_box(picture) or (0.0, 0.0, 0.0, 0.0)
    return float(max(x1 - x0, y1 - y0))


def apply_fit(picture: np.ndarray, fit: Fit) -> np.ndarray:
    """``picture``, premultiplied RGBA (S, S, 4) in [0, 1], fitted by premultiplied Lanczos: float32 (S, S, 4)."""
    if fit == AS_IT_IS:
        return picture
    size = len(picture)
    left, top = (size * edge for edge in fit.to_canvas(0.0, 0.0))
    side = size / fit.scale
    # The window may reach beyond the canvas, which Pillow does not read: there is nothing there.
    before = max(0, int(np.ceil(-min(left, top))))
    after = max(0, int(np.ceil(max(left, top) + side - size)))
    padded = np.pad(picture, ((before, after), (before, after), (0, 0)))
    window = (left + before, top + before, left + before + side, top + before + side)
    planes = [
        Image.fromarray(np.ascontiguousarray(plane)).resize((size, size), Image.Resampling.LANCZOS, window)
        for plane in np.moveaxis(padded.astype(np.float32), -1, 0)
    ]
    fitted = np.stack([np.asarray(plane) for plane in planes], axis=-1).clip(0, 1)
    # Lanczos rings: a colour above its alpha would be no colour at all.
    fitted[..., :3] = np.minimum(fitted[..., :3], fitted[..., 3:])
    return fitted


def fit_picture(picture: np.ndarray) -> np.ndarray:
    """``picture``, premultiplied RGBA (S, S, 4), as it would be saved."""
    return apply_fit(picture, find_fit(picture))


def fit_trace(trace: FusionTrace) -> FusionTrace:
    """``trace`` with its output fitted beside it."""
    found = find_fit(trace.output)
    return dataclasses.replace(trace, fit=found, fitted=apply_fit(trace.output, found))
