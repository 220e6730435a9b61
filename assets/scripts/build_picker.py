"""Build assets/picker.webp: all emoji on one sheet, for the grids of the web page.

    python assets/scripts/build_picker.py

The tiles stand in the catalog's order, COLUMNS to a row, each TILE pixels wide: twice what the page shows, so that they
stay sharp on dense screens. Run it again after assets/build_catalog.py. Source: DESIGN section 7.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from fusion.emoji.catalog import Catalog  # noqa: E402
from fusion.geometry import PUBLISHED_FRAME  # noqa: E402

TARGET = HERE.parent / "picker.webp"
TILE = 80
COLUMNS = 40


def unmultiply(picture: np.ndarray) -> np.ndarray:
    """Premultiplied RGBA, uint8 (..., 4), as straight alpha: what picture files hold."""
    alpha = picture[..., 3:].astype(np.uint32)
    colours = np.minimum((picture[..., :3] * np.uint32(255) + alpha // 2) // np.maximum(alpha, 1), 255)
    return np.concatenate([colours, alpha], axis=-1).astype(np.uint8)


def sheet(catalog: Catalog) -> Image.Image:
    """Every emoji of the catalog on one transparent picture."""
    rows = -(-len(catalog) // COLUMNS)
    canvas = np.zeros((rows, TILE, COLUMNS, TILE, 4), np.uint8)
    for index, emoji in enumerate(catalog):
        row, column = divmod(index, COLUMNS)
        canvas[row, :, column] = unmultiply(catalog.render(emoji.key, TILE, PUBLISHED_FRAME))
    return Image.fromarray(canvas.reshape(rows * TILE, COLUMNS * TILE, 4))


def main() -> None:
    sheet(Catalog.default()).save(TARGET, "WEBP", quality=56, alpha_quality=50, method=6)
    print(f"{TARGET.name}: {TARGET.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
