"""Anatomy: what is measured on drawn shapes, what is known of real emoji, and the table that ships."""

from __future__ import annotations

import numpy as np
import pytest

from fusion.emoji.catalog import Catalog, UnknownEmoji
from fusion.recipes.anatomy import measure
from fusion.recipes.anatomy import store as anatomy_store
from fusion.recipes.anatomy.anatomy import analyse_all, anatomy, examine, overrides
from fusion.recipes.anatomy.eyes import dark_eyes
from fusion.recipes.anatomy.layers import draw, draw_layers, flatten, layers
from fusion.recipes.anatomy.paths import split_path

GRINNING, FOX, PIZZA, TIGER, CITY = "1f600", "1f98a", "1f355", "1f405", "1f3d9"


def disc(x: float, y: float, radius: float) -> np.ndarray:
    rows, columns = np.mgrid[:128, :128] + 0.5
    return np.hypot(columns - x, rows - y) < radius


def picture(*spots: tuple[np.ndarray, tuple[float, float, float]]) -> np.ndarray:
    canvas = np.zeros((128, 128, 4), np.float32)
    for mask, colour in spots:
        canvas[mask] = (*colour, 1.0)
    return canvas


def test_seat_is_the_largest_circle() -> None:
    x, y, radius = measure.seat(disc(50, 70, 30) | disc(100, 30, 12))
    assert abs(x - 50) < 2
    assert abs(y - 70) < 2
    assert abs(radius - 30) < 1.5


def test_seat_overlooks_a_small_hole_but_not_a_large_one() -> None:
    assert measure.seat(disc(64, 64, 50) & ~disc(64, 64, 5))[2] > 45
    assert measure.seat(disc(64, 64, 50) & ~disc(64, 64, 30))[2] < 15


def test_eyes_are_found_on_a_drawn_face() -> None:
    face = picture((disc(64, 64, 50), (1, 0.8, 0.2)), (disc(46, 56, 6), (0, 0, 0)), (disc(82, 56, 6), (0, 0, 0)))
    left, right = dark_eyes(face, (14, 14, 114, 114))
    assert left[0] < 46 < left[2] < right[0] < 82 < right[2]


def test_one_eye_is_no_pair() -> None:
    face = picture((disc(64, 64, 50), (1, 0.8, 0.2)), (disc(46, 56, 6), (0, 0, 0)))
    assert dark_eyes(face, (14, 14, 114, 114)) is None


def test_palette_is_ascending_and_drops_outlines_only() -> None:
    ring = disc(64, 64, 50) & ~disc(64, 64, 46)
    outlined = measure.palette(picture((disc(64, 64, 46), (0.9, 0.1, 0.1)), (ring, (0, 0, 0))))
    assert np.allclose(outlined[:, 1:], (0.9, 0.1, 0.1), atol=1e-5)
    black = measure.palette(picture((disc(64, 64, 46), (0.05, 0.05, 0.05))))
    assert black[:, 0].max() < 0.1
    assert (np.diff(anatomy(PIZZA).palette[:, 0]) >= 0).all()


@pytest.mark.parametrize("key", [GRINNING, FOX, PIZZA, "1f458"])
def test_flattened_layers_paint_the_same_picture(key: str) -> None:
    body = Catalog.default().body(key)
    whole = draw(body, (0, 0, 128, 128), 96, 96)
    assert np.abs(whole - draw(flatten(body).body(), (0, 0, 128, 128), 96, 96)).max() < 0.1
    assert np.abs(whole - measure.flatten_stack(draw_layers(flatten(body), 96))).max() < 0.15


def test_path_splits_where_parts_lie_apart_and_holes_stay() -> None:
    assert len(split_path("M0 0h4v4h-4z m20 0h4v4h-4z")) == 2
    assert split_path("M0 0h4v4h-4z m20 0h4v4h-4z")[1].startswith("M20 0")
    ring = "M0 0h9v9h-9zM3 3h3v3h-3z"
    assert split_path(ring) == [ring]
    assert len(split_path("M1 1a2 2 0 11.5.5zM60 60l2 2z")) == 2
    with pytest.raises(ValueError, match="not path data"):
        split_path("M0 zebra")


