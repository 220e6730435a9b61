"""Filters that turn one picture of an emoji into another: cut off, healed, light, on a plate, shading alone.

A part may be a chain, ``"features|light|below:40"``: a picture, then filters, each ``name`` or ``name:number,number``.
Numbers are drawing-area units (0 to 128). To add a filter, write a function ``(picture, at, *numbers)`` and enter it
in ``FILTERS``.

Source: DESIGN section 3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from fusion.geometry import VIEW_BOX, Frame
from fusion.recipes.anatomy import measure, regions

PLATE_REACH, PLATE_SOFT, PLATE_OPACITY = 7.0, 2.2, 0.72
"""How far a plate reaches beyond what lies on it, how soft its rim is (drawing-area units), how much it hides."""
OUTLINE = 2.0
"""Width of the pale rim about strokes on a pattern, in drawing-area units."""
SHADE_STRENGTH = 0.9
"""Share of the luminance contrast that the shading keeps."""


class Place(NamedTuple):
    """Where a picture's pixels lie: its side in pixels and its frame."""

    size: int
    frame: Frame

    @property
    def unit(self) -> float:
        """Pixels per drawing-area unit."""
        return self.frame.scale * self.size / VIEW_BOX

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        """A point in drawing-area units as pixels ``(x, y)``."""
        u, v = self.frame.to_canvas(x / VIEW_BOX, y / VIEW_BOX)
        return u * self.size, v * self.size

    def grid(self) -> tuple[np.ndarray, np.ndarray]:
        """Pixel centres in drawing-area units: x (1, S) and y (S, 1)."""
        x0, y0, side, _ = self.frame.view_box
        steps = (np.arange(self.size, dtype=np.float32) + 0.5) / self.size * side
        return (x0 + steps)[None, :], (y0 + steps)[:, None]


def _soft(distance: np.ndarray, at: Place) -> np.ndarray:
    """1 inside (positive distance in units), 0 outside, with a rim one pixel wide."""
    return np.clip(distance * at.unit + 0.5, 0, 1)


def below(picture: np.ndarray, at: Place, y: float) -> np.ndarray:
    """What lies below ``y``."""
    return picture * _soft(at.grid()[1] - y, at)[..., None]


def above(picture: np.ndarray, at: Place, y: float) -> np.ndarray:
    """What lies above ``y``."""
    return picture * _soft(y - at.grid()[1], at)[..., None]


def left(picture: np.ndarray, at: Place, x: float) -> np.ndarray:
    """What lies left of ``x``."""
    return picture * _soft(x - at.grid()[0], at)[..., None]


def right(picture: np.ndarray, at: Place, x: float) -> np.ndarray:
    """What lies right of ``x``."""
    return picture * _soft(at.grid()[0] - x, at)[..., None]


def oval(picture: np.ndarray, at: Place, x: float, y: float, rx: float, ry: float) -> np.ndarray:
    """What lies inside an upright ellipse with this centre and these half axes."""
    return picture * _soft(_within(at, x, y, rx, ry), at)[..., None]


def hole(picture: np.ndarray, at: Place, x: float, y: float, rx: float, ry: float) -> np.ndarray:
    """What lies outside an upright ellipse."""
    return picture * (1 - _soft(_within(at, x, y, rx, ry), at))[..., None]


def front(picture: np.ndarray, at: Place, x: float, y: float, rx: float, ry: float) -> np.ndarray:
    """What stands before a round opening: all below its centre line, but for the lower half of the ellipse."""
    kept = _soft(at.grid()[1] - y, at) * (1 - _soft(_within(at, x, y, rx, ry), at))
    return picture * kept[..., None]


def mouth(picture: np.ndarray, at: Place, x0: float, y0: float, x1: float, y1: float, sag: float) -> np.ndarray:
    """A white mask of all that lies above a vessel's front rim: where what is in it may be seen.

    The rim runs from ``(x0, y0)`` to ``(x1, y1)`` and hangs ``sag`` units lower in its middle, as half an ellipse.
    """
    columns, rows = at.grid()
    t = np.clip((columns - x0) / (x1 - x0), 0, 1)
    rim = y0 + (y1 - y0) * t + sag * np.sqrt(np.maximum(1 - (2 * t - 1) ** 2, 0))
    return np.repeat(_soft(rim - rows, at)[..., None], 4, axis=-1)


def paws(picture: np.ndarray, at: Place, x: float, y: float, apart: float, radius: float) -> np.ndarray:
    """Two paws that grip an edge at ``(x, y)``, in the picture's main colour; the picture itself is gone."""
    colour, _ = regions.dominant_region(picture)
    columns, rows = at.grid()
    drawn = np.zeros_like(picture)
    for side in (-1, 1):
        cx = x + side * apart / 2
        distance = (1 - np.hypot((columns - cx) / radius, (rows - y) / (0.86 * radius))) * radius
        rim, fill = _soft(distance, at), _soft(distance - 0.13 * radius, at)
        toes = np.zeros_like(fill)
        for toe in (-0.32, 0.32):
            line = 0.06 * radius - np.abs(columns - cx - toe * radius)
            toes = np.maximum(toes, _soft(np.minimum(line, rows - y - 0.15 * radius), at) * fill)
        tone = np.where((fill * (1 - toes))[..., None] > 0.5, colour, 0.62 * colour)
        paw = np.concatenate([tone * rim[..., None], rim[..., None]], axis=-1)
        drawn = paw + drawn * (1 - rim[..., None])
    return drawn.astype(np.float32)


