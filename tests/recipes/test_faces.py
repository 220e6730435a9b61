"""The families of faces and heads: what every recipe of theirs promises, and what its picture shows."""

from __future__ import annotations

import itertools
from functools import cache

import pytest

from fusion.emoji.catalog import Catalog
from fusion.geometry import STICKER_FRAME
from fusion.recipes.anatomy import groups
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.anatomy.profile import profile
from fusion.recipes.ears import ears, roof
from fusion.recipes.families import creature, dressed, expression, hybrid
from fusion.recipes.family import Family
from fusion.recipes.painting.paint import paint
from fusion.recipes.painting.sprites import SpriteTable
from fusion.recipes.recipe import MAX_INSTANCES, Recipe, Sprite, Stroke
from fusion.recipes.router import ask

FRAME = STICKER_FRAME
FAMILIES = (expression.FAMILY, creature.FAMILY, dressed.FAMILY, hybrid.FAMILY)
EACH = pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
SIZE = 64


@cache
def keys() -> tuple[str, ...]:
    return tuple(emoji.key for emoji in Catalog.default())


@cache
def pairs(family: Family, step: int = 7) -> tuple[tuple[str, str], ...]:
    """A fixed part of the pairs that have the roles, every emoji of both roles at least once."""
    firsts, seconds = ([k for k in keys() if role(k)] for role in (family.first_role, family.second_role))
    chosen = [(a, seconds[i % len(seconds)]) for i, a in enumerate(firsts)]
    chosen += [(firsts[i % len(firsts)], b) for i, b in enumerate(seconds)]
    chosen += list(itertools.product(firsts[::step], seconds[::step]))
    return tuple((a, b) for a, b in dict.fromkeys(chosen) if a != b)


@cache
def recipes(family: Family) -> tuple[tuple[str, str, Recipe], ...]:
    built = ((a, b, family.build(a, b, FRAME)) for a, b in pairs(family))
    return tuple((a, b, recipe) for a, b, recipe in built if recipe is not None)


def key(name: str) -> str:
    return Catalog.default().find(name).key


@EACH
def test_each_role_has_thirty_members_and_most_pairs_of_them_a_recipe(family: Family):
    for role in (family.first_role, family.second_role):
        assert sum(map(role, keys())) >= 30
    least = 0.2 if family is dressed.FAMILY else 0.6  # Flowers are not worn by things: half of what there is to wear.
    assert len(recipes(family)) > least * len(pairs(family))


@EACH
def test_layouts_are_in_range_and_every_instance_is_drawn_by_the_other_emoji(family: Family):
    for first, second, recipe in recipes(family):
        assert recipe.family == family.name
        assert recipe.reason
        assert 1 <= len(recipe.instances) <= MAX_INSTANCES
        assert all(FRAME.allows(layout) for layout in recipe.instances)
        main, other = (first, second) if recipe.main == 0 else (second, first)
        assert {stroke.sprite.emoji for stroke in recipe.strokes} == {main, other}
        for number, layout in enumerate(recipe.instances):
            followers = [stroke for stroke in recipe.strokes if stroke.instance == number]
            assert all(stroke.layout == layout and stroke.sprite.emoji == other for stroke in followers)


@EACH
def test_a_recipe_depends_on_the_pair_alone_in_whichever_order_it_is_given(family: Family):
    for first, second in pairs(family, 23)[::5]:
        there, back = ask(family, first, second, FRAME), ask(family, second, first, FRAME)
        again = ask(family, first, second, FRAME)
        assert (there is None) == (back is None)
        if there is not None:
            assert there[0] == again[0] == back[0]
            assert there[1] != back[1]


