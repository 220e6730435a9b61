"""Families of things with things: what they promise, on pairs drawn from their whole pools."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from fusion.emoji.catalog import Catalog
from fusion.geometry import STICKER_FRAME
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.anatomy.edges import top_edge, tops
from fusion.recipes.anatomy.fittings import heads, rims, wheels
from fusion.recipes.anatomy.seats import saddles, trays
from fusion.recipes.craft import landing, moved, plain_seat, precious
from fusion.recipes.families import behind, gesture
from fusion.recipes.looks import is_numerous, is_warm, lean
from fusion.recipes.painting.paint import paint
from fusion.recipes.painting.sprites import SpriteTable
from fusion.recipes.recipe import MAX_INSTANCES, Recipe, Sprite
from fusion.recipes.rosters import FAMILIES

FRAME = STICKER_FRAME
NAMES = ("peek", "part swap", "wheels", "shape", "ride", "behind", "sky", "topping")
KEYS = [emoji.key for emoji in Catalog.default()]
POOLS = {
    name: tuple([key for key in KEYS if role(key)] for role in (FAMILIES[name].first_role, FAMILIES[name].second_role))
    for name in NAMES
}


def key(name: str) -> str:
    return Catalog.default().find(name).key


def drawn(name: str, count: int = 60) -> list[tuple[str, str, Recipe]]:
    """Pairs of the family's pools for which it has a recipe."""
    generator = np.random.default_rng(3)
    found = []
    for _ in range(20 * count):
        first, second = (pool[generator.integers(len(pool))] for pool in POOLS[name])
        recipe = FAMILIES[name].build(first, second, FRAME) if first != second else None
        if recipe is not None:
            found.append((first, second, recipe))
        if len(found) == count:
            return found
    return found


@pytest.mark.parametrize("name", NAMES)
def test_pools_are_large_enough_to_learn_from(name: str):
    first, second = map(len, POOLS[name])
    # Noto draws eighteen vehicles from the side with wheels that one can see.
    assert first >= (18 if name == "wheels" else 30)
    assert second >= 30


@pytest.mark.parametrize("name", NAMES)
def test_layouts_stay_in_the_range_and_the_others_are_seen(name: str):
    recipes = drawn(name)
    assert len(recipes) >= 40
    for _, second, recipe in recipes:
        assert recipe.family == name
        assert recipe.main == 0
        assert 1 <= len(recipe.instances) <= MAX_INSTANCES
        assert recipe.instances == tuple(sorted(recipe.instances, key=lambda at: landing(second, at, FRAME)[0]))
        for layout in recipe.instances:
            assert FRAME.allows(layout)
            x0, y0, x1, y1 = landing(second, layout, FRAME)
            seen = (min(x1, 144) - max(x0, -16)) * (min(y1, 128.5) - max(y0, -32.5))
            assert seen > 0.6 * (x1 - x0) * (y1 - y0), "most of it is on the canvas"


@pytest.mark.parametrize("name", NAMES)
def test_moving_an_instance_moves_a_stroke(name: str):
    for _, _, recipe in drawn(name, 20):
        followed = {stroke.instance for stroke in recipe.strokes if stroke.instance is not None}
        assert followed == set(range(len(recipe.instances)))


def test_fittings_lie_on_their_emoji():
    for emoji, rim in rims().items():
        x0, y0, x1, y1 = anatomy(emoji).box
        assert x0 - 6 <= rim.x0 < rim.x1 <= x1 + 6, emoji
        assert y0 - 2 <= rim.middle[1] <= y1, emoji
    for table in (wheels(), heads()):
        for emoji, spots in table.items():
            x0, y0, x1, y1 = anatomy(emoji).box
            assert all(x0 <= spot.x <= x1 and y0 <= spot.y <= y1 for spot in spots), emoji
            assert [spot.x for spot in spots] == sorted(spot.x for spot in spots)
    for emoji, (x, y, _) in trays().items():
        assert anatomy(emoji).box[0] <= x <= anatomy(emoji).box[2], emoji
        assert y <= anatomy(emoji).box[3], emoji
    for emoji, (x, y) in saddles().items():
        assert tops(emoji)[int(x)] <= y + 12 <= 128, emoji


def test_who_looks_out_shows_both_eyes():
    smiley = key("grinning face")
    for vessel, rim in rims().items():
        recipe = FAMILIES["peek"].build(vessel, smiley, FRAME)
        for box in precious(smiley)[:2]:
            x, y = moved(((box[0] + box[2]) / 2, box[3]), recipe.instances[0], FRAME)
            assert y <= rim.at(x) + 1, vessel


