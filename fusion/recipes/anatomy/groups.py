"""Which layers of a face are its features, its hands and tears, its head, its ears.

Everything is told by where a layer lies and by its colour, on the layers rendered one by one. Coordinates are in
drawing-area units, 0 to 128.

Source: DESIGN section 3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import ndimage

from fusion.emoji.catalog import Catalog
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.anatomy.layers import draw_layers, layers
from fusion.recipes.anatomy.measure import SIDE, flatten_stack

VIEW = 64
"""Side in pixels at which layers are told apart."""
_UNIT = SIDE / VIEW
_LARGE = 0.3
"""A layer that covers this share of the silhouette is head or body, never a feature."""
COVERED = re.compile(r"\b(mask|vomiting|zipper-mouth|tissue)\b")
"""Faces told by what is before their mouth, so that it goes with the eyes."""
_FORELOCK = 18.0
"""Brows lie at most so far above the eyes."""


@dataclass(frozen=True)
class Leaf:
    """One layer: share of the silhouette, centroid, box, median colour, greatest alpha, share well inside."""

    index: int
    share: float
    x: float
    y: float
    box: tuple[float, float, float, float]
    rgb: tuple[float, float, float]
    opaque: float
    inside: float

    @property
    def blue(self) -> bool:
        """Water: tears, sweat, drool, a bubble."""
        red, _, blue = self.rgb
        return blue > red + 0.15

    @property
    def skin(self) -> bool:
        """The yellow and gold of a smiley's hands and of their outlines."""
        red, green, blue = self.rgb
        return red > 0.6 and 0.34 < green < 0.99 and blue < 0.5 and red > blue + 0.3 and self.opaque > 0.9

    @property
    def light(self) -> float:
        """Luminance of the median colour."""
        red, green, blue = self.rgb
        return 0.299 * red + 0.587 * green + 0.114 * blue


@cache
def leaves(key: str) -> tuple[Leaf, ...]:
    """The emoji's layers that show anything, bottom to top."""
    stack = draw_layers(layers(key), VIEW)
    silhouette = flatten_stack(stack)[..., 3] > 0.5
    core = ndimage.binary_erosion(silhouette, iterations=2)
    rows, columns = np.mgrid[:VIEW, :VIEW] + 0.5
    found = []
    for index, layer in enumerate(stack):
        alpha = layer[..., 3]
        weight = float(alpha.sum())
        spot = alpha > min(0.3, 0.5 * float(alpha.max()))
        if weight < 0.3 or not spot.any():
            continue
        ys, xs = np.flatnonzero(spot.any(1)), np.flatnonzero(spot.any(0))
        colour = np.median(layer[spot][:, :3] / layer[spot][:, 3:], axis=0)
        found.append(
            Leaf(
                index,
                weight / max(float(silhouette.sum()), 1.0),
                float((alpha * columns).sum() / weight * _UNIT),
                float((alpha * rows).sum() / weight * _UNIT),
                (xs[0] * _UNIT, ys[0] * _UNIT, (xs[-1] + 1) * _UNIT, (ys[-1] + 1) * _UNIT),
                (float(colour[0]), float(colour[1]), float(colour[2])),
                float(alpha.max()),
                float((alpha * core).sum() / weight),
            )
        )
    return tuple(found)


def box_of(key: str, indices: tuple[int, ...]) -> tuple[float, float, float, float] | None:
    """The box around the given layers; ``None`` if none of them shows anything."""
    boxes = [leaf.box for leaf in leaves(key) if leaf.index in indices]
    if not boxes:
        return None
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return min(x0), min(y0), max(x1), max(y1)


@cache
def expression(key: str) -> tuple[int, ...]:
    """Layers of a smiley's features without disc, rim and hands."""
    body = anatomy(key)
    hands = [leaf for leaf in leaves(key) if leaf.index >= body.disc_layers and leaf.skin and leaf.share < _LARGE]
    return tuple(
        leaf.index
        for leaf in leaves(key)
        if leaf.index >= body.disc_layers
        and leaf.index not in body.rim_layers
        and not leaf.skin
        and not (leaf.opaque < 0.9 and any(_overlap(leaf, other) > 0.5 for other in hands))
    )


def _overlap(leaf: Leaf, other: Leaf) -> float:
    """Share of the first layer's box that lies in the second's."""
    (a0, b0, a1, b1), (c0, d0, c1, d1) = leaf.box, other.box
    common = max(min(a1, c1) - max(a0, c0), 0.0) * max(min(b1, d1) - max(b0, d0), 0.0)
    return common / max((a1 - a0) * (b1 - b0), 1e-6)


@cache
def mouth(key: str) -> tuple[int, ...]:
    """Those of the features that are mouth, tongue or chin: below the eyes, about the middle, not water."""
    body, chosen = anatomy(key), expression(key)
    x = _face_x(key)
    return tuple(
        leaf.index
        for leaf in leaves(key)
        if leaf.index in chosen
        and leaf.index in body.lower_layers
        and not leaf.blue
        and abs(leaf.x - x) < (26 if leaf.opaque > 0.8 else 16)
    )


@cache
def look(key: str) -> tuple[int, ...]:
    """Eyes, brows, glasses, tears, hearts, cheeks: the features without the mouth."""
    gone = set() if COVERED.search(Catalog.default()[key].name) else set(mouth(key))
    return tuple(index for index in expression(key) if index not in gone)


