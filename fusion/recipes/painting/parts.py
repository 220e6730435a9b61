"""Parts of an emoji as pictures: the disc alone, the features alone, without eyes, and so on.

A part is what :class:`fusion.recipes.recipe.Sprite` names; the sprite table renders it once and keeps it.
To add a part, write a function ``(key, size, frame) -> float32 (size, size, 4)`` and enter it in ``PARTS``.
``"layers:3,4"`` and ``"without:3,4"`` draw, or leave out, single layers of the drawing; filters may follow any part
(:mod:`fusion.recipes.painting.filters`), as in ``"features|light"``.

Source: DESIGN sections 3 and 8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from scipy import ndimage

from fusion.emoji.catalog import Catalog, rasterise
from fusion.geometry import Frame
from fusion.recipes.anatomy import measure, regions
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.anatomy.layers import draw, draw_layers, layers
from fusion.recipes.painting import face_parts, filters
from fusion.recipes.recipe import Sprite

WOBBLE, WOBBLES, WOBBLE_PHASE = 0.06, 5, 0.6
"""How far a melting rim swings (share of the radius), how often round the disc, and where it starts."""


def render_part(sprite: Sprite, size: int, frame: Frame) -> np.ndarray:
    """uint8 (size, size, 4), premultiplied RGBA, on the canvas of ``frame``.

    Raises KeyError for an unknown part, UnknownEmoji for an unknown emoji. A part that the emoji lacks
    (the features of a stone) falls back to the nearest thing it has, never to an error.
    """
    if sprite.part == "full":
        return rasterise(Catalog.default().body(sprite.emoji), size, frame)
    name, _, chain = sprite.part.partition("|")
    picture = base_picture(sprite.emoji, name, size, frame)
    return _bytes(filters.apply(chain, picture, size, frame) if chain else picture)


def base_picture(key: str, name: str, size: int, frame: Frame) -> np.ndarray:
    """The picture that a part's chain begins with: a named part, or chosen layers. KeyError for an unknown name."""
    kind, _, numbers = name.partition(":")
    if kind in ("layers", "without"):
        named = {int(number) for number in numbers.split(",") if number}
        count = range(len(layers(key).leaves))
        return _layers(key, [i for i in count if (i in named) == (kind == "layers")], size, frame)
    return whole(key, size, frame) if name == "full" else PARTS[name](key, size, frame)


def whole(key: str, size: int, frame: Frame) -> np.ndarray:
    """Everything, for filters to work on."""
    return draw(Catalog.default().body(key), frame.view_box, size, size)


def face(key: str, size: int, frame: Frame) -> np.ndarray:
    """The features without what tints the whole disc (frost, a sick green): what another thing can wear as its face."""
    shape, stack = anatomy(key), layers(key)
    drawn = draw_layers(stack, 64)
    areas = (drawn[..., 3] > 0.15).sum((1, 2))
    wide = 0.5 * areas[: max(shape.disc_layers, 1)].max() if shape.disc else np.inf
    gone = set(shape.rim_layers)
    chosen = [i for i in range(shape.disc_layers, len(stack.leaves)) if i not in gone and areas[i] < wide]
    return _layers(key, chosen, size, frame)


def upper(key: str, size: int, frame: Frame) -> np.ndarray:
    """A smiley's features above its mouth: eyes, brows, glasses, tears at the eyes."""
    shape = anatomy(key)
    gone = {*shape.rim_layers, *shape.lower_layers}
    chosen = [i for i in range(shape.disc_layers, len(layers(key).leaves)) if i not in gone]
    return _layers(key, chosen, size, frame)


def eyes(key: str, size: int, frame: Frame) -> np.ndarray:
    """The layers of the eyes alone; empty where they are no layers of their own."""
    return _layers(key, anatomy(key).eye_layers, size, frame)


def features(key: str, size: int, frame: Frame) -> np.ndarray:
    """A smiley's features without its disc; what has no disc comes whole."""
    shape = anatomy(key)
    chosen = [i for i in range(shape.disc_layers, len(layers(key).leaves)) if i not in shape.rim_layers]
    return _layers(key, chosen, size, frame)


def features_light(key: str, size: int, frame: Frame) -> np.ndarray:
    """The features for dark objects: dark strokes become near-white, pupils in whites and the rest stay."""
    picture = features(key, size, frame)
    dark = regions.free_strokes(picture)[..., None]
    picture[..., :3] = np.where(dark, picture[..., 3:] * 0.93 - picture[..., :3] * 0.3, picture[..., :3])
    return picture


def base(key: str, size: int, frame: Frame) -> np.ndarray:
    """A smiley's disc without features; what has no disc comes whole."""
    shape = anatomy(key)
    chosen = [*range(shape.disc_layers), *shape.rim_layers] or range(len(layers(key).leaves))
    return _layers(key, chosen, size, frame)


