"""Numbers to pixels: colour maps, tiles, boxes, bars. Arrays in, pictures out; no torch.

Pictures keep their transparency, so that the ground (checkerboard, dark mode) is whoever shows them's choice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw, ImageFont

HEAT, SIGNED = "magma", "RdBu_r"
"""Colour map of magnitudes, and of values that may be negative (white is zero)."""
PREDICTED, EFFECTIVE, TRUTH = (47, 111, 237), (0, 150, 136), (216, 67, 21)
"""Colours of the three kinds of boxes."""
INK, PAPER = (60, 60, 67, 255), (255, 255, 255, 255)
CHECK = (255, 228)
"""The two greys of the checkerboard."""


@dataclass(frozen=True)
class Scale:
    """What the colours of a picture mean: from ``low`` to ``high`` on a colour map."""

    low: float
    high: float
    colours: str = HEAT

    def stops(self, count: int = 9) -> list[str]:
        """Colours from low to high as hex codes, for a CSS gradient."""
        table = lut(self.colours)[np.linspace(0, 255, count).astype(int)]
        return ["#{:02x}{:02x}{:02x}".format(*row) for row in table]

    def apply(self, values: np.ndarray) -> np.ndarray:
        """``values`` (H, W) to uint8 (H, W, 3); what lies outside is clipped."""
        return lut(self.colours)[self.steps(values)]

    def steps(self, values: np.ndarray) -> np.ndarray:
        """Which of the 256 colours each of ``values`` gets, uint8."""
        span = max(self.high - self.low, 1e-9)
        return ((values - self.low) * (255 / span)).clip(0, 255).astype(np.uint8)


@cache
def lut(name: str) -> np.ndarray:
    """A matplotlib colour map as uint8 (256, 3)."""
    from matplotlib import colormaps

    return (colormaps[name](np.arange(256))[:, :3] * 255 + 0.5).astype(np.uint8)


def symmetric(*values: np.ndarray) -> Scale:
    """A scale with zero in its middle that holds all ``values``: the sign shows, and no channel is flattered."""
    reach = max((float(np.abs(one).max()) for one in values if one.size), default=0.0)
    return Scale(-max(reach, 1e-3), max(reach, 1e-3), SIGNED)


def from_zero(*values: np.ndarray, least: float = 0.05) -> Scale:
    """A scale from 0 to the largest of ``values``, at least to ``least``, so that noise does not look like much."""
    return Scale(0.0, max([least, *(float(one.max()) for one in values if one.size)]))


def between(*values: np.ndarray, least: float = 0.05) -> Scale:
    """A scale from the smallest to the largest of ``values``, at least ``least`` wide."""
    low = min(float(one.min()) for one in values)
    high = max(float(one.max()) for one in values)
    spare = max(least - (high - low), 0) / 2
    return Scale(low - spare, high + spare)


def emoji_picture(premultiplied: np.ndarray) -> Image.Image:
    """Premultiplied RGBA (H, W, 4) in [0, 1] as a straight-alpha picture, the form that PNG stores."""
    return Image.fromarray(straight(premultiplied), "RGBA")


def straight(premultiplied: np.ndarray) -> np.ndarray:
    """Premultiplied RGBA in [0, 1] to straight uint8."""
    # Plane by plane, and one division for all three colours: a strip has a dozen of these.
    *colours, alpha = np.ascontiguousarray(np.moveaxis(premultiplied, -1, 0))
    alpha = alpha.clip(0, 1)
    factor = np.divide(255, alpha, out=np.zeros_like(alpha), where=alpha > 1 / 512)
    made = np.empty(premultiplied.shape, np.uint8)
    for channel, colour in enumerate(colours):
        made[..., channel] = (colour * factor).clip(0, 255) + 0.5
    made[..., 3] = alpha * 255 + 0.5
    return made


def heat(values: np.ndarray, scale: Scale, size: int) -> Image.Image:
    """``values`` (h, w) in colours, brought to ``size`` pixels a side without inventing values between them."""
    picture = Image.fromarray(scale.steps(values), "L")
    picture.putpalette(lut(scale.colours).tobytes())
    return picture.resize((size, size), Image.Resampling.NEAREST).convert("RGBA")


def shrink(values: np.ndarray, size: int) -> np.ndarray:
    """``values`` (h, w) averaged down to (size, size); smaller maps stay as they are."""
    height, width = values.shape
    if height <= size or width <= size:
        return values
    if height % size == 0 and width % size == 0:
        # One axis after the other, lines first: numpy is slow along two, and along short ones.
        lines = values.reshape(size, height // size, width).mean(1)
        return lines.reshape(size, size, width // size).mean(2)
    return np.asarray(Image.fromarray(values.astype(np.float32), "F").resize((size, size), Image.Resampling.BOX))


def moved(plane: Image.Image, layout: np.ndarray) -> np.ndarray:
    """A plane (S, S) of mode F under a layout, 0 where nothing lands: ``geometry.warp`` without its prefilter."""
    size = plane.width
    scale_h, scale_w, offset_y, offset_x = (float(number) for number in layout)
    # Pillow wants the way back, from a place of what is painted to one of the plane, in pixels.
    x, y = size * (0.5 - (0.5 + offset_x) / scale_w), size * (0.5 - (0.5 + offset_y) / scale_h)
    back = (1 / scale_w, 0.0, x, 0.0, 1 / scale_h, y)
    return np.asarray(plane.transform(plane.size, Image.Transform.AFFINE, back, Image.Resampling.BILINEAR))


def overlay(under: Image.Image, heat_map: Image.Image, opacity: float) -> Image.Image:
    """A heat map, brought to its size, over a picture that has been turned grey, so that only the map has colour."""
    grey = checkerboard(under).convert("L").convert("RGBA")
    return Image.blend(grey, heat_map.resize(under.size, Image.Resampling.NEAREST), min(max(opacity, 0.0), 1.0))


def checkerboard(picture: Image.Image, square: int = 8) -> Image.Image:
    """``picture`` on the checkerboard that stands for transparency: opaque RGBA."""
    y, x = np.indices((picture.height, picture.width)) // square
    ground = np.where((x + y) % 2, CHECK[1], CHECK[0]).astype(np.uint8)
    return Image.alpha_composite(Image.fromarray(ground, "L").convert("RGBA"), picture)


@cache
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The font that ships with Pillow, ``size`` pixels high."""
    return ImageFont.load_default(size)


