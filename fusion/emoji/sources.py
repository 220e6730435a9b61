"""What can be fused: emoji from the catalogue and people's own pictures, each drawn on the network's canvas.

A picture is cropped to what is visible of it and framed like an emoji, so that the network sees what it knows.
"""

from __future__ import annotations

import contextlib
import hashlib
import struct
import threading
import warnings
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageOps

from fusion.emoji.catalog import Catalog, premultiply
from fusion.errors import FusionError

if TYPE_CHECKING:
    from fusion.frame import Frame

MAX_PIXELS = 40_000_000
MAX_BYTES = 32_000_000
MIN_SIDE = 8
"""Shorter than this there is nothing to recognise."""
FORMATS = ("PNG", "WEBP", "JPEG", "GIF", "BMP", "TIFF")
FILL = 120 / 128
"""Share of an emoji's drawing area that its longer side takes: what Noto's own drawings do."""
VISIBLE = 8
"""Alpha (of 255) from which a pixel counts when a picture is cropped."""
LARGEST = 1024
"""A picture is kept at most this large: no canvas is larger."""


DAMAGED = (
    *(OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError, AttributeError),
    *(MemoryError, OverflowError, struct.error, zlib.error, Image.DecompressionBombError),
)
"""What Pillow raises at files that are not what they say."""
DECODING = threading.Lock()
"""A picture of 40 million pixels takes 160 MB while it is decoded: one at a time."""


class PictureError(FusionError):
    """A picture that cannot be used as an emoji."""


@dataclass(frozen=True)
class Source:
    """One of the two things to be fused. ``key``: codepoints, or ``picture-<hash>`` for a person's own picture."""

    name: str
    key: str
    picture: np.ndarray | None = field(default=None, compare=False, repr=False)
    """Cropped premultiplied RGBA, uint8 (h, w, 4); ``None`` for emoji."""

    def draw(self, size: int, frame: Frame, catalog: Catalog) -> np.ndarray:
        """Premultiplied RGBA, uint8 (size, size, 4)."""
        if self.picture is None:
            return catalog.render(self.key, size, frame)
        return place(self.picture, size, frame)


def read_source(what: str | Path | Image.Image, catalog: Catalog) -> Source:
    """``what``: text for ``Catalog.find``, the ``Path`` of a picture, or a PIL image.

    A plain string is never opened as a file: strings come from web pages. Raises UnknownEmoji or PictureError.
    """
    if isinstance(what, Path):
        return picture_source(open_picture(what), what.stem)
    if isinstance(what, Image.Image):
        return picture_source(what, "picture")
    emoji = catalog.find(what)
    return Source(emoji.name, emoji.key)


