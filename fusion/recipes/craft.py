"""The craft that families share: where a thing is plain, in which tone a face shows there, what must not be covered.

All of it is read off the flat picture, once per emoji. Coordinates are drawing-area units (0 to 128).

Source: DESIGN section 3.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from fusion.emoji.catalog import Catalog
from fusion.geometry import VIEW_BOX, Frame, Layout
from fusion.recipes.anatomy import measure
from fusion.recipes.anatomy.anatomy import Box, anatomy
from fusion.recipes.anatomy.layers import draw
from fusion.recipes.kept import kept
from fusion.recipes.placing import Point, middle, scaled
from fusion.recipes.recipe import Sprite, Stroke

EDGE = 0.17
"""A channel that changes by more than this over two units is a detail, an outline, a letter."""
SPECK = 14
"""Edges of fewer units than this are specks that a face may cover."""
PLAIN_ENOUGH = 17.0
"""Radius from which a plain seat is large enough for a face without a plate."""
DARK, BUSY = 0.45, 0.05
"""Ground darker than this takes light features; more than this share of detail may drown them."""
LIGHT, CALM = 0.55, 0.2
"""Details on ground lighter than this, whose lightness varies less, leave dark features clear: a rim looks cut out."""
NEAR, RIMMED_FROM, RIM = 0.27, 0.2, 2.0
"""Colours whose channels differ by less need a rim, where so much of the place is covered; its width on the canvas."""
FACE_REACH = 1.42
"""Width of the disc whose features fill a plain seat, in diameters of that seat: features lie well inside a disc."""


class Seat(NamedTuple):
    """A circle to put something on. ``plain``: nothing is drawn there."""

    x: float
    y: float
    radius: float
    plain: bool


class Ground(NamedTuple):
    """What lies under a seat: how light it is (``value``, 0 to 1), how far its colours and its lightness vary.

    ``variation``: standard deviation of the channel that varies most. ``unrest``: that of the lightness.
    """

    value: float
    variation: float
    unrest: float


@kept
def picture(key: str) -> np.ndarray:
    """The flat picture, float32 premultiplied (128, 128, 4): a pixel is a unit."""
    return draw(Catalog.default().body(key), (0, 0, 128, 128), measure.SIDE, measure.SIDE)


@kept
def plainness(key: str) -> np.ndarray:
    """(128, 128) float32: how far each unit lies from the nearest detail and from the rim; 0 outside the emoji.

    Details are what differs from its surroundings: outlines, letters, eyes, toppings. Specks do not count.
    """
    flat = picture(key)
    solid = flat[..., 3] > 0.5
    over_grey = flat[..., :3] + 0.5 * (1 - flat[..., 3:])
    smooth = ndimage.gaussian_filter(over_grey, (1, 1, 0))
    change = np.hypot(ndimage.sobel(smooth, 0), ndimage.sobel(smooth, 1)).max(-1) / 4
    edges = (change > EDGE) & solid
    edges &= ~measure.small_regions(edges, SPECK)
    blocked = edges | ~solid
    return ndimage.distance_transform_edt(np.pad(~blocked, 1))[1:-1, 1:-1].astype(np.float32)


@cache
def plain_seat(key: str) -> Seat:
    """The largest plain circle, of near-equals the most central one; the anatomy's seat where none is large enough."""
    room = plainness(key)
    radius = float(room.max())
    body = anatomy(key)
    if radius < PLAIN_ENOUGH * 0.8 or radius < 0.55 * body.seat[2]:
        return Seat(*body.seat, plain=False)
    rows, columns = np.nonzero(room >= 0.9 * radius)
    x, y, _ = body.seat
    nearest = np.argmin((columns - x) ** 2 + (rows - y) ** 2)
    return Seat(
        float(columns[nearest]) + 0.5, float(rows[nearest]) + 0.5, float(room[rows[nearest], columns[nearest]]), True
    )


@cache
def ground(key: str, x: float, y: float, radius: float) -> Ground:
    """What lies under a circle: how light, how varied. Red is light although its luminance is low."""
    flat = picture(key)
    rows, columns = np.mgrid[: measure.SIDE, : measure.SIDE] + 0.5
    inside = (np.hypot(columns - x, rows - y) < 0.8 * radius) & (flat[..., 3] > 0.5)
    if not inside.any():
        return Ground(1.0, 0.0, 0.0)
    colours = flat[inside][:, :3] / flat[inside][:, 3:]
    light = 0.5 * colours.max(1) + 0.5 * (colours @ measure.LUMINANCE)
    return Ground(float(light.mean()), float(colours.std(0).max()), float(light.std()))


@cache
def busyness(key: str, x: float, y: float, radius: float) -> float:
    """Share of a circle that lies within two units of a detail."""
    rows, columns = np.mgrid[: measure.SIDE, : measure.SIDE] + 0.5
    inside = (np.hypot(columns - x, rows - y) < 0.8 * radius) & (picture(key)[..., 3] > 0.5)
    return float((plainness(key)[inside] < 2.0).mean()) if inside.any() else 0.0


