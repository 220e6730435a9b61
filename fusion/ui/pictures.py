"""Arrays to PNG and back, for the page: data URLs with exact pixels, and uploads read with care.

PNG or lossless WebP, never a lossy one: the page is a pixel debugger.
"""

from __future__ import annotations

import base64
import binascii
import io

import numpy as np
from PIL import Image

from fusion.emoji.sources import DAMAGED, decode
from fusion.errors import FusionError
from fusion.views.bundle import png_bytes
from fusion.views.drawing import emoji_picture

MAX_UPLOAD_BYTES = 8_000_000
MAX_UPLOAD_SIDE = 4096
READABLE = ("PNG", "WEBP", "JPEG")
EFFORT = 20
"""Of 100, for a lossless WebP that somebody waits for."""


class UploadError(FusionError):
    """A picture that cannot be used as an emoji."""


def data_url(image: Image.Image | np.ndarray) -> str:
    """A picture (or premultiplied array) as ``data:image/png;base64,...``."""
    return png_url(png_bytes(image if isinstance(image, Image.Image) else emoji_picture(image)))


def png_url(content: bytes) -> str:
    """The bytes of a PNG as ``data:image/png;base64,...``."""
    return "data:image/png;base64," + base64.b64encode(content).decode("ascii")


def small_url(image: Image.Image) -> str:
    """A picture as ``data:image/webp;base64,...``, with exact pixels: fewer bytes than a PNG, in less time."""
    buffer = io.BytesIO()
    # Other methods save a tenth of the bytes and take three times as long; more effort another tenth, for half as long
    # again. A strip has two dozen pictures.
    image.save(buffer, "WEBP", lossless=True, exact=True, method=0, quality=EFFORT)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def read_upload(url: str) -> Image.Image:
    """The picture in a data URL, as RGBA. Raises UploadError for anything but a sound PNG, WebP or JPEG."""
    head, _, body = url.partition(",")
    if not head.startswith("data:image/") or not head.endswith(";base64"):
        raise UploadError("That is not a picture; upload a PNG, WebP or JPEG file.")
    try:
        raw = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UploadError("The picture did not arrive whole; upload it again.") from error
    if len(raw) > MAX_UPLOAD_BYTES:
        raise UploadError(f"The picture is larger than {MAX_UPLOAD_BYTES // 1_000_000} MB; upload a smaller one.")
    try:
        picture = Image.open(io.BytesIO(raw), formats=READABLE)
        if max(picture.size) > MAX_UPLOAD_SIDE:
            raise UploadError(f"The picture has more than {MAX_UPLOAD_SIDE} pixels a side; upload a smaller one.")
        return decode(picture)
    except DAMAGED as error:
        if isinstance(error, UploadError):
            raise
        raise UploadError("The picture cannot be read; upload a PNG, WebP or JPEG file.") from error


def has_background(image: Image.Image) -> bool:
    """Whether an RGBA picture is opaque all over, so that its background counts as part of the emoji."""
    return image.getchannel("A").getextrema()[0] == 255
