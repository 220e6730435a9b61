"""The fitted sticker: it fills its canvas, nothing of it is lost, and the network's coordinates stay what they were."""

import numpy as np
import pytest
import torch

from fusion.geometry import AS_IT_IS, FILL, VISIBLE, Fit, Layout, content_box
from fusion.pipeline.fit import apply_fit, find_fit, fit_picture
from fusion.views.pictures import view
from fusion.views.summary import summary
from tests.support.tiny import SIZE, fuse, tiny_fuser, want

COLOUR = (0.8, 0.4, 0.2, 1.0)
SIDE = 128


def drawn(top: int, left: int, height: int, width: int) -> np.ndarray:
    """One plain rectangle on an empty canvas, float32 (128, 128, 4)."""
    canvas = np.zeros((SIDE, SIDE, 4), np.float32)
    canvas[top : top + height, left : left + width] = COLOUR
    return canvas


def sides(picture: np.ndarray) -> tuple[float, float]:
    """Height and width in pixels of what is there, a pixel counting by how much of it is covered."""
    return picture[..., 3].max(1).sum(), picture[..., 3].max(0).sum()


@pytest.mark.parametrize(
    "place", [(10, 20, 60, 40), (0, 0, 30, 90), (100, 3, 28, 9), (60, 60, 8, 8), (0, 5, 128, 20), (3, 0, 120, 128)]
)
def test_the_long_side_fills_the_canvas_and_nothing_is_cut(place):
    fitted = fit_picture(drawn(*place))
    assert abs(max(sides(fitted)) - FILL * SIDE) <= 1
    alpha, pixels = fitted[..., 3], np.arange(SIDE) + 0.5
    centre = (alpha.sum(1) @ pixels / alpha.sum(), alpha.sum(0) @ pixels / alpha.sum())
    assert centre == pytest.approx((SIDE / 2, SIDE / 2), abs=0.1)
    scale = FILL * SIDE / max(place[2:])
    assert fitted[..., 3].sum() == pytest.approx(place[2] * place[3] * scale**2, rel=0.05), (
        "all of it, but for rounder corners"
    )
    assert fitted[SIDE // 2, SIDE // 2] == pytest.approx(COLOUR, abs=1e-3)


def test_a_fitted_picture_stays_a_premultiplied_one():
    fitted = fit_picture(drawn(10, 20, 60, 41))
    assert fitted.dtype == np.float32
    assert 0 <= fitted.min() <= fitted.max() <= 1
    assert (fitted[..., :3] <= fitted[..., 3:]).all()


def test_fitting_twice_changes_no_place():
    again = find_fit(fit_picture(drawn(10, 20, 60, 40)))
    assert again.scale == pytest.approx(1, abs=0.03)
    assert (again.shift_y, again.shift_x) == pytest.approx((0, 0), abs=1 / SIDE)


@pytest.mark.parametrize("picture", [np.zeros((64, 64, 4), np.float32), np.ones((64, 64, 4), np.float32)])
def test_empty_and_full_pictures_stay_as_they_are(picture):
    assert find_fit(picture) == AS_IT_IS
    assert fit_picture(picture) is picture


def test_a_point_of_the_sticker_lies_where_the_transform_says():
    """What a hand on the fitted picture points at is found again in network coordinates."""
    canvas = drawn(40, 30, 50, 40)
    canvas[50:54, 60:64, :3] = 0
    fit = find_fit(canvas)
    fitted = apply_fit(canvas, fit)
    dark = np.argwhere((fitted[..., 3] > 0.9) & (fitted[..., 0] < 0.2))
    y, x = (dark.mean(0) + 0.5) / SIDE
    assert fit.to_canvas(x, y) == pytest.approx((62 / SIDE, 52 / SIDE), abs=0.5 / SIDE)


class TestTheTrace:
    def test_keeps_the_output_the_transform_and_the_sticker(self):
        fuser = want(tiny_fuser())
        trace, raw = fuse(fuser), fuse(fuser, fit=False)
        np.testing.assert_array_equal(trace.output, raw.output)
        np.testing.assert_array_equal(trace.effective.layouts, raw.effective.layouts)
        np.testing.assert_array_equal(trace.sticker, apply_fit(trace.output, Fit(*trace.fit)))
        x0, y0, x1, y1 = content_box(torch.from_numpy(trace.sticker[..., 3]), VISIBLE).tolist()
        assert abs(max(x1 - x0, y1 - y0) - FILL) <= 1 / SIZE
        facts = summary(trace)["fit"]
        assert (facts["scale"], *facts["shift"]) == pytest.approx(trace.fit, abs=1e-4)

    def test_has_none_where_none_was_wanted(self):
        raw = fuse(want(tiny_fuser()), fit=False)
        assert raw.fit is None
        assert raw.fitted is None
        assert raw.sticker is raw.output
        assert summary(raw)["fit"] is None
        shown = view(raw, "fit")
        assert not shown.available
        assert shown.caption == "not wanted here"

    def test_a_preset_without_alpha_is_left_alone(self):
        trace = fuse(tiny_fuser("unet"))
        assert Fit(*trace.fit) == AS_IT_IS
        assert trace.sticker is trace.output

    def test_a_layout_means_the_same_with_and_without(self):
        fuser, wanted = want(tiny_fuser()), Layout(0.5, 0.5, 0.1, -0.1)
        boxes = [fuse(fuser, layout=wanted, fit=fit).instance_boxes for fit in (True, False)]
        np.testing.assert_array_equal(*boxes)
