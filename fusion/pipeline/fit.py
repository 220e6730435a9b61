"""The last stage: a sticker cropped and enlarged until its long side fills 96 % of the canvas.

Only the picture is fitted; layouts, boxes and everything that is measured stay in network coordinates. Painting anew
at the larger size would more than double the time of a fusion, so the output itself is resampled. Source: DESIGN
section 4.
"""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image

from fusion.geometry import AS_IT_IS, VISIBLE, Fit, content_box, fit_box


def find_fit(picture: np.ndarray) -> Fit:
    """How a picture, premultiplied RGBA (S, S, 4) in [0, 1], is to be fitted."""
    x0, y0, x1, y1 = content_box(torch.from_numpy(np.ascontiguousarray(picture[..., 3])), VISIBLE).tolist()
    return fit_box((x0, y0, x1, y1))


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
