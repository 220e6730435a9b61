"""A fused picture as a file that a service takes: its size, its format, its limit in bytes; the same bytes again."""

from __future__ import annotations

import io
from collections.abc import Iterable

import numpy as np
from PIL import Image

from fusion.packs.services import PackError, Picture
from fusion.pipeline.fit import fit_picture
from fusion.views.bundle import png_bytes, sticker_picture

QUALITIES = (90, 80, 65, 50, 30)
"""WebP qualities to try, best first, until a file is short enough."""
LEAST_FUSED = 256
"""Smaller stickers are fused at this size and shrunk: the network has never seen smaller ones than 128."""


def fused_side(picture: Picture) -> int:
    """The side at which the network paints for ``picture``: its own where that is large enough."""
    return max(LEAST_FUSED, picture.side)


def encode(output: np.ndarray, wanted: Picture) -> bytes:
    """``output``: premultiplied RGBA, float32 (S, S, 4) in [0, 1]. Raises PackError where no quality fits."""
    return encode_picture(sticker_picture(fit_picture(output)), wanted)


def encode_picture(picture: Image.Image, wanted: Picture) -> bytes:
    """A straight-alpha picture, shrunk and written as ``wanted``."""
    if picture.width != wanted.side:
        # Premultiplied while it is shrunk, or what is transparent would bleed into the edges.
        small = picture.convert("RGBa").resize((wanted.side, wanted.side), Image.Resampling.BOX)
        picture = small.convert("RGBA")
    if wanted.format == "PNG":
        content = png_bytes(picture, compress_level=9)
        if len(content) > wanted.most_bytes:
            content = png_bytes(picture.quantize(256, Image.Quantize.FASTOCTREE), compress_level=9)
        tried: Iterable[bytes] = [content]
    else:
        tried = (webp_bytes(picture, quality) for quality in QUALITIES)
    for content in tried:
        if len(content) <= wanted.most_bytes:
            return content
    raise PackError(f"A sticker does not fit into {wanted.most_bytes} bytes; choose another service or emoji.")


def webp_bytes(picture: Image.Image, quality: int) -> bytes:
    """Lossy WebP with lossless alpha."""
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=quality, alpha_quality=100, method=4)
    return buffer.getvalue()
