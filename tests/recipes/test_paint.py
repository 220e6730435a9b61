"""The painter: exact where nothing moves, the plain composition everywhere else."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fusion import colour
from fusion.geometry import IDENTITY, STICKER_FRAME, Layout, over, warp
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.painting.paint import luminance_curve, paint
from fusion.recipes.painting.sprites import SpriteTable
from fusion.recipes.recipe import Recipe, Sprite, Stroke

GRINNING, FOX, PIZZA, BLUE = "1f600", "1f98a", "1f355", "1f499"
SMALL = Layout(0.5, 0.4, 0.2, -0.1)


@pytest.fixture(scope="module")
def table() -> SpriteTable:
    return SpriteTable(48, STICKER_FRAME, cache_dir=False)


def recipe(*strokes: Stroke) -> Recipe:
    return Recipe("test", 0, strokes)


def plainly(one: Recipe, table: SpriteTable) -> torch.Tensor:
    """The same picture, stroke by stroke on the whole canvas."""
    canvas = torch.zeros(1, 4, table.size, table.size)
    for stroke in one.strokes:
        picture = table.take([stroke.sprite]).float() / 255
        if stroke.curve is not None:
            picture = colour.recolour(picture, torch.from_numpy(stroke.curve)[None])
        if stroke.layout != IDENTITY:
            picture = warp(picture, torch.tensor([stroke.layout]))
        if stroke.clip is not None:
            picture = picture * table.take([stroke.clip])[:, 3:].float() / 255
        canvas = over(picture * stroke.opacity, canvas)
    return canvas


def mixed() -> list[Recipe]:
    blue = luminance_curve(anatomy(FOX).palette, anatomy(BLUE).palette)
    return [
        recipe(Stroke(Sprite(PIZZA)), Stroke(Sprite(GRINNING, "features"), Layout(0.8, 0.7, 0.05, 0.1), 0)),
        recipe(Stroke(Sprite(FOX), curve=blue), Stroke(Sprite(FOX, "face-mask"))),
        recipe(
            Stroke(Sprite(BLUE), SMALL, 0), Stroke(Sprite(BLUE), Layout(0.2, 0.2, -0.3, 0.3), 1), Stroke(Sprite(FOX))
        ),
        recipe(
            Stroke(Sprite(PIZZA)), Stroke(Sprite(BLUE), Layout(1.7, 1.2, 0.3, 0.3), 0, clip=Sprite(PIZZA), opacity=0.6)
        ),
        recipe(Stroke(Sprite(GRINNING), Layout(0.1, 0.1, -0.35, -0.35))),
    ]


def test_identity_strokes_reproduce_the_sprite_bit_for_bit(table) -> None:
    painted = paint([recipe(Stroke(Sprite(FOX))), recipe(Stroke(Sprite(PIZZA)))], table)
    assert ((painted * 255).round().byte() == table.take([Sprite(FOX), Sprite(PIZZA)])).all()
    assert painted.dtype == torch.float32


@pytest.mark.parametrize("number", range(5))
def test_same_as_composing_on_the_whole_canvas(table, number) -> None:
    one = mixed()[number]
    assert (paint([one], table) - plainly(one, table)).abs().max() < 1 / 255


def test_batch_is_one_by_one(table) -> None:
    batch = paint(mixed() * 8, table)
    single = torch.cat([paint([one], table) for one in mixed()])
    assert (batch - single.repeat(8, 1, 1, 1)).abs().max() < 1e-5


def test_later_strokes_lie_on_top(table) -> None:
    under, above = Stroke(Sprite(BLUE)), Stroke(Sprite(GRINNING))
    first, second = paint([recipe(under, above), recipe(above, under)], table)
    middle = table.size // 2 + table.size // 10
    assert (first[:, middle, middle] * 255).round().byte().equal(table.take([Sprite(GRINNING)])[0, :, middle, middle])
    assert (second[:, middle, middle] * 255).round().byte().equal(table.take([Sprite(BLUE)])[0, :, middle, middle])


def test_clip_keeps_strokes_inside(table) -> None:
    clipped = paint([recipe(Stroke(Sprite(BLUE), Layout(2, 2, 0, 0), clip=Sprite(PIZZA)))], table)[0]
    outside = table.take([Sprite(PIZZA)])[0, 3] == 0
    assert clipped[:, outside].abs().max() == 0
    assert clipped.max() > 0.5


def test_layouts_move_the_strokes_that_follow_an_instance(table) -> None:
    at = Layout(0.4, 0.4, -0.2, 0.25)
    still, moving = Stroke(Sprite(PIZZA)), Stroke(Sprite(BLUE), SMALL, 0)
    other = torch.tensor([[at, IDENTITY, IDENTITY]])
    moved = paint([recipe(still, moving)], table, other)
    assert torch.equal(moved, paint([recipe(still, Stroke(Sprite(BLUE), at, 0))], table))
    assert not torch.equal(moved, paint([recipe(still, moving)], table))
    assert torch.equal(
        paint([recipe(still, Stroke(Sprite(BLUE), SMALL))], table, other), paint([recipe(still, moving)], table)
    )


def test_nothing_to_paint(table) -> None:
    assert paint([], table).shape == (0, 4, table.size, table.size)
    assert paint([recipe()], table).abs().max() == 0
    assert paint([recipe(Stroke(Sprite(PIZZA, "mouth")))], table).abs().max() == 0


def test_premultiplied_and_in_range(table) -> None:
    painted = paint(mixed(), table)
    assert painted.min() >= 0
    assert painted.max() <= 1
    assert (painted[:, :3] <= painted[:, 3:] + 1 / 128).all()


@pytest.mark.parametrize("key", [FOX, PIZZA, "1f308", "1f99a"])
def test_curve_onto_itself_is_the_palette_itself(key) -> None:
    palette = anatomy(key).palette
    curve = luminance_curve(palette, palette)
    assert np.abs(curve[:, 1:] - palette[:, 1:]).max() < 0.02
    assert (np.diff(curve[:, 0]) >= 0.019).all()


def test_curve_brings_the_other_palette(table) -> None:
    curve = luminance_curve(anatomy(FOX).palette, anatomy(BLUE).palette)
    painted = paint([recipe(Stroke(Sprite(FOX), curve=curve))], table)[0]
    red, _, blue = painted[:3, painted[3] > 0.9].mean(1)
    assert blue > 2 * red
    assert torch.equal(painted[3], table.take([Sprite(FOX)])[0, 3].float() / 255)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_same_picture_on_every_device(table) -> None:
    other = SpriteTable(table.size, STICKER_FRAME, cache_dir=False, device="cuda")
    assert (paint(mixed(), other).cpu() - paint(mixed(), table)).abs().max() < 1 / 255