def open_picture(path: Path) -> Image.Image:
    """The picture in a file, checked before it is decoded. Raises PictureError."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PictureError(f"{path} is larger than {MAX_BYTES // 1_000_000} MB; give a smaller picture.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(path, formats=FORMATS)
        check_size(picture, str(path))
        return decode(picture)
    except FileNotFoundError as error:
        raise PictureError(f"There is no file {path}; check the path.") from error
    except IsADirectoryError as error:
        raise PictureError(f"{path} is a folder; give a picture file.") from error
    except DAMAGED as error:
        if isinstance(error, PictureError):
            raise
        raise PictureError(f"{path} cannot be read as a picture; give a sound PNG, WebP or JPEG file.") from error


def check_size(picture: Image.Image, name: str) -> None:
    """Refuse pictures that are too large to hold or too small to see."""
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise PictureError(
            f"{name} has {width} x {height} pixels; give one of at most {MAX_PIXELS // 1_000_000} million."
        )
    if min(width, height) < 1 or max(width, height) < MIN_SIDE:
        raise PictureError(f"{name} has only {width} x {height} pixels; give one of at least {MIN_SIDE} a side.")


def picture_source(picture: Image.Image, name: str) -> Source:
    """A person's picture, cropped to what is visible. Of an animation the first frame counts."""
    check_size(picture, f"The picture {name!r}")
    try:
        rgba = premultiply(np.asarray(decode(picture)))
    except DAMAGED as error:
        raise PictureError(f"The picture {name!r} cannot be read; give a sound PNG, WebP or JPEG.") from error
    visible = rgba[..., 3] >= VISIBLE
    if not visible.any():
        raise PictureError(f"The picture {name!r} is fully transparent; give one that shows something.")
    rows, columns = np.flatnonzero(visible.any(1)), np.flatnonzero(visible.any(0))
    rgba = rgba[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if max(rgba.shape[:2]) < MIN_SIDE:
        raise PictureError(
            f"Only {rgba.shape[1]} x {rgba.shape[0]} pixels of the picture {name!r} are visible; give a larger one."
        )
    rgba = resize(rgba, LARGEST) if max(rgba.shape[:2]) > LARGEST else rgba
    digest = hashlib.blake2b(rgba.tobytes() + str(rgba.shape).encode(), digest_size=8).hexdigest()
    return Source(name, f"picture-{digest}", np.ascontiguousarray(rgba))


def decode(picture: Image.Image) -> Image.Image:
    """``picture`` as straight RGBA, upright, one at a time, and no larger than a canvas can show (LARGEST).

    Raises what DAMAGED lists.
    """
    with DECODING:
        if hasattr(picture, "draft"):
            picture.draft("RGB", (LARGEST, LARGEST))  # JPEG leaves out on reading what would be shrunk away
        rgba = to_rgba(picture)
        return reduced(rgba) if max(rgba.size) > LARGEST else rgba


def reduced(rgba: Image.Image) -> Image.Image:
    """A large picture, cropped to what is visible and a rim of what is not, its longer side at most LARGEST."""
    box = rgba.getchannel("A").point(lambda alpha: 255 * (alpha >= VISIBLE)).getbbox()
    if box is not None:
        x0, y0, x1, y1 = box
        rgba = rgba.crop((max(x0 - 1, 0), max(y0 - 1, 0), min(x1 + 1, rgba.width), min(y1 + 1, rgba.height)))
    rgba.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS)
    return rgba


def to_rgba(picture: Image.Image) -> Image.Image:
    """Any of Pillow's modes as 8-bit straight RGBA, upright."""
    if getattr(picture, "is_animated", False):
        picture.seek(0)
    with contextlib.suppress(*DAMAGED):  # a picture whose notes are damaged is still a picture
        picture = ImageOps.exif_transpose(picture)
    picture.load()
    if picture.mode.startswith("I") or picture.mode == "F":
        # Pillow clips 16-bit grey at 255 instead of scaling it.
        grey = np.nan_to_num(np.asarray(picture, np.float64))
        top = (
            65535
            if picture.mode.startswith("I;16") or grey.max() > 255
            else 255
            if grey.max() > 1 or picture.mode != "F"
            else 1
        )
        picture = Image.fromarray((grey * 255 / top).clip(0, 255).astype(np.uint8), "L")
    return picture.convert("RGB").convert("RGBA") if picture.mode == "CMYK" else picture.convert("RGBA")


def resize(rgba: np.ndarray, side: int) -> np.ndarray:
    """Premultiplied RGBA, uint8 (h, w, 4), with its longer side brought to ``side`` pixels."""
    height, width = rgba.shape[:2]
    scale = side / max(height, width)
    wanted = max(round(width * scale), 1), max(round(height * scale), 1)
    resized = np.array(Image.fromarray(rgba, "RGBa").resize(wanted, Image.Resampling.LANCZOS))
    # Lanczos rings: a colour above its alpha would be no colour at all.
    resized[..., :3] = np.minimum(resized[..., :3], resized[..., 3:])
    return resized


def place(rgba: np.ndarray, size: int, frame: Frame) -> np.ndarray:
    """A cropped picture centred on the drawing area of ``frame``: uint8 (size, size, 4), premultiplied."""
    small = resize(rgba, max(round(FILL * frame.scale * size), 1))
    height, width = small.shape[:2]
    x, y = frame.to_canvas(0.5, 0.5)
    left, top = round(x * size - width / 2), round(y * size - height / 2)
    canvas = np.zeros((size, size, 4), np.uint8)
    canvas[top : top + height, left : left + width] = small
    return canvas
