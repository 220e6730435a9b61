"""Looking at what was measured: contact sheets of discs, eyes and seats, to be corrected in ``assets/anatomy.json``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from fusion.emoji.catalog import Catalog, Emoji
from fusion.files import write_beside
from fusion.geometry import PUBLISHED_FRAME
from fusion.recipes.anatomy.anatomy import Anatomy, anatomy

COLUMNS, ROWS, TILE, LABEL = 16, 12, 96, 11
PAPER = 230
CLEAN, UNCLEAN, REMOVABLE, FIXED, TOP, GOOD, POOR = (
    (0, 150, 0),
    (255, 140, 0),
    (0, 0, 255),
    (255, 0, 255),
    (0, 180, 180),
    (220, 0, 0),
    (110, 110, 110),
)


def tile(key: str) -> Image.Image:
    """One emoji with its disc (green if clean), eyes (blue if removable), head top and seat (red if good)."""
    shape = anatomy(key)
    rgba = Catalog.default().render(key, TILE, PUBLISHED_FRAME).astype(np.float32)
    rgb = rgba[..., :3] + PAPER * (1 - rgba[..., 3:] / 255)
    picture = Image.new("RGB", (TILE, TILE + LABEL), "white")
    picture.paste(Image.fromarray(rgb.clip(0, 255).astype(np.uint8)))
    _mark(ImageDraw.Draw(picture), shape, TILE / 128)
    ImageDraw.Draw(picture).text((1, TILE), key[:15], fill="black")
    return picture


def _mark(pen: ImageDraw.ImageDraw, shape: Anatomy, unit: float) -> None:
    if shape.disc:
        pen.ellipse([v * unit for v in shape.disc], outline=CLEAN if shape.clean else UNCLEAN)
    for eye in shape.eyes or ():
        pen.rectangle([v * unit for v in eye], outline=REMOVABLE if shape.removable else FIXED)
    if shape.eyes:
        middle = (shape.eyes[0][0] + shape.eyes[1][2]) / 2
        ends = (middle - shape.head_width / 2) * unit, (middle + shape.head_width / 2) * unit
        pen.line([ends[0], shape.top * unit, ends[1], shape.top * unit], fill=TOP)
    else:
        x, y, r = (v * unit for v in shape.seat)
        pen.ellipse([x - r, y - r, x + r, y + r], outline=GOOD if shape.seat_good else POOR, width=2)


def sheets(folder: Path, emoji: list[Emoji]) -> list[Path]:
    """Contact sheets of these emoji as PNG files in ``folder``; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for start in range(0, len(emoji), COLUMNS * ROWS):
        page = Image.new("RGB", (COLUMNS * TILE, ROWS * (TILE + LABEL)), "white")
        for i, one in enumerate(emoji[start : start + COLUMNS * ROWS]):
            page.paste(tile(one.key), ((i % COLUMNS) * TILE, i // COLUMNS * (TILE + LABEL)))
        paths.append(folder / f"anatomy-{start // (COLUMNS * ROWS):02d}.png")
        with write_beside(paths[-1]) as partial:
            page.save(partial)
    return paths
