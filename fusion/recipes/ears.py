"""Ears and horns as pieces that can be put on something else: where they are cut, where they stand.

Coordinates are drawing-area units, 0 to 128.

Source: DESIGN section 3.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import ndimage

from fusion.emoji.catalog import Catalog
from fusion.geometry import PUBLISHED_FRAME, VIEW_BOX, Frame, Layout
from fusion.recipes.anatomy.anatomy import Box, anatomy
from fusion.recipes.painting.face_parts import NECK
from fusion.recipes.placing import put, scaled
from fusion.recipes.recipe import Sprite, Stroke
from fusion.recipes.tone import VIEW, looked_at

_UNIT = VIEW_BOX / VIEW
ROOT = 0.75 * NECK
"""So much of an ear's lower end is hidden behind what it stands on."""
MANE_WIDTH = 1.28
"""Long side of a mane relative to the thing's."""
SAME = 0.015
"""Layouts of two ears that differ by less are one layout."""
STEEP = 0.14
"""Ears keep this share of the width away from the sides, where the outline falls steeply."""
LEAST_SHARE = 0.004
"""Pieces smaller than this share of the canvas are crumbs."""


class Ear(NamedTuple):
    """One piece: its ``box`` and its foot, the middle of its lower end, which lies in the head."""

    box: Box
    foot: tuple[float, float]


@cache
def ears(key: str) -> tuple[Ear, ...]:
    """The ears or horns of a head, left to right; one piece where they hang together; none on a round head."""
    solid = looked_at(Sprite(key, "ears"))[..., 3] > 0.5
    labels = ndimage.label(solid)[0]
    found = []
    for number, (rows, columns) in enumerate(ndimage.find_objects(labels), start=1):
        piece = labels == number
        if piece.sum() < LEAST_SHARE * VIEW * VIEW:
            continue
        low = rows.stop - max((rows.stop - rows.start) // 3, 1)
        feet = np.nonzero(piece[low : rows.stop].any(0))[0]
        foot = (float(feet.mean() + 0.5) * _UNIT, rows.stop * _UNIT)
        box = (columns.start * _UNIT, rows.start * _UNIT, columns.stop * _UNIT, rows.stop * _UNIT)
        found.append(Ear(box, foot))
    return tuple(sorted(found, key=lambda ear: ear.foot))


@cache
def skyline(key: str, part: str = "full") -> np.ndarray:
    """(128,) float: for each column of the drawing area, y of the uppermost point; 128 where nothing is."""
    sprite = Sprite(key, part)
    if part == "full":
        solid = Catalog.default().render(key, int(VIEW_BOX), PUBLISHED_FRAME)[..., 3] > 127
    else:
        solid = np.kron(looked_at(sprite)[..., 3] > 0.5, np.ones((2, 2), bool))
    top = solid.argmax(0).astype(np.float32)
    return np.where(solid.any(0), top, VIEW_BOX)


@cache
def _roofs(key: str, part: str) -> tuple[float, ...]:
    """The skyline, each column's value a low one (70 %) of the columns within 4 units of it."""
    windows = sliding_window_view(np.pad(skyline(key, part), 4, mode="edge"), 9)
    return tuple(np.percentile(windows, 70, axis=1).tolist())


def roof(key: str, x: float, part: str = "full") -> float:
    """Y of the outline's top about ``x``, a low one where it is uneven, so that what stands on it touches it."""
    return _roofs(key, part)[min(max(int(x), 0), int(VIEW_BOX) - 1)]


def ear_strokes(donor: str, thing: str, scale: float, x: float, frame: Frame, part: str = "full") -> tuple[Stroke, ...]:
    """The ears of ``donor`` behind the top of ``thing``, each on its outline, about the axis at ``x``."""
    pieces = ears(donor)
    if not pieces:
        return ()
    body = anatomy(thing)
    low, high = body.box[0] + STEEP * body.width, body.box[2] - STEEP * body.width
    axis, ceiling = _axis(donor), frame.view_box[1] + 1
    strokes = []
    for number, ear in enumerate(pieces):
        at = min(max(x + scale * (ear.foot[0] - axis), low), high)
        top = roof(thing, at, part)
        size = min(scale, (top - ceiling) / max(ear.foot[1] - ear.box[1] - ROOT, 1.0))
        layout = scaled(size, ear.foot, (at, top + ROOT * size), frame)
        strokes.append(Stroke(Sprite(donor, f"ears{_piece(pieces, number)}"), layout))
    return _together(strokes)


def _together(strokes: list[Stroke]) -> tuple[Stroke, ...]:
    """One stroke for ears that lie as they do on their own head: half the work."""
    layouts = np.array([stroke.layout for stroke in strokes])
    if np.ptp(layouts, axis=0).max() > SAME:
        return tuple(strokes)
    middle = Layout(*layouts.mean(0).tolist())
    return (Stroke(Sprite(strokes[0].sprite.emoji, "ears"), middle),)


def mane_stroke(donor: str, thing: str, frame: Frame) -> Stroke:
    """The head of ``donor`` without its face, behind the whole of ``thing``, above the lower edge of the canvas."""
    mane, body = anatomy(donor), anatomy(thing)
    size = MANE_WIDTH * max(body.width, body.height)
    half = size * mane.height / max(mane.width, mane.height) / 2
    at = body.center[0], min(body.center[1], VIEW_BOX - 1 - half)
    return Stroke(Sprite(donor, "crown"), put(mane, size, at, frame))


def _piece(pieces: tuple[Ear, ...], number: int) -> str:
    """The filters that cut one of the pieces out: between it and its neighbours."""
    chain = ""
    if number > 0:
        chain += f"|right:{(pieces[number - 1].box[2] + pieces[number].box[0]) / 2:g}"
    if number + 1 < len(pieces):
        chain += f"|left:{(pieces[number].box[2] + pieces[number + 1].box[0]) / 2:g}"
    return chain


def _axis(key: str) -> float:
    eyes = anatomy(key).eyes
    return sum(box[0] + box[2] for box in eyes) / 4 if eyes else anatomy(key).center[0]
