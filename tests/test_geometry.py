"""Boxes, layouts and the warp: round trips, and agreement with an independent implementation."""

import numpy as np
import pytest
import torch
from scipy import ndimage

from fusion.geometry import (
    AS_IT_IS,
    FILL,
    IDENTITY,
    MIN_SCALE,
    PUBLISHED_FRAME,
    STICKER_FRAME,
    Frame,
    Layout,
    box_iou,
    box_to_layout,
    content_box,
    fit_box,
    layout_to_box,
    over,
    warp,
)


def random_layouts(count: int, seed: int = 0, low: float = 0.3, offset: float = 0.35) -> torch.Tensor:
    """(count, 4) layouts: scales in [low, 2], offsets in [-offset, offset]."""
    draw = torch.rand(count, 4, generator=torch.Generator().manual_seed(seed))
    return torch.cat([low + (2 - low) * draw[:, :2], offset * (2 * draw[:, 2:] - 1)], dim=1)


def random_boxes(count: int, seed: int = 0) -> torch.Tensor:
    """(count, 4) boxes within the canvas, at least 0.05 wide and high."""
    draw = torch.rand(count, 4, generator=torch.Generator().manual_seed(seed))
    corner = 0.6 * draw[:, :2]
    return torch.cat([corner, corner + 0.05 + 0.35 * draw[:, 2:]], dim=1)


def test_layout_to_box_and_back():
    layout, content = random_layouts(200), random_boxes(200, seed=1)
    torch.testing.assert_close(box_to_layout(layout_to_box(layout, content), content), layout, atol=1e-5, rtol=1e-5)


def test_box_to_layout_and_back():
    box, content = random_boxes(200), random_boxes(200, seed=1)
    torch.testing.assert_close(layout_to_box(box_to_layout(box, content), content), box, atol=1e-5, rtol=1e-5)


def test_scales_and_offsets_mean_what_they_say():
    box = layout_to_box(torch.tensor([0.5, 0.25, -0.1, 0.2]), torch.tensor([0.0, 0.0, 1.0, 1.0]))
    torch.testing.assert_close(box, torch.tensor([0.575, 0.15, 0.825, 0.65]))


def scipy_warp(picture: np.ndarray, layout: np.ndarray) -> np.ndarray:
    """The same warp by scipy: bilinear, zeros outside, pixel centres at half-integers. ``picture``: (C, H, W)."""
    height, width = picture.shape[1:]
    scale_h, scale_w, offset_y, offset_x = layout.tolist()
    y = ((np.arange(height) + 0.5) / height - 0.5 - offset_y) / scale_h + 0.5
    x = ((np.arange(width) + 0.5) / width - 0.5 - offset_x) / scale_w + 0.5
    at = np.meshgrid(y * height - 0.5, x * width - 0.5, indexing="ij")
    padded = [np.pad(plane, 2) for plane in picture]
    return np.stack([ndimage.map_coordinates(plane, [at[0] + 2, at[1] + 2], order=1) for plane in padded])


@pytest.mark.parametrize(("height", "width"), [(32, 32), (24, 40)])
def test_warp_agrees_with_scipy(height, width):
    layouts = random_layouts(24, seed=2)
    pictures = torch.rand(24, 4, height, width, generator=torch.Generator().manual_seed(3))
    warped = warp(pictures, layouts, prefilter=False).numpy()
    for picture, layout, result in zip(pictures.numpy(), layouts, warped, strict=True):
        assert abs(result - scipy_warp(picture.astype(float), layout)).max() < 1 / 255


def test_identity_leaves_the_picture():
    picture = torch.rand(2, 4, 16, 16)
    torch.testing.assert_close(warp(picture, torch.tensor([IDENTITY] * 2)), picture, atol=1e-5, rtol=0)


def test_what_lies_outside_is_zero():
    ones = torch.ones(1, 4, 32, 32)
    half = warp(ones, torch.tensor([[0.5, 0.5, 0.0, 0.0]]))
    assert half[..., 9:23, 9:23].min() == 1
    for edge in (half[..., :7, :], half[..., 25:, :], half[..., :, :7], half[..., :, 25:]):
        assert edge.abs().max() == 0


def test_a_shift_moves_down_and_to_the_right_by_its_fraction():
    picture = torch.rand(1, 3, 20, 20)
    moved = warp(picture, torch.tensor([[1.0, 1.0, 0.2, 0.1]]))
    torch.testing.assert_close(moved[..., 4:, 2:], picture[..., :-4, :-2], atol=1e-4, rtol=0)


@pytest.mark.parametrize("prefilter", [False, True])
def test_the_warped_content_fills_the_predicted_box(prefilter):
    content = torch.tensor([0.25, 0.375, 0.75, 0.875])
    picture = torch.zeros(1, 4, 64, 64)
    picture[..., 24:56, 16:48] = 1
    for layout in random_layouts(20, seed=4, low=0.5, offset=0.2):
        expected = layout_to_box(layout, content).clamp(0, 1)
        found = content_box(warp(picture, layout[None], prefilter=prefilter)[0, 3])
        assert (found - expected).abs().max() <= 1.5 / 64


