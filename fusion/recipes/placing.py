"""Where things go: from drawing-area units (0 to 128) to layouts on the canvas.

Source: DESIGN section 2 (frame).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from fusion.geometry import VIEW_BOX, Frame, Layout
from fusion.recipes.anatomy.anatomy import Anatomy, Box, anatomy

Point = tuple[float, float]


class Head(NamedTuple):
    """What wearables, motif eyes and halos need to know of a head, in drawing-area units.

    ``eyes``: left and right box. ``top``: y of the top. ``width``: at eye height. ``measured``: the eyes were found,
    not assumed.
    """

    eyes: tuple[Box, Box]
    top: float
    width: float
    measured: bool

    @property
    def center(self) -> Point:
        """The point half-way between the two eyes."""
        (left, right) = (middle(box) for box in self.eyes)
        return (left[0] + right[0]) / 2, (left[1] + right[1]) / 2

    @property
    def gap(self) -> float:
        """Distance between the centres of the eyes."""
        return middle(self.eyes[1])[0] - middle(self.eyes[0])[0]

    @property
    def eye_top(self) -> float:
        """The y of the upper rim of the higher eye."""
        return min(box[1] for box in self.eyes)


def middle(box: Box) -> Point:
    """Centre ``(x, y)`` of a box."""
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def disc_of(body: Anatomy) -> Box:
    """The disc of a smiley. Raises ValueError for an emoji without one: a family's roles are to keep it away."""
    if body.disc is None:
        raise ValueError(f"{body.key} has no disc")
    return body.disc


def head(body: Anatomy) -> Head | None:
    """The head of a face; a smiley whose eyes were not found has them where smileys have them. Else ``None``."""
    if body.eyes is not None:
        width = body.head_width or body.width
        return Head(body.eyes, body.top, width, True)
    if body.disc is None:
        return None
    x0, y0, x1, y1 = body.disc
    width, height = x1 - x0, y1 - y0
    y = y0 + 0.42 * height

    def eye(share: float) -> Box:
        x = x0 + share * width
        return x - 0.06 * width, y - 0.08 * height, x + 0.06 * width, y + 0.08 * height

    return Head((eye(0.32), eye(0.68)), y0, width, False)


def head_of(key: str) -> Head:
    """The head of an emoji that has the role of a face. Raises ValueError for another."""
    found = head(anatomy(key))
    if found is None:
        raise ValueError(f"{key} has no head: ask for its role first")
    return found


def put(
    body: Anatomy, size: float, at: Point, frame: Frame, *, along: str = "long", grip: Point | None = None
) -> Layout:
    """The layout that makes ``body`` ``size`` units long and carries its point ``grip`` (its centre) to ``at``.

    ``along``: which side of its box has that length: ``"long"``, ``"width"`` or ``"height"``.
    """
    side = {"long": max(body.width, body.height), "width": body.width, "height": body.height}[along]
    return scaled(size / max(side, 1.0), grip or body.center, at, frame)


def scaled(scale: float, grip: Point, at: Point, frame: Frame) -> Layout:
    """The layout with one scale for both directions that carries ``grip`` onto ``at`` (drawing-area units)."""
    (gx, gy), (x, y) = grip, at
    return frame.layout(scale, scale, (gx / VIEW_BOX, gy / VIEW_BOX), (x / VIEW_BOX, y / VIEW_BOX))


def canvas_center(body: Anatomy, layout: Layout, frame: Frame) -> Point:
    """Where the centre of ``body``'s box lands on the canvas ([0, 1] each way)."""
    x, y = frame.to_canvas(body.center[0] / VIEW_BOX, body.center[1] / VIEW_BOX)
    scale_h, scale_w, offset_y, offset_x = layout
    return scale_w * (x - 0.5) + 0.5 + offset_x, scale_h * (y - 0.5) + 0.5 + offset_y


def left_to_right(body: Anatomy, layouts: Iterable[Layout], frame: Frame) -> tuple[Layout, ...]:
    """The layouts in the order of the network's slots: by where the centre lands, left to right."""
    return tuple(sorted(layouts, key=lambda layout: canvas_center(body, layout, frame)))


def bodies(first: str, second: str) -> tuple[Anatomy, Anatomy]:
    """The anatomies of two emoji."""
    return anatomy(first), anatomy(second)
