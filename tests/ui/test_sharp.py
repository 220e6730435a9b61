"""Stickers at the size of the screen, and in files: larger, and otherwise the same."""

from __future__ import annotations

import base64
import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from fusion.emoji.catalog import Catalog
from fusion.pipeline.overrides import RequestError
from fusion.ui.backend import Backend
from fusion.ui.contract import SCREEN_SIZES
from fusion.ui.sharp import PATIENCE_MS, REMEMBERED, Pace, fitted_like, placed_like
from tests.support.fake_fuser import FakeFuser
from tests.support.page_steps import RESULT, settled
from tests.support.serving import serve
from tests.support.tiny import tiny_fuser, want

PAIR = {"first": "1f600", "second": "1f355"}


def opened(url: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(url.split(",")[1])))


def test_how_large_it_may_be_follows_from_what_was_measured():
    pace, trace = Pace(), FakeFuser().fuse("1f600", "1f355", size=64)
    assert pace.reach("fusion") == SCREEN_SIZES[0], "nothing is known yet"
    for size in SCREEN_SIZES:
        for _ in range(REMEMBERED):
            pace.note("fusion", replace(trace, size=256, timings_ms={"fuse": PATIENCE_MS / (size / 256) ** 2}))
        assert pace.reach("fusion") == size
    for _ in range(REMEMBERED):
        pace.note("fusion", replace(trace, size=512, timings_ms={"fuse": 4 * PATIENCE_MS + 4}))
    assert pace.reach("fusion") == SCREEN_SIZES[0], "a device that got slower paints less"
    pace.note("unet", replace(trace, size=256, timings_ms={"fuse": 1.0, "teacher": 900.0, "total": 901.0}))
    assert pace.reach("unet") == SCREEN_SIZES[-1], "the teacher is not asked again"


def test_a_larger_sticker_is_asked_for_as_the_shown_one_was_laid_out():
    fuser = FakeFuser(instances=2)
    backend = Backend(Catalog.default(), {"fusion": lambda: fuser})
    shown = backend.trace(backend.request(PAIR | {"main": "second", "hypothesis": 2}))
    answer = backend.sticker(PAIR | {"main": "second", "hypothesis": 2, "size": 512})
    picture = opened(answer["result"])
    assert (answer["size"], picture.size, picture.mode) == (512, (512, 512), "RGBA")
    asked = fuser.calls[-1]
    assert (asked["main"], asked["hypothesis"]) == ("second", 2)
    assert asked["instances"] == shown.effective.layouts.tolist()
    calls = len(fuser.calls)
    assert backend.sticker(PAIR | {"main": "second", "hypothesis": 2, "size": 512}) == answer
    assert len(fuser.calls) == calls, "it is kept"
    assert backend.sticker(PAIR)["result"] == backend.fuse(PAIR)["result"]


@pytest.mark.parametrize("size", [0, 300, "256", True, None])
def test_other_sizes_are_refused(size):
    backend = Backend(Catalog.default(), {"fusion": FakeFuser})
    with pytest.raises(RequestError, match="256, 384, 512, 1024 pixels a side"):
        backend.sticker(PAIR | {"size": size})


@pytest.mark.parametrize("layout", [None, (0.4, 0.5, 0.1, -0.1)])
def test_a_real_network_paints_the_same_sticker_larger(layout):
    fuser = want(tiny_fuser(), present=2)
    shown = fuser.fuse("1f600", "1f355", size=64, teacher=False, layout=layout)
    large = fuser.fuse("1f600", "1f355", size=128, teacher=False, fit=False, **placed_like(shown))
    large = fitted_like(large, shown)
    np.testing.assert_allclose(
        large.effective.layouts[large.effective.presence > 0.5],
        shown.effective.layouts[shown.effective.presence > 0.5],
        atol=1e-6,
    )
    assert (large.main, large.fit, len(large.sticker)) == (shown.main, shown.fit, 128)
    shrunk = large.sticker.reshape(64, 2, 64, 2, 4).mean((1, 3))
    assert np.abs(shrunk - shown.sticker)[..., 3].mean() < 0.02


