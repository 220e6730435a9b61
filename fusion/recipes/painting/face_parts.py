"""Parts of faces as pictures: a smiley's expression, a head without its eyes, an animal's face, its ears.

Each is ``(key, size, frame) -> float32 (size, size, 4)``, premultiplied RGBA, as in :mod:`parts`, which names them.

Source: DESIGN section 3.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import ndimage

from fusion.geometry import VIEW_BOX, Frame
from fusion.recipes.anatomy import groups
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.anatomy.layers import draw, layers

NECK = 7.0
"""How far ears reach into the head that they are cut from, in drawing-area units."""
ROUND = 0.3
"""A head without ears is what a ball of this share of its width fits into."""


def drawn(key: str, indices: Sequence[int], size: int, frame: Frame) -> np.ndarray:
    """The chosen layers; nothing if there are none."""
    if not len(indices):
        return np.zeros((size, size, 4), np.float32)
    return draw(layers(key).body(list(indices)), frame.view_box, size, size)


def look(key: str, size: int, frame: Frame) -> np.ndarray:
    """A smiley's eyes, brows, glasses, tears, hearts, cheeks: no mouth, no hands."""
    return drawn(key, groups.look(key), size, frame)


def expression(key: str, size: int, frame: Frame) -> np.ndarray:
    """All of a smiley's features without its hands."""
    return drawn(key, groups.expression(key), size, frame)


def browless(key: str, size: int, frame: Frame) -> np.ndarray:
    """Everything but the eyes and the brows right above them."""
    return _without(key, groups.own_eyes(key), size, frame)


def mouthless_head(key: str, size: int, frame: Frame) -> np.ndarray:
    """An animal without eyes, brows and mouth; its nose and snout stay."""
    return _without(key, (*groups.own_eyes(key), *groups.own_mouth(key)), size, frame)


def blank(key: str, size: int, frame: Frame) -> np.ndarray:
    """A head without eyes, nose and mouth, for a new face."""
    return _without(key, groups.own_face(key), size, frame)


def muzzle(key: str, size: int, frame: Frame) -> np.ndarray:
    """An animal's face without its head: eyes, snout, whiskers."""
    return drawn(key, groups.muzzle(key), size, frame)


def crown(key: str, size: int, frame: Frame) -> np.ndarray:
    """Everything but the face: head, ears, horns, mane."""
    return drawn(key, groups.headdress(key), size, frame)


def ears(key: str, size: int, frame: Frame) -> np.ndarray:
    """What stands out from the head above the eyes: ears, horns, antlers, crest, and a little of their root."""
    picture = crown(key, size, frame)
    return picture * ear_mask(key, picture, size, frame)[..., None]


def earless(key: str, size: int, frame: Frame) -> np.ndarray:
    """The head without ears, horns, eyes, nose and mouth: what they are cut off from."""
    picture = crown(key, size, frame)
    body, unit = anatomy(key), frame.scale * size / VIEW_BOX
    ears_off = picture * (1 - ear_mask(key, picture, size, frame, neck=1.0))[..., None]
    left = ears_off[..., 3] > 0.5
    return (
        ears_off
        * ndimage.gaussian_filter((left & ~_specks(left, 0.05 * float(left.sum()))).astype(np.float32), 0.3 * unit)[
            ..., None
        ]
        if body.eyes
        else picture
    )


def ear_mask(key: str, picture: np.ndarray, size: int, frame: Frame, neck: float = NECK) -> np.ndarray:
    """Soft mask (size, size) of the ears in ``picture``, the head and all that is on it but the face."""
    body = anatomy(key)
    unit = frame.scale * size / VIEW_BOX
    solid = picture[..., 3] > 0.5
    reach = ROUND * (body.head_width or body.width) * unit
    pad = int(reach) + 2
    padded = np.pad(solid, pad)
    shrunk = ndimage.distance_transform_edt(padded) > reach
    ball = (ndimage.distance_transform_edt(~shrunk) <= reach)[pad:-pad, pad:-pad] if shrunk.any() else solid & False
    rest = ndimage.binary_opening(solid & ~ball, iterations=max(int(1.5 * unit), 1))
    bottom = max(box[3] for box in body.eyes) if body.eyes else body.center[1]
    limit = frame.to_canvas(0, bottom / VIEW_BOX)[1] * size
    rest[int(limit) :] = False
    rest &= ~_specks(rest, 0.006 * float(solid.sum()))
    if not rest.any():
        return np.zeros(solid.shape, np.float32)
    grown = ndimage.distance_transform_edt(~rest) <= neck * unit
    grown[int(limit) :] = False
    return ndimage.gaussian_filter((grown | rest).astype(np.float32), 0.5 * unit)


def _specks(mask: np.ndarray, least: float) -> np.ndarray:
    labels, count = ndimage.label(mask)
    areas = ndimage.sum_labels(mask, labels, np.arange(count + 1))
    return (areas[labels] < least) & mask


def _without(key: str, gone: Sequence[int], size: int, frame: Frame) -> np.ndarray:
    left = [index for index in range(len(layers(key).leaves)) if index not in set(gone)]
    return drawn(key, left, size, frame)