def test_smiley_has_disc_eyes_and_mouth_of_its_own() -> None:
    shape = anatomy(GRINNING)
    assert shape.is_smiley
    assert shape.clean
    assert shape.is_face
    assert shape.mouth
    assert shape.removable
    assert not set(shape.eye_layers) & set(shape.lower_layers)
    assert min(shape.eye_layers) >= shape.disc_layers


def test_shading_of_the_rim_is_no_feature() -> None:
    hand_over_mouth = anatomy("1f92d")
    assert hand_over_mouth.rim_layers
    assert not set(hand_over_mouth.rim_layers) & set(hand_over_mouth.lower_layers)
    assert not anatomy(GRINNING).rim_layers


def test_faces_shun_side_views_and_scenes() -> None:
    assert anatomy(PIZZA).seat_good
    assert not anatomy(TIGER).seat_good
    assert not anatomy(CITY).seat_good
    assert anatomy(TIGER).eyes is None


def test_everything_lies_in_the_drawing_area() -> None:
    for shape in analyse_all().values():
        x0, y0, x1, y1 = shape.box
        assert 0 <= x0 < x1 <= 128, shape.key
        assert 0 <= y0 < y1 <= 128, shape.key
        assert shape.seat[2] <= 64.5, shape.key
        assert shape.palette.shape == (8, 4), shape.key
        if shape.eyes:
            (left, right) = shape.eyes
            assert left[0] < right[0], shape.key
            assert 0 < shape.head_width <= 128, shape.key


def test_most_smileys_are_usable() -> None:
    shapes = analyse_all().values()
    assert sum(s.clean for s in shapes) >= 75
    assert sum(s.is_face for s in shapes) >= 250
    assert sum(s.seat_good for s in shapes) >= 600


def test_corrections_name_real_emoji_real_fields_and_a_reason() -> None:
    for key, entry in overrides().items():
        assert key in Catalog.default(), key
        assert entry["reason"], key
        shape = anatomy(key)
        for name, value in entry.items():
            if name not in ("reason", "disc"):
                assert getattr(shape, name) == value, (key, name)


def test_table_that_ships_is_what_measuring_gives() -> None:
    stored = anatomy_store.stored()
    keys = [emoji.key for emoji in Catalog.default()]
    assert set(keys) == set(stored), "renew it: python -m fusion audit --store"
    for key in keys[:: len(keys) // 12]:
        fresh, kept = examine(key), anatomy(key)
        assert (fresh.eyes, fresh.disc, fresh.eye_layers, fresh.lower_layers) == (
            kept.eyes,
            kept.disc,
            kept.eye_layers,
            kept.lower_layers,
        ), key
        assert np.allclose(fresh.seat, kept.seat, atol=1), key
        assert np.allclose(fresh.palette, kept.palette, atol=5e-3), key


def test_table_round_trip_and_damage(tmp_path, monkeypatch) -> None:
    path = tmp_path / "table.json.gz"
    anatomy_store.save({GRINNING: anatomy(GRINNING)}, path)
    monkeypatch.setattr(anatomy_store, "SHIPPED", path)
    monkeypatch.setattr(anatomy_store, "cached", lambda: tmp_path / "none")
    anatomy_store.stored.cache_clear()
    try:
        assert set(anatomy_store.stored()) == {GRINNING}
        path.write_bytes(path.read_bytes()[:100])
        anatomy_store.stored.cache_clear()
        assert anatomy_store.stored() == {}
    finally:
        anatomy_store.stored.cache_clear()


def test_unknown_emoji_is_named() -> None:
    with pytest.raises(UnknownEmoji, match="no-such"):
        anatomy("no-such")


def test_layers_are_remembered() -> None:
    assert layers(FOX) is layers(FOX)