@cache
def own_eyes(key: str) -> tuple[int, ...]:
    """Layers that a new pair of eyes replaces: the eyes, brows right above them, tears."""
    body = anatomy(key)
    if body.eyes is None:
        return ()
    crying = Catalog.default()[key].category == "Smileys & Emotion"
    return tuple(
        leaf.index
        for leaf in leaves(key)
        if leaf.index in body.eye_layers
        or _is_brow(key, leaf)
        or (crying and leaf.blue and leaf.share < 0.08 and leaf.index >= body.disc_layers)
    )


def _nose_and_marks(key: str) -> tuple[Leaf | None, list[Leaf]]:
    """The nose of an animal, and the small layers on the middle of its face below it."""
    body = anatomy(key)
    if body.eyes is None:
        return None, []
    x, low = _face_x(key), max(box[3] for box in body.eyes)
    below = [leaf for leaf in leaves(key) if leaf.y > low and abs(leaf.x - x) < 7 and leaf.share < 0.07]
    nose = min((leaf for leaf in below if leaf.light < 0.75), key=lambda leaf: leaf.y, default=None)
    return nose, [leaf for leaf in below if nose is not None and leaf.y > nose.y + 3]


@cache
def nose_bottom(key: str) -> float:
    """Y of the lower rim of an animal's nose; that of its eyes where no nose is told."""
    nose, _ = _nose_and_marks(key)
    return nose.box[3] if nose else max((box[3] for box in anatomy(key).eyes or ()), default=64.0)


@cache
def own_mouth(key: str) -> tuple[int, ...]:
    """Layers of an animal's mouth and tongue, below its nose; empty where they are not told from the snout."""
    _, marks = _nose_and_marks(key)
    return tuple(
        leaf.index
        for leaf in marks
        if leaf.light < 0.3
        or leaf.rgb[0] > leaf.rgb[1] + 0.3
        or any(_overlap(leaf, m) > 0.7 for m in marks if m != leaf)
    )


@cache
def is_plain(key: str) -> bool:
    """Whether a smiley's eyes are two dark dots, so that only its mouth tells it from others."""
    body, shown = anatomy(key), look(key)
    if body.eyes is None or not set(shown) <= set(body.eye_layers):
        return False
    upright = all(box[3] - box[1] > 1.1 * (box[2] - box[0]) for box in body.eyes)
    return upright and all(leaf.light < 0.5 or leaf.share < 0.002 for leaf in leaves(key) if leaf.index in shown)


def _is_brow(key: str, leaf: Leaf) -> bool:
    eyes = anatomy(key).eyes
    if eyes is None or leaf.index < anatomy(key).disc_layers or leaf.share > 0.03 or leaf.inside < 0.8:
        return False
    near = min(abs(leaf.x - (box[0] + box[2]) / 2) for box in eyes)
    top = min(box[1] for box in eyes)
    return near < 12 and top - _FORELOCK < leaf.y < top + 2 and leaf.light < 0.35


@cache
def own_face(key: str) -> tuple[int, ...]:
    """Layers that a new face replaces: eyes, brows, and what lies on the middle of the face below the eyes."""
    body = anatomy(key)
    if body.eyes is None:
        return ()
    x, top = _face_x(key), min(box[1] for box in body.eyes)
    reach = 0.36 * (body.head_width or body.width)
    return tuple(
        leaf.index
        for leaf in leaves(key)
        if leaf.index in own_eyes(key)
        or (
            leaf.index >= body.disc_layers
            and leaf.share < 0.2
            and leaf.inside > 0.8
            and abs(leaf.x - x) < reach
            and top - 2 < leaf.y < top + 66
        )
    )


@cache
def muzzle(key: str) -> tuple[int, ...]:
    """An animal's face without its head: eyes, patches about them, nose, mouth, snout, whiskers."""
    body = anatomy(key)
    if body.eyes is None:
        return ()
    x, top, bottom = _face_x(key), min(box[1] for box in body.eyes), max(box[3] for box in body.eyes)
    wide = body.head_width or body.width
    chosen = []
    for leaf in leaves(key):
        low = bottom - 4 < leaf.y < bottom + 0.66 * wide
        crescent = min(leaf.box[2] - leaf.box[0], leaf.box[3] - leaf.box[1]) > 0.55 * wide and leaf.share < 0.08
        within = abs(leaf.x - x) < (0.62 if low else 0.42) * wide
        within = within and top - _FORELOCK < leaf.y < bottom + 0.66 * wide
        thin = leaf.share < 0.02
        if leaf.index in body.eye_layers or (
            leaf.index >= body.disc_layers
            and leaf.share < _LARGE
            and within
            and not crescent
            and (leaf.inside > 0.75 or (low and (thin or abs(leaf.x - x) < 0.2 * wide)))
        ):
            chosen.append(leaf.index)
    return tuple(chosen)


@cache
def headdress(key: str) -> tuple[int, ...]:
    """Everything but the face: head, ears, horns, mane."""
    gone = set(muzzle(key))
    return tuple(leaf.index for leaf in leaves(key) if leaf.index not in gone)


def _face_x(key: str) -> float:
    body = anatomy(key)
    if body.eyes is None:
        return (body.disc[0] + body.disc[2]) / 2 if body.disc else body.center[0]
    return sum(box[0] + box[2] for box in body.eyes) / 4