@EACH
def test_a_picture_shows_both_and_is_no_plain_composite_unless_something_is_worn(family: Family):
    table = SpriteTable(SIZE, cache_dir=False)
    sample = recipes(family)[:: max(len(recipes(family)) // 24, 1)]
    targets = paint([recipe for *_, recipe in sample], table)
    for (first, second, recipe), target in zip(sample, targets, strict=True):
        main, other = (first, second) if recipe.main == 0 else (second, first)
        layout = recipe.instances[0]
        plain = Recipe("plain", 0, (Stroke(Sprite(main)), Stroke(Sprite(other), layout, instance=0)), (layout,))
        composite, alone = paint([plain], table)[0], table.take([Sprite(main)])[0].float() / 255
        assert float((target - alone).abs().mean()) > 5e-4, (first, second)
        same = float((target - composite).abs().mean()) < 2e-3
        assert same == (family is dressed.FAMILY and recipe.strokes[-1].sprite.part == "full")


def test_the_eyes_of_whoever_makes_a_face_are_gone_before_the_new_ones_come():
    table = SpriteTable(SIZE, cache_dir=False)
    hosts = {second: recipe for _, second, recipe in recipes(expression.FAMILY)}
    for host, recipe in hosts.items():
        bare, whole = (table.take([sprite])[0].float() for sprite in (recipe.strokes[0].sprite, Sprite(host)))
        for box in anatomy(host).eyes:
            x, y = FRAME.to_canvas((box[0] + box[2]) / 256, (box[1] + box[3]) / 256)
            at = (slice(None), slice(int(y * SIZE) - 1, int(y * SIZE) + 2), slice(int(x * SIZE) - 1, int(x * SIZE) + 2))
            assert float((bare[at] - whole[at]).abs().max()) > 8, Catalog.default()[host].name


def test_a_smiley_gives_no_half_hand_and_its_mouth_only_where_there_is_room():
    for name in ("face with hand over mouth", "thinking face", "saluting face", "shushing face"):
        drawn = groups.expression(key(name))
        assert not any(leaf.skin for leaf in groups.leaves(key(name)) if leaf.index in drawn)
    cat, sad, koala = key("cat face"), key("frowning face"), key("koala")
    assert expression.build(sad, cat, FRAME).strokes[0].sprite.part == "nosed"
    assert expression.build(sad, koala, FRAME) is None or not groups.own_mouth(koala)
    assert expression.build(sad, key("ghost"), FRAME).strokes[-1].sprite.part.startswith("expression")


def test_a_coloured_smiley_gives_its_colour_too():
    green, yellow = (expression.build(key(name), key("bear"), FRAME) for name in ("nauseated face", "crying face"))
    assert green.recolour
    assert not yellow.recolour


def test_ears_are_a_pair_above_the_eyes_and_stand_on_the_outline():
    for name in ("cat face", "bear", "rabbit face", "mouse face"):
        pair = ears(key(name))
        assert len(pair) == 2
        assert all(ear.foot[1] <= max(box[3] for box in anatomy(key(name)).eyes) + 2 for ear in pair)
    together, thing, face = creature.build(key("cat face"), key("red circle"), FRAME).strokes
    assert together.sprite.part == "ears"
    assert (thing.instance, face.instance) == (None, 0)
    parts = [stroke.sprite.part for stroke in creature.build(key("cat face"), key("white large square"), FRAME).strokes]
    assert parts[0].startswith("ears")
    assert roof(key("red circle"), 64) < roof(key("red circle"), 20)


def test_two_cats_are_no_hybrid_and_a_ghost_keeps_its_shape():
    assert hybrid.build(key("cat face"), key("grinning cat"), FRAME) is None
    recipe, exchanged = ask(hybrid.FAMILY, key("cat face"), key("ghost"), FRAME)
    assert (exchanged, recipe.main) == (True, 0)
    assert any(stroke.sprite == Sprite(key("ghost"), "blank") for stroke in recipe.strokes)


def test_heads_in_profile_lie_within_the_animal_and_a_second_pair_of_glasses_leaves_the_first_free():
    seen = [k for k in keys() if dressed.is_side_view(k)]
    for animal in seen:
        face, body = profile(animal), anatomy(animal)
        assert body.box[0] <= face.x <= body.box[2]
        assert body.box[1] - 1 <= face.top < face.y <= body.box[3]
    cool = key("smiling face with sunglasses")
    layout = dressed.build(cool, key("glasses"), FRAME).instances[0]
    glasses = anatomy(key("glasses"))
    bottom = layout.scale_h * (FRAME.to_canvas(0, glasses.box[3] / 128)[1] - 0.5) + 0.5 + layout.offset_y
    eyes = anatomy(cool).eyes
    assert bottom < FRAME.to_canvas(0, (eyes[0][1] + eyes[0][3]) / 256)[1]
