"""Parts and the sprite table: exact pictures, packs that survive two writers, damage that is told."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch

from fusion.emoji.catalog import Catalog
from fusion.geometry import PUBLISHED_FRAME, STICKER_FRAME
from fusion.recipes.painting.parts import PART_NAMES, render_part
from fusion.recipes.painting.sprites import SpritePackError, SpriteTable, Window, read_pack
from fusion.recipes.recipe import Sprite

GRINNING, FOX, ROCK, PIZZA = "1f600", "1f98a", "1faa8", "1f355"
SPRITES = [Sprite(GRINNING), Sprite(GRINNING, "features"), Sprite(FOX, "eyeless")]


def premultiplied(picture: np.ndarray) -> bool:
    return bool((picture[..., :3] <= picture[..., 3:] + 1).all())


@pytest.mark.parametrize("part", PART_NAMES)
def test_every_part_of_anything_is_a_picture(part: str) -> None:
    for key in (GRINNING, FOX, ROCK, PIZZA):
        picture = render_part(Sprite(key, part), 32, STICKER_FRAME).astype(int)
        assert picture.shape == (32, 32, 4)
        assert premultiplied(picture)


def test_full_is_what_the_catalog_renders() -> None:
    assert (render_part(Sprite(FOX), 40, PUBLISHED_FRAME) == Catalog.default().render(FOX, 40, PUBLISHED_FRAME)).all()


def test_unknown_part_is_an_error() -> None:
    with pytest.raises(KeyError):
        render_part(Sprite(FOX, "tail"), 16, STICKER_FRAME)


def test_base_and_features_make_the_smiley() -> None:
    whole, base, features = (
        render_part(Sprite(GRINNING, part), 64, STICKER_FRAME).astype(float) for part in ("full", "base", "features")
    )
    assert np.abs(features + base * (1 - features[..., 3:] / 255) - whole).max() < 12


def test_eyeless_differs_only_about_the_eyes() -> None:
    whole, without = (render_part(Sprite(FOX, part), 128, PUBLISHED_FRAME).astype(int) for part in ("full", "eyeless"))
    rows, columns = np.nonzero(np.abs(whole - without).max(-1) > 8)
    assert len(rows)
    from fusion.recipes.anatomy.anatomy import anatomy

    left, right = anatomy(FOX).eyes
    assert left[0] - 5 <= columns.min() <= columns.max() <= right[2] + 5
    assert min(left[1], right[1]) - 5 <= rows.min() <= rows.max() <= max(left[3], right[3]) + 5


def test_light_features_are_light() -> None:
    dark, light = (render_part(Sprite(GRINNING, part), 64, STICKER_FRAME) for part in ("features", "features-light"))
    assert (dark[..., 3] == light[..., 3]).all()
    assert light[..., :3].sum() > 1.5 * dark[..., :3].sum()


def test_take_is_exact_and_ordered(tmp_path) -> None:
    table = SpriteTable(24, cache_dir=tmp_path)
    taken = table.take([*SPRITES, SPRITES[0]])
    assert taken.shape == (4, 4, 24, 24)
    assert taken.dtype == torch.uint8
    assert (taken[3] == taken[0]).all()
    for sprite, picture in zip(SPRITES, taken, strict=False):
        assert (picture.numpy() == render_part(sprite, 24, STICKER_FRAME).transpose(2, 0, 1)).all()


def test_window_holds_all_that_is_drawn() -> None:
    table = SpriteTable(32, cache_dir=False)
    for sprite in SPRITES:
        picture, window = table.take([sprite])[0], table.window(sprite)
        assert window.cut(picture).sum() == picture.sum()
        assert all(v % 4 == 0 for v in window)
    assert table.window(Sprite(ROCK, "mouth")) == Window(0, 0, 0, 0)


def test_warm_table_renders_nothing_again(tmp_path, monkeypatch) -> None:
    SpriteTable(16, cache_dir=tmp_path).warm(SPRITES, progress=False)
    monkeypatch.setattr("fusion.recipes.painting.sprites.render_part", lambda *_: pytest.fail("rendered again"))
    again = SpriteTable(16, cache_dir=tmp_path)
    assert all(sprite in again for sprite in SPRITES)
    again.take(SPRITES)


def test_pack_travels(tmp_path) -> None:
    table = SpriteTable(16, cache_dir=False)
    table.warm(SPRITES, progress=False)
    table.save(tmp_path / "all.safetensors")
    other = SpriteTable(16, cache_dir=False)
    other.load(tmp_path / "all.safetensors")
    assert (other.take(SPRITES) == table.take(SPRITES)).all()
    assert len(other) == len(SPRITES)


def test_two_writers_lose_nothing(tmp_path) -> None:
    first, second = SpriteTable(16, cache_dir=tmp_path), SpriteTable(16, cache_dir=tmp_path)
    first.warm(SPRITES[:2], progress=False)
    second.warm(SPRITES[1:], progress=False)
    third = SpriteTable(16, cache_dir=tmp_path)
    assert all(sprite in third for sprite in SPRITES)
    assert [path.suffix for path in tmp_path.iterdir()] == [".safetensors"], "nothing half-written"


def test_readers_never_see_half_a_pack(tmp_path) -> None:
    table = SpriteTable(16, cache_dir=False)
    table.take(SPRITES)
    path = tmp_path / "one.safetensors"
    table.save(path)
    writer = threading.Thread(target=lambda: [table.save(path) for _ in range(30)])
    writer.start()
    while writer.is_alive():
        assert len(read_pack(path, 16, STICKER_FRAME)) == len(SPRITES)
    writer.join()


def test_damage_is_told_and_the_cache_recovers(tmp_path) -> None:
    table = SpriteTable(16, cache_dir=tmp_path)
    table.warm(SPRITES, progress=False)
    (pack,) = tmp_path.glob("*.safetensors")
    content = pack.read_bytes()
    for damaged in (content[:-5], b"junk", content[:40]):
        pack.write_bytes(damaged)
        with pytest.raises(SpritePackError, match="make it again"):
            read_pack(pack, 16, STICKER_FRAME)
        assert SpriteTable(16, cache_dir=tmp_path).take(SPRITES).shape[0] == len(SPRITES)
    pack.write_bytes(content)
    with pytest.raises(SpritePackError, match="another size or frame"):
        read_pack(pack, 32, STICKER_FRAME)


def test_memory_stays_bounded() -> None:
    table = SpriteTable(16, cache_dir=False, memory_limit=2 * 4 * 16 * 16)
    table.take(SPRITES)
    assert len(table) == 2
