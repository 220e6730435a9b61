"""What an emoji consists of: box, face seat, disc, eyes, head, palette.

Everything is measured on the picture and its layers (:mod:`fusion.recipes.anatomy.measure`); what measuring gets
wrong is put right by hand in ``assets/anatomy.json``. Coordinates are in the emoji's own drawing area,
128 units each way, y downwards.

Source: DESIGN sections 3 and 8.
"""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import lru_cache
from multiprocessing import get_context

import numpy as np

from fusion.assets import ASSETS
from fusion.emoji.catalog import Catalog, Emoji
from fusion.recipes.anatomy import measure
from fusion.recipes.anatomy import store as anatomy_store
from fusion.recipes.anatomy.eyes import dark_eyes, feature_eyes, with_whites
from fusion.recipes.anatomy.layers import draw, draw_layers, layers

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Anatomy:
    """The measurements of one emoji. Boxes are ``(x0, y0, x1, y1)`` in drawing-area units, 0 to 128.

    ``box``: everything with alpha above 0.5. ``cover``: that area as a share of the drawing area.
    ``seat``: ``(x, y, radius)`` of the largest inscribed circle near the centroid: where a face goes.
    ``seat_good``: whether a face looks right there (not on side-view animals, scenes and thin things).
    ``disc``: the round body of a smiley. ``clean``: its features stay inside the disc.
    ``eyes``: left and right. ``top``: y of the head's top at its centre column; ``head_width``: width of
    the silhouette at eye height, 0 without eyes. ``symmetry``: 1 for a mirror-symmetric silhouette.
    ``palette``: (8, 4) float32, mean luminance and mean RGB of eight bins of equal area, ascending by
    luminance, dark outlines left out. ``mouth``: there is something below the eyes.
    ``is_smiley``: a disc with features on it. ``is_face``: eyes were found and look at us.
    ``disc_layers``: how many of the bottom layers are the disc; ``rim_layers``: indices of its shading among
    the others; ``eye_layers`` and ``lower_layers``: of the layers that are the eyes, and that lie below them.
    """

    key: str
    box: Box
    cover: float
    seat: tuple[float, float, float]
    seat_good: bool
    disc: Box | None
    clean: bool
    eyes: tuple[Box, Box] | None
    mouth: bool
    top: float
    head_width: float
    symmetry: float
    mean_rgb: tuple[float, float, float]
    luminance: float
    palette: np.ndarray = field(repr=False, compare=False)
    is_smiley: bool
    is_face: bool
    disc_layers: int = 0
    rim_layers: tuple[int, ...] = ()
    eye_layers: tuple[int, ...] = ()
    lower_layers: tuple[int, ...] = ()

    @property
    def removable(self) -> bool:
        """Whether the eyes are layers of their own, so that the part ``eyeless`` lacks them."""
        return bool(self.eye_layers)

    @property
    def width(self) -> float:
        """Width of the box in drawing-area units."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        """Height of the box in drawing-area units."""
        return self.box[3] - self.box[1]

    @property
    def center(self) -> tuple[float, float]:
        """Centre ``(x, y)`` of the box in drawing-area units."""
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


_NEAR_DISC = 0.06
"""A smiley is clean if less than this share of its features lies outside the disc."""
_WIDE_DISC = 95.0
"""... and if its disc is at least so wide: smaller discs share the picture with hands, hats or clouds."""
_SMALLEST_SEAT = 16.0
"""Radius under which no face can be read (DESIGN section 8)."""
_FACELESS = ("animal-", "place-map", "place-geographic", "place-religious", "place-other", "monkey-", "cat-", "face-")
"""Subcategories, by their beginning, where a face would stand on a scene, a side view or another face."""
_FACELESS_CATEGORIES = {"Symbols", "People & Body", "Flags"}
"""Signs with letters, people, flags. Geometric shapes are the exception."""
_HANDLED = {"reason", "eyes", "disc"}
"""Entries of an override that measuring itself takes into account."""
_NOT_FRONTAL = {"family", "person-sport", "person-resting", "person-activity"}
"""People seen from the side or in twos."""


@lru_cache(maxsize=4096)
def anatomy(key: str) -> Anatomy:
    """The anatomy of the emoji ``key`` (codepoints as in the catalog): from the stored table, or measured now.

    Raises UnknownEmoji for a key that is not in the catalog.
    """
    row = anatomy_store.stored().get(key)
    return Anatomy(**row) if row else examine(key)


def examine(key: str) -> Anatomy:
    """Measure the emoji ``key`` and correct by hand what measuring gets wrong."""
    given = overrides().get(key, {})
    measured = measure_emoji(key, given)
    changes = {name: value for name, value in given.items() if name not in _HANDLED}
    return replace(measured, **changes) if changes else measured


def analyse_all(processes: int = 2, progress: bool = False, fresh: bool = False) -> dict[str, Anatomy]:
    """The anatomy of every emoji of the catalog; with ``fresh`` measured even if a stored table fits.

    What had to be measured is kept in the user's cache folder.
    """
    keys = [emoji.key for emoji in Catalog.default()]
    if not fresh and all(key in anatomy_store.stored() for key in keys):
        return {key: anatomy(key) for key in keys}
    from tqdm import tqdm

    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        measured = tqdm(pool.map(examine, keys, chunksize=32), total=len(keys), desc="anatomy", disable=not progress)
        found = dict(zip(keys, measured, strict=True))
    anatomy_store.save(found, anatomy_store.cached())
    anatomy.cache_clear()
    return found


@lru_cache(maxsize=1)
def overrides() -> dict[str, dict]:
    """Corrections by hand: key -> fields to replace, each with its ``reason``."""
    path = ASSETS / "anatomy.json"
    if not path.exists():
        return {}
    table = json.loads(path.read_text(encoding="utf-8"))
    return {key: {name: _tuples(value) for name, value in entry.items()} for key, entry in table.items()}


def measure_emoji(key: str, given: dict | None = None) -> Anatomy:
    """Measure one emoji in 5 to 30 ms; eyes and disc that are ``given`` by hand are taken as they are."""
    emoji, given = Catalog.default()[key], given or {}
    picture = draw(Catalog.default().body(key), (0, 0, 128, 128), measure.SIDE, measure.SIDE)
    inside = picture[..., 3] > 0.5
    box = measure.mask_box(inside) or (0.0, 0.0, 128.0, 128.0)
    face = _measure_face(emoji, picture, box, given)
    eyes = face["eyes"]
    body = draw(layers(key).body(range(face["disc_layers"])), (0, 0, 128, 128), 64, 64) if face["disc"] else picture
    solid = picture[picture[..., 3] > 0.9]
    mean = solid[:, :3].mean(0) if len(solid) else np.zeros(3, np.float32)
    red, green, blue = (round(float(v), 4) for v in mean)
    seat = measure.seat(inside)
    return Anatomy(
        key=key,
        box=box,
        cover=round(float(inside.mean()), 5),
        seat=(seat[0], seat[1], round(seat[2], 2)),
        seat_good=seat[2] >= _SMALLEST_SEAT and eyes is None and _bears_faces(emoji),
        top=measure.top_of(inside, box, sum(e[0] + e[2] for e in eyes) / 4 if eyes else None),
        head_width=measure.width_at(inside, eyes),
        symmetry=round(measure.symmetry(picture[..., 3], box), 4),
        mean_rgb=(red, green, blue),
        luminance=round(float(mean @ measure.LUMINANCE), 4),
        palette=measure.palette(body).round(4),
        **face,
    )


def _measure_face(emoji: Emoji, picture: np.ndarray, box: Box, given: dict) -> dict:
    """The fields of Anatomy that concern disc, eyes and mouth."""
    round_face = emoji.subcategory.startswith("face-")
    eyes = given.get("eyes", _find_eyes(emoji, picture, box))
    drawn = draw_layers(layers(emoji.key), 64) if round_face or eyes else np.zeros((0, 64, 64, 4), np.float32)
    found = measure.find_disc(drawn, (picture[..., 3] > 0.5).sum() / 4) if round_face else None
    disc, count = found if found and given.get("disc", True) else (None, 0)
    clean = False
    rim: tuple[int, ...] = ()
    if disc:
        rim = measure.rim_layers(drawn, disc, count)
        features = measure.flatten_stack(drawn[[i for i in range(count, len(drawn)) if i not in rim]])
        spill = (features[..., 3] * (drawn[0, ..., 3] < 0.1)).sum() / max(features[..., 3].sum(), 1)
        clean = bool(spill < _NEAR_DISC and disc[2] - disc[0] > _WIDE_DISC)
        if eyes is None and "eyes" not in given:
            eyes = feature_eyes(np.kron(features, np.ones((2, 2, 1), np.float32)), disc)
    split = max(e[3] for e in eyes) + 2 if eyes else 64.0
    lower = measure.layers_below(drawn, split, count) if disc or eyes else ()
    lower = tuple(i for i in lower if i not in rim)
    return {
        "disc": disc,
        "clean": clean,
        "eyes": eyes,
        "mouth": bool(lower),
        "is_smiley": disc is not None,
        "is_face": eyes is not None,
        "disc_layers": count,
        "rim_layers": rim,
        "eye_layers": measure.layers_within(drawn, eyes, count) if eyes else (),
        "lower_layers": lower,
    }


def _find_eyes(emoji: Emoji, picture: np.ndarray, box: Box) -> tuple[Box, Box] | None:
    """Eyes of what can have a face that looks at us; buildings and fruit only seem to have eyes."""
    smiley = emoji.category == "Smileys & Emotion"
    person = emoji.category == "People & Body" and emoji.subcategory not in _NOT_FRONTAL
    luminary = emoji.subcategory == "sky-weather" and "face" in emoji.name.lower()
    if not (smiley or person or luminary or emoji.subcategory.startswith("animal-")):
        return None
    eyes = dark_eyes(picture, box, large=smiley, person=person)
    return with_whites(picture, eyes) if eyes else None


def _bears_faces(emoji: Emoji) -> bool:
    return emoji.subcategory == "geometric" or (
        emoji.category not in _FACELESS_CATEGORIES and not emoji.subcategory.startswith(_FACELESS)
    )


def _tuples(value: object) -> object:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