@pytest.fixture(scope="module")
def swift():
    """A page on a device that paints 512 pixels in no time."""
    fuser = FakeFuser()
    fuser.ms = 1.0
    blocks, url = serve(Backend(Catalog.default(), {"fusion": lambda: fuser}))
    yield url
    blocks.close()


def width(page) -> int:
    return page.evaluate(f"""() => document.querySelector('{RESULT}').naturalWidth""")


@pytest.mark.browser
@pytest.mark.parametrize(("scale", "pixels"), [(1, 384), (2, 512)])
def test_the_sticker_is_as_sharp_as_the_screen(open_page, swift, scale, pixels):
    page = open_page(url=swift, device_scale_factor=scale)
    page.wait_for_function(f"pixels => document.querySelector('{RESULT}').naturalWidth === pixels", arg=pixels)
    assert page.evaluate("EF.find('painted').naturalWidth") == pixels
    assert page.evaluate("EF.answer.facts.size") == 256, "numbers stay those of the network's own size"
    page.evaluate("EF.update({ layout: [0.5, 0.5, 0, 0.1] }, true)")
    page.wait_for_function("() => EF.answer.controls.override")
    page.wait_for_function(f"pixels => document.querySelector('{RESULT}').naturalWidth === pixels", arg=pixels)


@pytest.mark.browser
def test_while_one_drags_nothing_larger_is_painted(open_page, swift):
    asked = []
    page = open_page(url=swift)
    settled(page)
    page.wait_for_function(f"() => document.querySelector('{RESULT}').naturalWidth === 384")
    page.on("request", lambda request: asked.append((request.post_data or "").partition('fn_name":"')[2][:7]))
    page.evaluate("EF.hand.dragging = {}")
    page.evaluate("EF.update({ layout: [0.5, 0.5, 0, 0.1] }, true)")
    page.wait_for_function("() => EF.answer.controls.override")
    page.wait_for_function("() => performance.now() > (globalThis.since ??= performance.now()) + 900")
    assert "sticker" not in asked
    assert width(page) == 256
    page.evaluate("EF.hand.dragging = null")
    page.wait_for_function(f"() => document.querySelector('{RESULT}').naturalWidth === 384")


@pytest.mark.browser
@pytest.mark.parametrize("pixels", [256, 512, 1024])
def test_files_have_the_size_that_was_chosen(open_page, pixels):
    page = open_page()
    settled(page)
    page.select_option('[data-role="pixels"]', str(pixels))
    with page.expect_download() as download:
        page.click('[data-act="download"]')
    with Image.open(download.value.path()) as picture:
        assert picture.size == (pixels, pixels)
    page.reload()
    settled(page)
    assert page.input_value('[data-role="pixels"]') == str(pixels), "and so have the next"


def test_a_recoloured_sticker_keeps_its_colours_in_every_size():
    # Of the taco the median hue hangs on a few pixels, which come and go with the size.
    fuser = want(tiny_fuser(), recolour=True)
    assert fuser.net.config.size == 256
    shown = fuser.fuse("fox", "taco", main="first", teacher=False)
    for size in (384, 512):
        larger = fuser.fuse("fox", "taco", size=size, teacher=False, **placed_like(shown))
        difference = np.abs(resized(larger.recoloured, 256) - shown.recoloured)
        assert difference.mean() < 0.004, f"one level of 255 at {size} pixels"
    batch = fuser.outputs([(shown.keys[0], shown.keys[1])], 512)[0]
    alone = fuser.fuse("fox", "taco", size=512, teacher=False, fit=False)
    np.testing.assert_allclose(batch, alone.output, atol=1e-4)


def resized(picture: np.ndarray, side: int) -> np.ndarray:
    """A picture (S, S, 4), averaged down."""
    planes = torch.from_numpy(np.ascontiguousarray(picture)).movedim(-1, 0)[None]
    return torch.nn.functional.adaptive_avg_pool2d(planes, side)[0].movedim(0, -1).numpy()