def _within(at: Place, x: float, y: float, rx: float, ry: float) -> np.ndarray:
    """About the distance (S, S) to the rim of an ellipse in units, positive inside."""
    columns, rows = at.grid()
    return (1 - np.hypot((columns - x) / rx, (rows - y) / ry)) * min(rx, ry)


def heal(picture: np.ndarray, at: Place, x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    """The ellipse in a box painted over with what surrounds it; nothing grows beyond the silhouette."""
    inside = _soft(_within(at, (x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / 2, (y1 - y0) / 2), at)
    known = (1 - inside) * (picture[..., 3] > 0.9)
    reach = max(x1 - x0, y1 - y0) * at.unit
    filled, weight = np.zeros_like(picture), np.zeros(picture.shape[:2], np.float32)
    for share in (0.12, 0.3, 0.7):
        sigma = max(share * reach, 1.0)
        mass = ndimage.gaussian_filter(known, sigma)
        spread = ndimage.gaussian_filter(picture * known[..., None], (sigma, sigma, 0))
        room = np.clip(1 - weight, 0, 1) * np.clip(mass * 6, 0, 1)
        filled += room[..., None] * spread / np.maximum(mass, 1e-4)[..., None]
        weight += room
    filled /= np.maximum(weight, 1e-4)[..., None]
    filled *= (picture[..., 3] / np.maximum(filled[..., 3], 1e-4))[..., None]
    amount = (inside * (weight > 0.01))[..., None]
    return picture * (1 - amount) + filled * amount


def light(picture: np.ndarray, at: Place) -> np.ndarray:
    """For dark ground: dark strokes become near-white; pupils in whites, and colours, stay."""
    colourless = picture[..., :3].max(-1) < 0.6 * picture[..., 3]
    dark = (regions.free_strokes(picture) & colourless)[..., None]
    picture = picture.copy()
    picture[..., :3] = np.where(dark, picture[..., 3:] * 0.93 - picture[..., :3] * 0.3, picture[..., :3])
    return picture


def plate(picture: np.ndarray, at: Place) -> np.ndarray:
    """For patterned ground: the picture on a soft, light plate of its own outline."""
    reach = PLATE_REACH * at.unit
    solid = picture[..., 3] > 0.3
    distance = ndimage.distance_transform_edt(~solid)
    hull = ndimage.distance_transform_edt(distance < 2.2 * reach) > 1.2 * reach
    soft = ndimage.gaussian_filter(hull.astype(np.float32), PLATE_SOFT * at.unit) * PLATE_OPACITY
    under = np.repeat(soft[..., None], 4, axis=-1) * np.array([1.0, 0.98, 0.94, 1.0], np.float32)
    return picture + under * (1 - picture[..., 3:])


def outline(picture: np.ndarray, at: Place, width: float = OUTLINE) -> np.ndarray:
    """The picture on a narrow pale rim of its own, so that strokes show on any pattern."""
    reach = max(width * at.unit, 1.0)
    distance = ndimage.distance_transform_edt(picture[..., 3] < 0.5)
    rim = np.clip(reach + 0.5 - distance, 0, 1)[..., None].astype(np.float32) * 0.95
    return picture + np.repeat(rim, 4, axis=-1) * (1 - picture[..., 3:])


def shade(picture: np.ndarray, at: Place) -> np.ndarray:
    """Light and shadow alone, as translucent white and black about the middle luminance, to lay over another stuff."""
    solid = picture[..., 3] > 0.9
    lightness = measure.luminance(picture)
    middle = float(np.median(lightness[solid])) if solid.any() else 0.5
    dark = np.clip(1 - lightness / max(middle, 0.05), 0, 1)
    bright = np.clip((lightness - middle) / max(1 - middle, 0.05), 0, 1) * 0.8
    amount = (np.where(lightness < middle, dark, bright) * SHADE_STRENGTH * picture[..., 3])[..., None]
    white = (lightness >= middle)[..., None] * amount
    return np.concatenate([white, white, white, amount], axis=-1).astype(np.float32)


FILTERS: dict[str, Callable[..., np.ndarray]] = {
    "below": below,
    "above": above,
    "left": left,
    "right": right,
    "oval": oval,
    "hole": hole,
    "front": front,
    "mouth": mouth,
    "paws": paws,
    "heal": heal,
    "light": light,
    "plate": plate,
    "outline": outline,
    "shade": shade,
}


def apply(chain: str, picture: np.ndarray, size: int, frame: Frame) -> np.ndarray:
    """Run the filters of ``chain`` (``"light|below:40"``) over a premultiplied picture. KeyError for an unknown one."""
    for step in chain.split("|"):
        name, _, numbers = step.partition(":")
        arguments = [float(number) for number in numbers.split(",")] if numbers else []
        picture = FILTERS[name](picture, Place(size, frame), *arguments)
    return picture