def label(picture: Image.Image, text: str) -> Image.Image:
    """``text`` on a light plate in the top left corner, drawn into ``picture``."""
    made, corner = plate(text, picture.size)
    picture.paste(made, corner)
    return picture


@lru_cache(512)
def plate(text: str, size: tuple[int, int]) -> tuple[Image.Image, tuple[int, int]]:
    """A plate for a picture of ``size``, and where its top left corner lies; the same few are on every strip."""
    board = Image.new("RGBA", size)
    pen, face = ImageDraw.Draw(board), font(max(9, board.width // 12))
    left, top, right, bottom = pen.textbbox((3, 1), text, font=face)
    pen.rectangle((left - 3, top - 2, right + 3, bottom + 2), fill=(255, 255, 255, 215))
    pen.text((3, 1), text, fill=INK, font=face)
    drawn = board.getbbox() or (0, 0, 0, 0)
    return board.crop(drawn), drawn[:2]


def tiles(pictures: Sequence[Image.Image], columns: int, size: int) -> Image.Image:
    """Equal tiles in rows, centred on a transparent square of ``size`` pixels."""
    rows = -(-len(pictures) // columns)
    side = size // max(columns, rows)
    board = Image.new("RGBA", (size, size))
    for picture, (left, top, *_) in zip(pictures, tile_boxes(len(pictures), columns, size), strict=True):
        tile = picture if picture.width == side else picture.resize((side, side), Image.Resampling.BOX)
        board.paste(tile, (round(left * size), round(top * size)))
    return board


def tile_boxes(count: int, columns: int, size: int) -> list[tuple[float, float, float, float]]:
    """Where ``tiles`` puts each of ``count`` tiles: xyxy in [0, 1] of its square."""
    rows = -(-count // columns)
    side = size // max(columns, rows)
    left, top = (size - side * columns) // 2, (size - side * rows) // 2
    corners = [(left + index % columns * side, top + index // columns * side) for index in range(count)]
    return [(x / size, y / size, (x + side) / size, (y + side) / size) for x, y in corners]


def named_tiles(values: Mapping[str, np.ndarray], scale: Scale, columns: int, size: int) -> Image.Image:
    """Maps (h, w) as labelled tiles in rows."""
    side = size // columns
    shown = [label(heat(shrink(one, side), scale, side), name) for name, one in values.items()]
    return tiles(shown, columns, size)


def draw_box(picture: Image.Image, box: Sequence[float], colour: tuple[int, int, int], dashed: bool = False) -> None:
    """Outline of ``box`` (xyxy in [0, 1]) drawn into ``picture``, dashed where it is not what is in effect."""
    side = picture.width
    x0, y0, x1, y1 = (float(edge) * side for edge in box)
    pen, width = ImageDraw.Draw(picture), max(1, side // 128)
    corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]
    for (ax, ay), (bx, by) in pairwise(corners):
        length = max(abs(bx - ax), abs(by - ay))
        dash = side / 40 if dashed else max(length, 1.0)
        for start in np.arange(0, length, 2 * dash):
            t0, t1 = start / length, min((start + dash) / length, 1.0)
            line = (ax + t0 * (bx - ax), ay + t0 * (by - ay), ax + t1 * (bx - ax), ay + t1 * (by - ay))
            pen.line(line, fill=(*colour, 255), width=width)


def silhouette(alpha: np.ndarray, colour: tuple[int, int, int], strength: float = 0.45) -> Image.Image:
    """``alpha`` (H, W) in [0, 1] as a tint of one colour."""
    flat = np.empty((*alpha.shape, 4), np.uint8)
    flat[..., :3] = colour
    flat[..., 3] = (alpha.clip(0, 1) * strength * 255).astype(np.uint8)
    return Image.fromarray(flat, "RGBA")


def bars(values: np.ndarray, scale: Scale, size: int) -> Image.Image:
    """One bar a channel, in channel order, heights and colours on ``scale``; the ground line is its low end."""
    share = ((values - scale.low) / max(scale.high - scale.low, 1e-9)).clip(0, 1)
    column = np.arange(size) * len(values) // size
    filled = np.arange(size)[::-1, None] < (share * size)[column][None]
    board = np.full((size, size, 4), 0, np.uint8)
    board[..., :3] = scale.apply(values[None])[0][column][None]
    board[..., 3] = filled * 255
    return Image.fromarray(board, "RGBA")


def with_bar(picture: Image.Image, scale: Scale | None) -> Image.Image:
    """``picture`` with its colour bar and the bar's two numbers on the right; unchanged without a scale."""
    if scale is None:
        return picture
    height, wide = picture.height, max(picture.height // 4, 48)
    board = Image.new("RGBA", (picture.width + wide, height), PAPER)
    board.paste(picture, (0, 0))
    ramp = scale.apply(np.linspace(scale.high, scale.low, height - 32)[:, None].repeat(wide // 4, 1))
    board.paste(Image.fromarray(ramp), (picture.width + 6, 16))
    pen, face = ImageDraw.Draw(board), font(11)
    for value, y in ((scale.high, 1), (scale.low, height - 15)):
        pen.text((picture.width + 6, y), f"{value:.3g}", fill=INK, font=face)
    return board