def face_strokes(smiley: str, thing: str, seat: Seat, layout: Layout, part: str = "face") -> tuple[Stroke, ...]:
    """``thing`` with the face of ``smiley`` on it as instance 0: light on dark ground, rimmed over strong details."""
    under = ground(thing, *seat[:3])
    calm = under.value > LIGHT and under.unrest < CALM
    if busyness(thing, *seat[:3]) > BUSY and not calm:
        part = f"{part}|outline"
    elif under.value < DARK:
        part = f"{part}|light"
    return Stroke(Sprite(thing)), Stroke(Sprite(smiley, part), layout, instance=0)


def face_layout(smiley: str, seat: Seat, frame: Frame, reach: float = FACE_REACH) -> Layout:
    """Where the features of ``smiley`` go so that they fill ``seat``."""
    disc = anatomy(smiley).disc or anatomy(smiley).box
    scale = min(reach * 2 * seat.radius / (disc[2] - disc[0]), 1.25)
    return scaled(scale, middle(disc), (seat.x, seat.y), frame)


@cache
def precious(key: str) -> tuple[Box, ...]:
    """Boxes that nothing may cover: the eyes and, for a face, the mouth below them."""
    body = anatomy(key)
    if body.eyes is None:
        return ()
    left, right = body.eyes
    gap = middle(right)[0] - middle(left)[0]
    x, y = (left[0] + right[2]) / 2, max(left[3], right[3])
    return left, right, (x - 0.5 * gap, y, x + 0.5 * gap, min(y + 0.9 * gap, body.box[3]))


def covers(key: str, box: Box) -> float:
    """The largest share of one of the emoji's precious boxes that ``box`` hides, 0 to 1."""

    def share(other: Box) -> float:
        width = min(box[2], other[2]) - max(box[0], other[0])
        height = min(box[3], other[3]) - max(box[1], other[1])
        area = (other[2] - other[0]) * (other[3] - other[1])
        return max(width, 0.0) * max(height, 0.0) / max(area, 1.0)

    return max((share(other) for other in precious(key)), default=0.0)


@cache
def eyeless(key: str) -> str:
    """The part without eyes: left out where they are layers, else painted over from what surrounds them."""
    body = anatomy(key)
    if body.removable or body.eyes is None:
        return "eyeless" if body.removable else "full"
    return "full" + "".join(healed(box, 3.0) for box in body.eyes)


def healed(box: Box, margin: float) -> str:
    """The filter that paints over ``box`` and ``margin`` units about it."""
    x0, y0, x1, y1 = box
    return f"|heal:{x0 - margin:g},{y0 - margin:g},{x1 + margin:g},{y1 + margin:g}"


def occupied(key: str, box: Box) -> float:
    """Share of ``box`` that the emoji covers; what lies outside the drawing area is free."""
    x0, y0, x1, y1 = (round(v) for v in box)
    cut = picture(key)[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0), 3]
    return float(cut.sum()) / max((x1 - x0) * (y1 - y0), 1)


def rimmed(key: str, thing: str, layout: Layout, frame: Frame) -> str:
    """The part that shows on ``thing``: the emoji, on a pale rim where what lies under it has its colour."""
    x0, y0, x1, y1 = (round(v) for v in landing(key, layout, frame))
    cut = picture(thing)[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)]
    covered = float(cut[..., 3].sum())
    if covered < RIMMED_FROM * (x1 - x0) * (y1 - y0):
        return "full"
    under = cut[..., :3].sum((0, 1)) / covered
    near = float(np.abs(under - np.array(anatomy(key).mean_rgb)).max()) < NEAR
    return f"full|outline:{RIM / max(layout.scale_h, 0.3):.1f}" if near else "full"


def landing(key: str, layout: Layout, frame: Frame) -> Box:
    """The box that the emoji fills under ``layout``, in drawing-area units of the main subject."""
    x0, y0, x1, y1 = anatomy(key).box
    (left, top), (right, bottom) = (moved((x, y), layout, frame) for x, y in ((x0, y0), (x1, y1)))
    return left, top, right, bottom


def moved(point: Point, layout: Layout, frame: Frame) -> Point:
    """Where ``layout`` carries a point of the non-main, in drawing-area units of the main subject."""
    u, v = frame.to_canvas(point[0] / VIEW_BOX, point[1] / VIEW_BOX)
    u, v = layout.scale_w * (u - 0.5) + 0.5 + layout.offset_x, layout.scale_h * (v - 0.5) + 0.5 + layout.offset_y
    x = (u - 0.5) / frame.scale + 0.5
    y = (v - 0.5 - frame.drop) / frame.scale + 0.5
    return x * VIEW_BOX, y * VIEW_BOX
