"""Boxes, layouts, frames and the warp: the one home of every coordinate convention.

Conventions, used everywhere in the project:

* images are premultiplied RGBA (or RGB over black), channel first, values in [0, 1];
* boxes are ``xyxy`` in [0, 1] of the canvas, x to the right, y downwards;
* a *layout* is ``(scale_h, scale_w, offset_y, offset_x)`` of the non-main emoji about the canvas
  centre: a point ``p`` of the non-main lands on ``scale * (p - 0.5) + 0.5 + offset``;
* offsets are fractions of the height and width, so one layout serves every resolution;
* sampling grids map *output* to *input* and ``align_corners`` is always ``False``.

Source: DESIGN section 1 (CenterAwareScaleModule) and section 2 (frame, prefilter).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

VIEW_BOX = 128.0
"""Side of an emoji's own drawing area, in SVG user units."""

MAX_SCALE = 2.0
MIN_SCALE = 1.0 / 64
"""The published range of a scale is (0, 2]; below one pixel of a 64-pixel view nothing is left to see."""


class Layout(NamedTuple):
    """Where the non-main emoji goes: scales in (0, 2], offsets in fractions of the canvas."""

    scale_h: float = 1.0
    scale_w: float = 1.0
    offset_y: float = 0.0
    offset_x: float = 0.0


IDENTITY = Layout()


@dataclass(frozen=True)
class Frame:
    """How an emoji sits on the canvas, and how far the non-main may be moved there.

    ``scale``: share of the canvas side that the emoji's drawing area takes.
    ``drop``: how far that area's centre lies below the canvas centre, in fractions of the height.
    ``max_offset``: bound of the two offsets, in fractions of the canvas.
    """

    scale: float = 1.0
    drop: float = 0.0
    max_offset: float = 0.2

    @property
    def view_box(self) -> tuple[float, float, float, float]:
        """``(x, y, width, height)`` of the canvas in SVG user units of the emoji."""
        side = VIEW_BOX / self.scale
        x = (VIEW_BOX - side) / 2
        return x, x - self.drop * side, side, side

    def to_canvas(self, x: float, y: float) -> tuple[float, float]:
        """A point of the drawing area ([0, 1] each way) in canvas coordinates ([0, 1])."""
        return self.scale * (x - 0.5) + 0.5, self.scale * (y - 0.5) + 0.5 + self.drop

    def layout(
        self, scale_h: float, scale_w: float, center: tuple[float, float], target: tuple[float, float]
    ) -> Layout:
        """The layout that scales the non-main and carries its point ``center`` onto ``target``.

        Both points are ``(x, y)`` in the drawing area of the respective emoji, [0, 1].
        The result is clamped to this frame's range.
        """
        (cx, cy), (tx, ty) = self.to_canvas(*center), self.to_canvas(*target)
        return self.clamp(Layout(scale_h, scale_w, ty - 0.5 - scale_h * (cy - 0.5), tx - 0.5 - scale_w * (cx - 0.5)))

    def clamp(self, layout: Layout) -> Layout:
        """``layout`` brought into the range of this frame."""

        def clip(value: float, low: float, high: float) -> float:
            return min(max(float(value), low), high)

        sh, sw, oy, ox = layout
        m = self.max_offset
        return Layout(clip(sh, MIN_SCALE, MAX_SCALE), clip(sw, MIN_SCALE, MAX_SCALE), clip(oy, -m, m), clip(ox, -m, m))

    def allows(self, layout: Layout, tolerance: float = 1e-6) -> bool:
        """Whether ``layout`` lies in the range of this frame."""
        return all(abs(a - b) <= tolerance for a, b in zip(layout, self.clamp(layout), strict=True))


PUBLISHED_FRAME = Frame()
"""Full canvas, offsets to 0.2: DESIGN section 1."""