def wobbly(key: str, size: int, frame: Frame) -> np.ndarray:
    """The disc with a wobbly rim, as if it were melting."""
    picture = base(key, size, frame)
    shape = anatomy(key)
    x0, y0, x1, y1 = shape.disc or shape.box
    cx, cy = frame.to_canvas((x0 + x1) / 256, (y0 + y1) / 256)
    rows, columns = np.mgrid[:size, :size].astype(np.float32) + 0.5
    dx, dy = columns - cx * size, rows - cy * size
    angle = np.arctan2(dy, dx)
    stretch = 1 / (0.93 + WOBBLE * np.sin(WOBBLES * angle + WOBBLE_PHASE) + 0.03 * np.sin(3 * angle))
    where = [cy * size + dy * stretch - 0.5, cx * size + dx * stretch - 0.5]
    channels = [ndimage.map_coordinates(picture[..., c], where, order=1) for c in range(4)]
    return np.stack(channels, axis=-1)


def eyeless(key: str, size: int, frame: Frame) -> np.ndarray:
    """Everything but the eyes; whole where the eyes are no layers of their own."""
    gone = set(anatomy(key).eye_layers)
    return _layers(key, [i for i in range(len(layers(key).leaves)) if i not in gone], size, frame)


def mouth(key: str, size: int, frame: Frame) -> np.ndarray:
    """The features below the eyes."""
    return _layers(key, anatomy(key).lower_layers, size, frame)


def mouthless(key: str, size: int, frame: Frame) -> np.ndarray:
    """Everything but the features below the eyes."""
    gone = set(anatomy(key).lower_layers)
    return _layers(key, [i for i in range(len(layers(key).leaves)) if i not in gone], size, frame)


def plain(key: str, size: int, frame: Frame) -> np.ndarray:
    """Without the small details that lie on the dominant colour region (the toppings of a pizza)."""
    stack = layers(key)
    drawn = draw_layers(stack, 64)
    picture = measure.flatten_stack(drawn)
    colour, mask = regions.dominant_region(picture)
    return _layers(key, regions.without_details(drawn, picture, colour, mask), size, frame)


def region(key: str, size: int, frame: Frame) -> np.ndarray:
    """The dominant colour region of ``plain`` as a white mask with soft edges."""
    picture = plain(key, size, frame)
    colour, _ = regions.dominant_region(draw(Catalog.default().body(key), (0, 0, 128, 128), 64, 64))
    mask = regions.near_colour(picture, colour, 0.2)
    mask &= ~measure.small_regions(mask, 0.01 * mask.sum())
    soft = ndimage.gaussian_filter(mask.astype(np.float32), 0.8 * size / 256)
    return np.repeat(soft[..., None], 4, axis=-1)


def coat(key: str, size: int, frame: Frame) -> np.ndarray:
    """All that has the main hue, light and shadow, as a white mask with soft edges: what another stuff can replace."""
    picture = whole(key, size, frame)
    soft = ndimage.gaussian_filter(regions.coat(picture).astype(np.float32), 0.8 * size / 256) * picture[..., 3]
    return np.repeat(soft[..., None], 4, axis=-1)


def glyph(key: str, size: int, frame: Frame) -> np.ndarray:
    """The sign without its button: what is white on a coloured tile; anything else comes whole."""
    picture = whole(key, size, frame)
    light = (picture[..., :3].min(-1) > 0.8 * picture[..., 3]) & (picture[..., 3] > 0.5)
    solid = picture[..., 3] > 0.5
    if not 0.04 < light.sum() / max(solid.sum(), 1) < 0.6:
        return picture
    return picture * ndimage.gaussian_filter(light.astype(np.float32), 0.6 * size / 256)[..., None]


def face_mask(key: str, size: int, frame: Frame) -> np.ndarray:
    """What keeps its colours when a face is recoloured: small dark features and small whites, as a cut-out."""
    picture = draw(Catalog.default().body(key), frame.view_box, size, size)
    return picture * regions.face_details(picture)[..., None]


PARTS: dict[str, Callable[[str, int, Frame], np.ndarray]] = {
    "features": features,
    "features-light": features_light,
    "face": face,
    "upper": upper,
    "eyes": eyes,
    "base": base,
    "wobbly": wobbly,
    "eyeless": eyeless,
    "mouth": mouth,
    "mouthless": mouthless,
    "plain": plain,
    "region": region,
    "face-mask": face_mask,
    "coat": coat,
    "glyph": glyph,
    "look": face_parts.look,
    "expression": face_parts.expression,
    "browless": face_parts.browless,
    "nosed": face_parts.mouthless_head,
    "blank": face_parts.blank,
    "muzzle": face_parts.muzzle,
    "crown": face_parts.crown,
    "earless": face_parts.earless,
    "ears": face_parts.ears,
}
PART_NAMES = ("full", *PARTS)


def _layers(key: str, indices: Iterable[int], size: int, frame: Frame) -> np.ndarray:
    return draw(layers(key).body(list(indices)), frame.view_box, size, size)


def _bytes(picture: np.ndarray) -> np.ndarray:
    return (picture.clip(0, 1) * 255 + 0.5).astype(np.uint8)
