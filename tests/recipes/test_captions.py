"""Captions: enough wordings, a fixed part of them held out, every word known, and recipes that obey what is said."""

import numpy as np
import pytest
import torch

from fusion.emoji.words import WordTable
from fusion.geometry import STICKER_FRAME
from fusion.recipes import captions, phrases, rosters, router
from fusion.recipes.captions import KINDS, caption, draw_wish
from fusion.recipes.recipe import Recipe
from fusion.recipes.teacher import Teacher

FACE, PIZZA, GLASSES, FIRE = "1f600", "1f355", "1f453", "1f525"

LISTS = {
    **{f"family {name}": (text, "") for name, text in phrases.FAMILIES.items()},
    **{f"size {name}": (text, name) for name, text in phrases.SIZES.items()},
    **{f"place {name}": (text, name) for name, text in phrases.PLACES.items()},
    **{f"count {name}": (text, name) for name, text in phrases.COUNTS.items()},
    **{f"palette {name}": (text, name) for name, text in phrases.PALETTES.items()},
}


@pytest.fixture
def generator():
    return np.random.default_rng(0)


def wishes(kind: str, held_out: bool = False, count: int = 60, pair: tuple[str, str] = (FACE, FIRE)):
    draw = np.random.default_rng(1)
    recipes = router.every(*pair)
    found = (draw_wish(recipes, STICKER_FRAME, draw, held_out=held_out, kind=kind) for _ in range(count))
    return [wish for wish in found if wish is not None]


def test_every_family_that_pairs_get_has_wordings():
    assert {family.name for roster in rosters.ROSTERS.values() for family in roster.rules} <= set(phrases.FAMILIES)


@pytest.mark.parametrize(("text", "value"), LISTS.values(), ids=LISTS)
def test_twelve_wordings_of_which_three_are_held_out(text, value):
    taught, held_out = phrases.wordings(text, value)
    assert len(set(taught) | set(held_out)) == len(taught) + len(held_out) >= 12
    assert len(held_out) >= 3


@pytest.mark.parametrize(("text", "value"), LISTS.values(), ids=LISTS)
def test_every_wording_has_words_that_the_table_knows(text, value):
    table = WordTable.default()
    for phrase in sum(phrases.wordings(text, value), ()):
        tokens = table.of_text(phrase)
        assert tokens.words, phrase
        assert not tokens.unknown, phrase


@pytest.mark.parametrize("kind", KINDS)
def test_held_out_wordings_are_never_taught(kind):
    taught = {wish.text for wish in wishes(kind)}
    held_out = {wish.text for wish in wishes(kind, held_out=True)}
    assert taught
    assert held_out
    assert not taught & held_out


@pytest.mark.parametrize(("text", "value"), LISTS.values(), ids=LISTS)
def test_no_wording_for_training_has_just_the_words_of_a_held_out_one(text, value):
    table = WordTable.default()
    training, held_out = (
        {frozenset(table.of_text(wording).words) for wording in some} for some in phrases.wordings(text, value)
    )
    assert not training & held_out


def test_a_caption_says_its_family_first(generator):
    recipe = router.recipe_for(FACE, GLASSES)
    taught, held_out = phrases.family_wordings(recipe.family)
    assert caption(recipe, generator).split(", ")[0] in taught
    assert caption(recipe, generator, held_out=True).split(", ")[0] in held_out


def test_an_unknown_family_goes_by_its_name(generator):
    said = {caption(Recipe("under_water", 0, ()), generator).split(", ")[0] for _ in range(5)}
    assert said == {"under water"}


def test_the_router_gives_the_first_of_every_recipe():
    for pair in ((FACE, PIZZA), (GLASSES, FACE), (FACE, FIRE), (PIZZA, FIRE)):
        every = router.every(*pair)
        assert every[0] == router.recipe_for(*pair) == Teacher().recipe(*pair) == Teacher().every(*pair)[0]
        assert len({recipe.family for recipe in every}) == len(every)
        assert every[-1].family == "companion"
    assert len(router.every(FACE, FIRE)) > 2
    assert Teacher(roster="taste").every(FACE, FIRE)[0] == Teacher(roster="taste").recipe(FACE, FIRE)


def test_size_and_place_change_the_layout_alone():
    default = router.recipe_for(FACE, FIRE)
    for wish in wishes("size"):
        ratio = wish.recipe.instances[0].scale_h / default.instances[0].scale_h
        assert (ratio < 1) == (wish.value == "small")
    for wish in wishes("place"):
        down = wish.recipe.instances[0].offset_y - default.instances[0].offset_y
        right = wish.recipe.instances[0].offset_x - default.instances[0].offset_x
        assert (right < -0.1) == ("left" in wish.value)
        assert (down > 0.1) == ("lower" in wish.value or wish.value == "down")


def test_count_and_palette_choose_among_what_fits():
    assert {wish.value for wish in wishes("count")} == {"one", "two"}
    for wish in wishes("count"):
        assert captions.count_of(wish.recipe) == wish.value
    for wish in wishes("palette"):
        assert wish.recipe.recolour == (wish.value == "other")


def test_a_moved_recipe_is_painted_moved():
    teacher, default = Teacher(), router.recipe_for(FACE, GLASSES)
    lower = captions.moved(default, "down", STICKER_FRAME)
    assert lower is not None
    given = torch.from_numpy(lower.slots()[0])[None]
    assert torch.equal(teacher.paint([lower], 64), teacher.paint([default], 64, given))
    assert not torch.equal(teacher.paint([lower], 64), teacher.paint([default], 64))


def test_what_would_leave_the_frame_is_not_wished_for():
    recipe = router.recipe_for(FACE, GLASSES)
    for _ in range(4):
        last, recipe = recipe, captions.moved(recipe, "down", STICKER_FRAME)
        if recipe is None:
            break
    assert recipe is None
    assert STICKER_FRAME.allows(last.instances[0])