def test_the_prefilter_keeps_the_mean_of_fine_stripes():
    stripes = torch.zeros(1, 1, 64, 64)
    stripes[..., ::4] = 1
    layout = torch.tensor([[0.25, 0.25, 0.0, 0.0]])
    inside = (slice(None), slice(None), slice(28, 36), slice(28, 36))
    assert (warp(stripes, layout)[inside] - 0.25).abs().max() < 0.05
    assert (warp(stripes, layout, prefilter=False)[inside] - 0.25).abs().max() > 0.2


def test_the_warp_is_differentiable_in_picture_and_layout():
    picture = torch.rand(2, 4, 16, 16, requires_grad=True)
    layout = torch.tensor([[0.5, 0.6, 0.1, 0.0], [1.2, 0.3, 0.0, -0.1]], requires_grad=True)
    warp(picture, layout).square().sum().backward()
    assert picture.grad.abs().sum() > 0
    assert (layout.grad.abs().sum(dim=1) > 0).all()


def test_content_box_of_a_block_and_of_nothing():
    alpha = torch.zeros(2, 10, 20)
    alpha[0, 2:5, 4:16] = 1
    torch.testing.assert_close(content_box(alpha), torch.tensor([[0.2, 0.2, 0.8, 0.5], [0.0, 0.0, 0.0, 0.0]]))


def test_iou():
    a = torch.tensor([[0.0, 0.0, 0.5, 0.5], [0.0, 0.0, 0.5, 0.5], [0.0, 0.0, 0.2, 0.2], [0.0, 0.0, 0.0, 0.0]])
    b = torch.tensor([[0.0, 0.0, 0.5, 0.5], [0.25, 0.0, 0.75, 0.5], [0.5, 0.5, 0.7, 0.7], [0.0, 0.0, 0.0, 0.0]])
    torch.testing.assert_close(box_iou(a, b), torch.tensor([1.0, 1 / 3, 0.0, 0.0]))
    torch.testing.assert_close(box_iou(a, b), box_iou(b, a))


@pytest.mark.parametrize("frame", [PUBLISHED_FRAME, STICKER_FRAME, Frame(0.6, -0.05, 0.3)])
def test_the_frame_and_its_view_box_say_the_same(frame):
    x, y, width, height = frame.view_box
    for u, v in [(0.0, 0.0), (0.5, 0.5), (1.0, 0.25)]:
        on_canvas = frame.to_canvas(u, v)
        assert on_canvas == pytest.approx(((128 * u - x) / width, (128 * v - y) / height))


@pytest.mark.parametrize("frame", [PUBLISHED_FRAME, STICKER_FRAME])
def test_a_frames_layout_carries_the_centre_onto_the_target(frame):
    center, target = (0.45, 0.55), (0.5, 0.4)
    layout = frame.layout(0.5, 0.7, center, target)
    assert layout.scale_h == 0.5
    x, y = frame.to_canvas(*center)
    box = layout_to_box(torch.tensor(layout), torch.tensor([x, y, x, y]))
    assert box[:2].tolist() == pytest.approx(list(frame.to_canvas(*target)), abs=1e-6)


@pytest.mark.parametrize("frame", [PUBLISHED_FRAME, STICKER_FRAME])
def test_clamping_brings_any_layout_into_range(frame):
    wild = Layout(9.0, -1.0, 5.0, -5.0)
    assert not frame.allows(wild)
    clamped = frame.clamp(wild)
    assert frame.allows(clamped)
    assert clamped == Layout(2.0, MIN_SCALE, frame.max_offset, -frame.max_offset)
    assert frame.clamp(clamped) == clamped
    assert frame.allows(IDENTITY)


def test_over_is_associative_and_opaque_fronts_hide():
    pictures = torch.rand(3, 4, 8, 8)
    pictures[:, :3] *= pictures[:, 3:]
    a, b, c = pictures
    torch.testing.assert_close(over(a, over(b, c)), over(over(a, b), c))
    front = a.clone()
    front[3] = 1
    assert torch.equal(over(front, b), front)
    assert torch.equal(over(torch.zeros_like(a), b), b)


@pytest.mark.parametrize(
    "box", [(0.2, 0.3, 0.7, 0.9), (0.0, 0.4, 1.0, 0.6), (0.45, 0.0, 0.55, 0.1), (0.0, 0.0, 1.0, 0.99)]
)
def test_a_fit_centres_the_content_and_its_long_side_fills_the_canvas(box):
    fit = fit_box(box)
    left, top = fit.to_fitted(*box[:2])
    right, bottom = fit.to_fitted(*box[2:])
    assert max(right - left, bottom - top) == pytest.approx(FILL)
    assert (left + right, top + bottom) == pytest.approx((1, 1))
    assert (right - left) / (bottom - top) == pytest.approx((box[2] - box[0]) / (box[3] - box[1])), "no stretching"


@pytest.mark.parametrize("box", [(0.2, 0.3, 0.7, 0.9), (0.0, 0.4, 1.0, 0.6)])
def test_a_point_comes_back_from_the_fitted_canvas(box):
    fit = fit_box(box)
    for point in ((0.0, 0.0), (0.3, 0.8), (1.0, 0.5)):
        assert fit.to_canvas(*fit.to_fitted(*point)) == pytest.approx(point)


@pytest.mark.parametrize("box", [(0.0, 0.0, 0.0, 0.0), (0.0, 0.0, 1.0, 1.0)])
def test_nothing_and_everything_stay_as_they_are(box):
    assert fit_box(box) == AS_IT_IS
