"""Obeyed captions: what counts as done, and that a network without words is refused."""

import dataclasses

import pytest
import torch

from fusion.errors import FusionError
from fusion.evaluation.captions import does, draw_wishes, measure_captions, obeyed
from fusion.evaluation.evaluate import evaluation_pairs, run_evaluation
from fusion.model import FusionOutput
from fusion.recipes.captions import KINDS
from fusion.recipes.recipe import Recipe
from tests.support.fake_teacher import FakeTeacher
from tests.support.nets import awake, tiny

TEACHER = FakeTeacher()


@pytest.fixture
def net():
    return awake(tiny(words=8, size=32))


def answer(recipe: Recipe) -> FusionOutput:
    """What a network gives that does just what ``recipe`` says."""
    layout, presence = (torch.from_numpy(one)[None] for one in recipe.slots())
    fields = dict.fromkeys((field.name for field in dataclasses.fields(FusionOutput)), torch.zeros(1))
    fields |= {"main": torch.tensor([recipe.main]), "layout": layout, "presence": presence}
    return FusionOutput(**fields | {"recolour": torch.tensor([float(recipe.recolour)])})


def test_doing_what_is_wished_is_obeying_and_the_default_is_not():
    kinds = set()
    for _, wish, default in draw_wishes(evaluation_pairs("pairs", 8, TEACHER), TEACHER):
        kinds.add(wish.kind)
        assert does(answer(wish.recipe), 0, True, wish, default)
        if wish.kind in ("size", "place"):
            assert not does(answer(default), 0, True, wish, default)
    assert kinds == set(KINDS)


def test_another_count_or_palette_is_disobedience():
    for _, wish, default in draw_wishes(evaluation_pairs("pairs", 8, TEACHER), TEACHER):
        other = dataclasses.replace(wish.recipe, instances=(), recolour=not wish.recipe.recolour)
        if wish.kind in ("count", "palette", "size", "place"):
            assert not does(answer(other), 0, True, wish, default)


def test_every_kind_is_reported_with_and_without_its_sentence(net):
    found = obeyed(measure_captions(net, "pairs", 6, size=32, batch=4, teacher=TEACHER))
    assert set(found) == set(KINDS)
    for share in found.values():
        assert 0 <= share["obeyed"] <= 1
        assert 0 <= share["without"] <= 1
        assert share["n"] >= 1


def test_sentences_reach_the_network(net):
    with torch.no_grad():
        net.layout_trunk.text_cross_attention.to_out.weight.mul_(100)
    rows = list(measure_captions(net, "pairs", 12, size=32, batch=8, teacher=TEACHER))
    assert any(row.obeyed != row.anyway for row in rows)


def test_weights_without_words_are_refused():
    with pytest.raises(FusionError, match="know no words"):
        next(measure_captions(tiny(size=32), "pairs", 4, size=32, batch=4, teacher=TEACHER))


def test_evaluation_without_names_shows_pictures_alone(net, monkeypatch):
    given = []
    perceive = net.perceive
    monkeypatch.setattr(net, "perceive", lambda a, b, words=None: given.append(words) or perceive(a, b, words))
    list(run_evaluation("pairs", net, 2, teacher=TEACHER, words="none"))
    assert given
    assert all(words is None for words in given)
    given.clear()
    list(run_evaluation("pairs", net, 2, teacher=TEACHER))
    assert all(words is not None for words in given)
    with pytest.raises(FusionError, match="full, names, none"):
        next(run_evaluation("pairs", net, 2, teacher=TEACHER, words="all"))
