"""Layouts in the teacher's words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusion.pipeline import families
from fusion.pipeline.families import name_families, unmet
from fusion.recipes.rosters import TASTE
from fusion.recipes.router import every
from fusion.trace import FusionTrace, HypothesisTrace, LayoutTrace
from tests.support.fake_fuser import FakeFuser

PAIR = ("1f600", "1f339")  # a smiley and a rose


@pytest.fixture(scope="module")
def recipes():
    return every(*PAIR, roster=TASTE)


@pytest.fixture(scope="module")
def trace(recipes) -> FusionTrace:
    """A trace whose hypotheses are what the teacher's families say, and whose result follows the first."""
    made = FakeFuser(instances=3).fuse(*PAIR, size=64)
    layouts = [LayoutTrace(*map(np.float32, recipe.slots())) for recipe in recipes]
    weighed = tuple(HypothesisTrace(0.1, layout, False) for layout in layouts)
    return replace(made, main=recipes[0].main, hypotheses=weighed, effective=layouts[0], recoloured=None)


def test_each_hypothesis_is_named_by_its_family(trace, recipes):
    named = [one.family for one in name_families(trace, recipes).hypotheses]
    same_main = [recipe.main == trace.main for recipe in recipes]
    assert named[0] == recipes[0].family
    assert all(name is None or same for name, same in zip(named, same_main, strict=True))
    assert len(set(named)) > 1


def test_a_layout_like_no_recipe_has_no_family(trace, recipes):
    away = LayoutTrace(np.float32([(0.1, 0.1, 0.35, 0.35)] * 3), np.float32([1, 0, 0]))
    strange = replace(trace, hypotheses=(HypothesisTrace(1.0, away, False),))
    assert name_families(strange, recipes).hypotheses[0].family is None
    assert name_families(strange, ()).hypotheses[0].family is None


def test_wishes_that_were_met_are_passed_over(trace, recipes):
    there = {1: "just one", 2: "exactly two", 3: "three copies"}[int((trace.effective.presence > 0.5).sum())]
    assert unmet(replace(trace, say=f"{there}, keep its colours, small"), recipes) == ()


def test_who_says_nothing_is_told_nothing(trace, recipes, monkeypatch):
    monkeypatch.setattr(families, "families_of", lambda *_: pytest.fail("nothing is to be compared"))
    assert unmet(replace(trace, say=""), recipes) == ()
    assert unmet(replace(trace, say="small, xyzzy"), recipes) == ()


@pytest.mark.parametrize("sentence", ["on its tail", "the rose in its mouth", "a rose as the smiley's wheels"])
def test_places_that_these_two_do_not_have_are_named(trace, recipes, sentence):
    (notice,) = unmet(replace(trace, say=sentence, names=("smiley", "rose")), recipes)
    assert notice.startswith(f"These two cannot be put “{sentence}”; the nearest is ")


def test_ears_are_looked_for_though_the_sentence_is_about_the_emoji(trace):
    cloud, glasses = ("2601", "1f453")
    fitting = every(cloud, glasses, roster=TASTE)
    assert "wearable" not in {recipe.family for recipe in fitting}
    asked = replace(trace, say="glasses on a cloud's ears", names=("cloud", "glasses"))
    (notice,) = unmet(asked, fitting)
    assert notice.startswith("These two cannot be put “glasses on a cloud's ears”; ")


def test_what_is_like_nothing_that_was_taught_is_named(trace, recipes):
    (notice,) = unmet(replace(trace, say="small, make it fly"), recipes)
    assert notice == "“make it fly” is like nothing that was taught; this is the nearest."


def test_wishes_that_cannot_be_had_are_named(trace, recipes):
    (sentence,) = unmet(replace(trace, say="as wheels"), recipes)
    assert sentence.startswith("These two cannot be put “as wheels”; the nearest is ")
    assert recipes[0].family in sentence
    there = int((trace.effective.presence > 0.5).sum())
    (sentence,) = unmet(replace(trace, say="exactly two" if there != 2 else "just one"), recipes)
    assert "cannot be had" in sentence
    (sentence,) = unmet(replace(trace, say="in its colours"), recipes)
    assert "not followed" in sentence


def own(trace: FusionTrace, family: str | None, say: str, **more) -> FusionTrace:
    """A fusion of somebody's pictures, of which the network says that it is ``family``."""
    weighed = (replace(trace.hypotheses[0], family=family), *trace.hypotheses[1:])
    return replace(trace, hypotheses=weighed, say=say, names=("my dog", "hat.png"), **more)


def test_of_one_s_own_pictures_the_network_s_word_is_taken(trace):
    (notice,) = unmet(own(trace, "companion", "as wheels"), None)
    assert notice == "“as wheels” was not followed; the nearest is companion."
    assert unmet(own(trace, "perch", "on its head"), None) == ()
    assert unmet(own(trace, None, "on its head"), None) == (), "nobody knows"
    assert unmet(own(trace, "companion", "on its head", override=(0.5, 0.5, 0.0, 0.0)), None) == ()


def test_what_nobody_can_have_is_told_of_one_s_own_pictures_too(trace):
    (notice,) = unmet(own(trace, "companion", "on its tail"), None)
    assert notice == "These two cannot be put “on its tail”; the nearest is companion."
    (notice,) = unmet(own(trace, None, "make it fly"), None)
    assert "like nothing that was taught" in notice
    there = int((trace.effective.presence > 0.5).sum())
    (notice,) = unmet(own(trace, None, "exactly two" if there != 2 else "just one"), None)
    assert "cannot be had" in notice
    (notice,) = unmet(own(trace, None, "in its colours"), None)
    assert "not followed" in notice
