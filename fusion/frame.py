"""Layouts and frames as plain numbers: what everything needs to know of the coordinates, without torch.

``geometry`` has the conventions, and the arithmetic on tensors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

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