STICKER_FRAME = Frame(scale=0.8, drop=0.1, max_offset=0.35)
"""80 % of the canvas, lowered by 0.1, offsets to 0.35: DESIGN section 2."""


def layout_to_box(layout: Tensor, content: Tensor) -> Tensor:
    """Box of the non-main after the warp.

    ``layout``: (..., 4). ``content``: (..., 4), the box that the non-main fills before the warp.
    Returns (..., 4); the result may reach beyond the canvas.
    """
    scale_h, scale_w, offset_y, offset_x = layout.unbind(-1)
    x0, y0, x1, y1 = content.unbind(-1)
    return torch.stack(
        [
            scale_w * (x0 - 0.5) + 0.5 + offset_x,
            scale_h * (y0 - 0.5) + 0.5 + offset_y,
            scale_w * (x1 - 0.5) + 0.5 + offset_x,
            scale_h * (y1 - 0.5) + 0.5 + offset_y,
        ],
        dim=-1,
    )


def box_to_layout(box: Tensor, content: Tensor) -> Tensor:
    """The layout that carries ``content`` onto ``box``: the inverse of :func:`layout_to_box`."""
    x0, y0, x1, y1 = box.unbind(-1)
    u0, v0, u1, v1 = content.unbind(-1)
    scale_w = (x1 - x0) / (u1 - u0)
    scale_h = (y1 - y0) / (v1 - v0)
    offset_x = (x0 + x1) / 2 - 0.5 - scale_w * ((u0 + u1) / 2 - 0.5)
    offset_y = (y0 + y1) / 2 - 0.5 - scale_h * ((v0 + v1) / 2 - 0.5)
    return torch.stack([scale_h, scale_w, offset_y, offset_x], dim=-1)


def box_iou(a: Tensor, b: Tensor) -> Tensor:
    """Intersection over union of boxes (..., 4), in [0, 1]; 0 where both are empty."""
    width = (torch.minimum(a[..., 2], b[..., 2]) - torch.maximum(a[..., 0], b[..., 0])).clamp_min(0)
    height = (torch.minimum(a[..., 3], b[..., 3]) - torch.maximum(a[..., 1], b[..., 1])).clamp_min(0)
    inside = width * height

    def area(box: Tensor) -> Tensor:
        return (box[..., 2] - box[..., 0]).clamp_min(0) * (box[..., 3] - box[..., 1]).clamp_min(0)

    return inside / (area(a) + area(b) - inside).clamp_min(1e-9)


def content_box(alpha: Tensor, threshold: float = 0.5) -> Tensor:
    """Smallest box that holds every pixel with alpha above ``threshold``.

    ``alpha``: (..., H, W). Returns (..., 4); an empty picture gives the empty box (0, 0, 0, 0).
    """
    inside = alpha > threshold
    height, width = alpha.shape[-2:]
    rows, columns = inside.any(-1).float(), inside.any(-2).float()
    y0, y1 = rows.argmax(-1), height - rows.flip(-1).argmax(-1)
    x0, x1 = columns.argmax(-1), width - columns.flip(-1).argmax(-1)
    box = torch.stack([x0 / width, y0 / height, x1 / width, y1 / height], dim=-1).float()
    return box * inside.flatten(-2).any(-1, keepdim=True)


FILL = 0.96
"""Share of the canvas that the long side of a fitted sticker takes."""
VISIBLE = 8 / 255
"""Alpha from which a pixel counts when a picture is cropped."""


class Fit(NamedTuple):
    """How a sticker is brought to fill its canvas: ``p`` lands on ``scale * (p - 0.5) + 0.5 + shift``, as in a layout.

    ``scale``: above 0, 1 leaves the size. The shifts are fractions of the canvas, down and to the right.
    """

    scale: float = 1.0
    shift_y: float = 0.0
    shift_x: float = 0.0

    def to_fitted(self, x: float, y: float) -> tuple[float, float]:
        """A point of the network's canvas on the fitted one."""
        return self.scale * (x - 0.5) + 0.5 + self.shift_x, self.scale * (y - 0.5) + 0.5 + self.shift_y

    def to_canvas(self, x: float, y: float) -> tuple[float, float]:
        """A point of the fitted canvas on the network's: the inverse of :meth:`to_fitted`."""
        return (x - 0.5 - self.shift_x) / self.scale + 0.5, (y - 0.5 - self.shift_y) / self.scale + 0.5