def test_what_is_in_a_vessel_is_not_painted_below_the_rim():
    vessel, thing = key("bucket"), key("fire")
    table = SpriteTable(96, FRAME, cache_dir=False)
    recipe = FAMILIES["peek"].build(vessel, thing, FRAME)
    painted = paint([recipe], table)[0]
    bare = table.take([Sprite(vessel)])[0].float() / 255
    below = int(FRAME.to_canvas(0, (rims()[vessel].middle[1] + 2) / 128)[1] * 96)
    assert (painted - bare)[:, below:].abs().max() < 0.02
    assert (painted - bare)[:, :below].abs().max() > 0.2


def test_a_shape_keeps_its_silhouette():
    table = SpriteTable(96, FRAME, cache_dir=False)
    for first, _, recipe in drawn("shape", 12):
        painted = paint([recipe], table)[0, 3]
        bare = table.take([Sprite(first)])[0, 3].float() / 255
        # Layers over one another make a soft rim firmer, never wider.
        assert painted[bare == 0].max() == 0
        assert (painted - bare).min() > -0.02


def test_wheels_stand_on_the_ground_under_the_vehicle():
    for vehicle, second, recipe in drawn("wheels"):
        for layout, spot in zip(recipe.instances, wheels()[vehicle], strict=True):
            x0, y0, x1, y1 = landing(second, layout, FRAME)
            assert x0 < spot.x < x1
            assert y0 < spot.y < y1 <= 128.5


def test_a_new_head_meets_the_rest():
    for first, second, recipe in drawn("part swap"):
        for layout, part in zip(recipe.instances, heads()[first], strict=True):
            x0, y0, x1, y1 = landing(second, layout, FRAME)
            kind, _, number = part.cut.split("|")[0].partition(":")
            if kind == "below":
                assert y0 < float(number) <= y1 + 1
            elif kind == "above":
                assert y0 - 1 <= float(number) < y1
            else:
                assert x0 - 4 < part.x < x1 + 4


def test_an_edge_is_level_and_on_the_silhouette():
    for name in ("television", "package", "automobile", "brick"):
        edge = top_edge(key(name), 40.0)
        assert abs(tops(key(name))[int(edge.x)] - edge.y) <= max(edge.slant, 1)


def test_who_looks_over_a_thing_stands_over_its_middle_where_its_edge_is_near():
    central = 0
    for first, second, recipe in drawn("behind"):
        x = landing(second, recipe.instances[0], FRAME)
        x, edge, middle = (x[0] + x[2]) / 2, top_edge(first, behind.EDGE).x, anatomy(first).center[0]
        near = abs(edge - middle) <= behind.OFF_CENTRE
        assert x == pytest.approx(middle if near else edge, abs=0.5), (first, second)
        central += near
    assert central > 40


def test_buttons_are_as_large_whether_their_sign_alone_is_drawn_or_all():
    sizes = set()
    for bearer in ("luggage", "package", "automobile"):
        layout, seat = (
            FAMILIES["sign"].build(key(bearer), key("up button"), FRAME).instances[0],
            plain_seat(key(bearer)),
        )
        body = anatomy(key("up button"))
        sizes.add(round(layout.scale_h * max(body.width, body.height) / seat.radius, 2))
    assert sizes == {2.0}


def test_neighbours_get_different_looks():
    seen = Counter(lean(other) for other in KEYS)
    assert min(seen[side] for side in (-1, 0, 1)) > 0.1 * len(KEYS)
    assert 0.2 < sum(map(is_warm, KEYS)) / len(KEYS) < 0.8
    assert 0.05 < sum(map(is_numerous, KEYS)) / len(KEYS) < 0.5


def test_a_look_is_seen_in_the_picture():
    assert (lean(key("crescent moon")), lean(key("house with garden")), lean(key("mosque"))) == (1, -1, 0)
    assert [is_warm(key(name)) for name in ("sun", "cloud")] == [True, False]
    assert [is_numerous(key(name)) for name in ("strawberry", "castle")] == [True, False]
    hands, face = ("rightwards hand", "leftwards hand"), key("grinning face")
    recipes = {hand: gesture.build(face, key(hand), STICKER_FRAME) for hand in hands}
    sides = {hand: recipe.instances[0].offset_x for hand, recipe in recipes.items()}
    assert sides["rightwards hand"] < 0 < sides["leftwards hand"], "fingers point at the face"
