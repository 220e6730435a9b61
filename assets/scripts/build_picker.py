"""Build assets/picker/: all emoji on sheets, for the grids of the web page.

    python assets/scripts/build_picker.py

The tiles stand in the order of ``fusion.ui.picker``, each TILE pixels wide: twice what the page shows, so that they
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
from fusion.ui.picker import COLUMNS, SHEETS, TILES, order  # noqa: E402

TILE = 80


def unmultiply(picture: np.ndarray) -> np.ndarray:
    """Premultiplied RGBA, uint8 (..., 4), as straight alpha: what picture files hold."""
    alpha = picture[..., 3:].astype(np.uint32)
    colours = np.minimum((picture[..., :3] * np.uint32(255) + alpha // 2) // np.maximum(alpha, 1), 255)
    return np.concatenate([colours, alpha], axis=-1).astype(np.uint8)


def sheet(catalog: Catalog, keys: list[str]) -> Image.Image:
    """So many emoji of the catalog on one transparent picture."""
    rows = -(-len(keys) // COLUMNS)
    canvas = np.zeros((rows, TILE, COLUMNS, TILE, 4), np.uint8)
    for place, key in enumerate(keys):
        row, column = divmod(place, COLUMNS)
        canvas[row, :, column] = unmultiply(catalog.render(key, TILE, PUBLISHED_FRAME))
    return Image.fromarray(canvas.reshape(rows * TILE, COLUMNS * TILE, 4))


def main() -> None:
    catalog = Catalog.default()
    emoji = list(catalog)
    keys = [emoji[index].key for index in order(catalog)]
    SHEETS.mkdir(exist_ok=True)
    for path in SHEETS.glob("*.webp"):
        path.unlink()
    for number, start in enumerate(range(0, len(keys), TILES)):
        path = SHEETS / f"{number}.webp"
        sheet(catalog, keys[start : start + TILES]).save(path, "WEBP", quality=56, alpha_quality=50, method=6)
        print(f"{path.name}: {path.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
