"""How numbers become pixels, where there is a quicker way to the same ones."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from fusion.views import drawing


@pytest.mark.parametrize("side", [64, 85, 128])
def test_a_plate_that_is_kept_is_the_one_that_would_be_drawn(side):
    def picture():
        return Image.fromarray(np.random.default_rng(3).integers(0, 255, (side, side, 4), np.uint8), "RGBA")

    for text in ("red", "instance 1", "a word that is wider than its tile (first)"):
        wanted = picture()
        pen, face = ImageDraw.Draw(wanted), drawing.font(max(9, side // 12))
        left, top, right, bottom = pen.textbbox((3, 1), text, font=face)
        pen.rectangle((left - 3, top - 2, right + 3, bottom + 2), fill=(255, 255, 255, 215))
        pen.text((3, 1), text, fill=drawing.INK, font=face)
        for _ in range(2):
            np.testing.assert_array_equal(drawing.label(picture(), text), wanted)


def test_plates_are_drawn_once():
    drawing.plate.cache_clear()
    for _ in range(3):
        drawing.label(Image.new("RGBA", (64, 64)), "red")
    assert drawing.plate.cache_info().misses == 1


@pytest.mark.parametrize("size", [32, 64, 50])
def test_shrinking_is_the_mean(size):
    values = np.random.default_rng(0).random((64, 64), np.float32)
    wanted = values.reshape(size, 64 // size, size, -1).mean((1, 3)) if 64 % size == 0 else None
    found = drawing.shrink(values, size)
    assert found.shape == (size, size)
    if wanted is not None:
        np.testing.assert_allclose(found, wanted, atol=1e-6)
