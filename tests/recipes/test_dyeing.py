"""The palette wish inside a recipe: the main subject dyed, everything else as it was, and only where that is wanted."""

import numpy as np
import pytest
import torch

from fusion.data.sampler import PairSampler
from fusion.emoji.catalog import Catalog
from fusion.geometry import STICKER_FRAME
from fusion.recipes.captions import KINDS, draw_wish
from fusion.recipes.dyeing import dyed
from fusion.recipes.recipe import Sprite
from fusion.recipes.teacher import Teacher


@pytest.fixture(scope="module")
def teacher():
    return Teacher(roster="taste")


@pytest.fixture(scope="module")
def dyeing():
    made = Teacher(roster="taste")
    made.dyes = True
    return made


def pair(first: str, second: str) -> tuple[str, str]:
    return Catalog.default().find(first).key, Catalog.default().find(second).key


DOG_ROSE = pair("dog face", "rose")


def test_a_dyed_recipe_is_the_same_but_for_its_colours(teacher):
    plain = teacher.recipe(*DOG_ROSE)
    found = dyed(plain, *DOG_ROSE)
    assert found is not None
    assert (found.family, found.main, found.instances) == (plain.family, plain.main, plain.instances)
    assert found.recolour
    assert not plain.recolour
    before, after = teacher.paint([plain, found], 64)
    assert torch.equal(before[3] > 0.5, after[3] > 0.5)  # the same shapes
    redness = [(picture[0] - picture[1])[picture[3] > 0.5].mean() for picture in (before, after)]
    assert redness[1] > redness[0] + 0.1


@pytest.mark.parametrize(
    ("first", "second", "part"),
    [("dog face", "rose", "face-mask"), ("smiling face with sunglasses", "bird", "features")],
)
def test_faces_keep_what_makes_them_faces(teacher, first, second, part):
    keys = pair(first, second)
    found = dyed(teacher.recipe(*keys), *keys)
    assert [stroke.sprite for stroke in found.strokes][:2] == [Sprite(keys[0]), Sprite(keys[0], part)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("grinning face", "droplet"),  # made of it: recoloured already
        ("grinning face", "pizza"),  # the pizza is whole, yet what lies on it gives no colour
        ("dog face", "top hat"),  # black gives no colour
    ],
)
def test_what_cannot_be_dyed_is_not(teacher, first, second):
    keys = pair(first, second)
    assert dyed(teacher.recipe(*keys), *keys) is None


def test_only_a_teacher_that_dyes_does(teacher, dyeing):
    plain = teacher.recipe(*DOG_ROSE)
    assert teacher.dye(plain, *DOG_ROSE) is None
    assert dyeing.dye(plain, *DOG_ROSE) == dyed(plain, *DOG_ROSE)


def test_in_its_colours_asks_for_the_same_recipe_dyed(dyeing):
    recipes = dyeing.every(*DOG_ROSE)
    draw = np.random.default_rng(0)
    wishes = [
        draw_wish(recipes, STICKER_FRAME, draw, kind="palette", dye=lambda one: dyeing.dye(one, *DOG_ROSE))
        for _ in range(20)
    ]
    assert {wish.value for wish in wishes} == {"own", "other"}
    for wish in wishes:
        assert wish.recipe.recolour == (wish.value == "other")
        assert wish.recipe.instances == recipes[0].instances


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "palette"])
def test_other_wishes_are_the_same_with_and_without(teacher, dyeing, kind):
    recipes = teacher.every(*DOG_ROSE)
    for seed in range(5):
        with_dye, without = (
            draw_wish(recipes, STICKER_FRAME, np.random.default_rng(seed), kind=kind, dye=dye)
            for dye in (lambda one: dyeing.dye(one, *DOG_ROSE), None)
        )
        assert with_dye == without


def test_samplers_of_a_teacher_that_does_not_dye_draw_what_they_drew(teacher):
    drawn = PairSampler(teacher, wishes=1.0).draw(16, 7)
    assert not any(pair.recipe.recolour and "in the colours of" in pair.recipe.reason for pair in drawn)