AS_IT_IS = Fit()


def fit_box(box: tuple[float, float, float, float]) -> Fit:
    """The fit that centres the content ``box`` and lets its long side fill ``FILL`` of the canvas.

    An empty box, and one that is the whole canvas (an opaque picture has no margin to lose), stay as they are.
    """
    x0, y0, x1, y1 = box
    side = max(x1 - x0, y1 - y0)
    if side <= 0 or (x0 <= 0 and y0 <= 0 and x1 >= 1 and y1 >= 1):
        return AS_IT_IS
    scale = FILL / side
    return Fit(scale, scale * (0.5 - (y0 + y1) / 2), scale * (0.5 - (x0 + x1) / 2))


def sampling_grid(layout: Tensor, height: int, width: int) -> Tensor:
    """Sampling grid (B, H, W, 2) in [-1, 1] that carries the output of ``layout`` (B, 4) to its input."""
    scale_h, scale_w, offset_y, offset_x = layout.float()[:, :, None].unbind(1)

    def centres(count: int) -> Tensor:
        return (2 * torch.arange(count, device=layout.device) + 1) / count - 1

    # Not affine_grid: it multiplies matrices, which autocast would do in half precision.
    x = (centres(width) - 2 * offset_x) / scale_w  # (B, W)
    y = (centres(height) - 2 * offset_y) / scale_h  # (B, H)
    size = (len(layout), height, width)
    return torch.stack([x[:, None, :].expand(size), y[:, :, None].expand(size)], dim=-1)


PREFILTER = ((0.7, 2), (0.36, 4))
"""Below this scale the picture is first averaged over so many pixels, against aliasing."""


def warp(images: Tensor, layout: Tensor, prefilter: bool = True) -> Tensor:
    """Scale ``images`` (B, C, H, W) about the canvas centre and shift them: bilinear, zeros outside.

    ``layout``: (B, 4). With ``prefilter``, shrunk pictures are averaged first. Differentiable in both.
    """
    if not len(images):
        return images
    height, width = images.shape[-2:]
    grid = sampling_grid(layout, height, width)
    steps = [step for step in PREFILTER if prefilter and step[1] <= min(height, width)]
    shrink = layout[:, :2].amax(dim=1)
    level = sum(((shrink < bound).long() for bound, _ in steps), torch.zeros_like(shrink, dtype=torch.long))

    warped = None
    for n, factor in enumerate([1, *(factor for _, factor in steps)]):
        index = (level == n).nonzero()[:, 0]
        if len(index) == len(images):
            return _sample(images, grid, factor)
        if len(index):
            part = _sample(images.index_select(0, index), grid.index_select(0, index), factor)
            warped = torch.zeros_like(images) if warped is None else warped
            warped = warped.index_copy(0, index, part)
    return warped


def _sample(images: Tensor, grid: Tensor, factor: int) -> Tensor:
    """``images`` averaged over ``factor`` pixels, then read at ``grid``."""
    small = F.avg_pool2d(images, factor) if factor > 1 else images
    # Half precision cannot tell neighbouring pixels of a wide map apart: the grid stays in float32.
    sampled = F.grid_sample(small.float(), grid, padding_mode="zeros", align_corners=False)
    return sampled.to(images.dtype)


def over(front: Tensor, back: Tensor) -> Tensor:
    """Premultiplied alpha-over of pictures (..., 4, H, W): ``front`` on top of ``back``."""
    return front + back * (1 - front[..., 3:, :, :])
