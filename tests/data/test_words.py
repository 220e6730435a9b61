"""Words of a batch: names and sentences, left out at random in training alone, and streams that stay as they were."""

import numpy as np
import pytest
import torch

from fusion.data.batch import Batch, collate
from fusion.data.loader import TrainingSteps
from fusion.data.sampler import PairSample, PairSampler
from fusion.data.words import WordRates, add_words
from fusion.emoji.catalog import Catalog
from fusion.emoji.words import NAMED, SAID, TOKENS, WordTable
from fusion.errors import FusionError
from fusion.recipes.teacher import Teacher
from tests.support.fake_teacher import FakeTeacher

FACE, PIZZA, COWBOY = "1f600", "1f355", "1f920"


@pytest.fixture(scope="module")
def teacher():
    return Teacher()


def batch(teacher, rows: int = 1) -> Batch:
    return collate([PairSample(FACE, PIZZA, teacher.recipe(FACE, PIZZA))] * rows, teacher, 32, paint=False)


def test_the_words_are_those_of_the_catalogue_and_of_the_sentence(teacher):
    data, table = batch(teacher), WordTable.default()
    add_words(data, table.dimensions, ["on its head"])
    assert data.word_vectors.shape == (1, 2, 2 * TOKENS, table.dimensions)
    said = table.look_up(["on", "head"])
    for side in (0, 1):
        roles = data.word_roles[0, side]
        np.testing.assert_array_equal(data.word_vectors[0, side, roles == SAID].numpy(), said.vectors)
    pizza = table.look_up(["pizza"]).vectors[0]
    assert any(np.array_equal(row, pizza) for row in data.word_vectors[0, 1, data.word_roles[0, 1] == NAMED].numpy())
    assert (data.word_vectors[data.word_roles == 0] == 0).all()


def test_fewer_dimensions_are_the_first_of_them(teacher):
    data, short = batch(teacher), batch(teacher)
    add_words(data, 64)
    add_words(short, 16)
    assert torch.equal(short.word_vectors, data.word_vectors[..., :16])


def test_no_dimensions_are_no_words_and_too_many_are_refused(teacher):
    data = batch(teacher)
    add_words(data, 0, ["small"])
    assert data.word_vectors is None
    with pytest.raises(FusionError, match="64 dimensions"):
        add_words(data, 65)


def test_a_stranger_has_no_name_but_hears_the_sentence():
    data = collate(PairSampler(FakeTeacher()).draw(3, 0), FakeTeacher(), 32, paint=False)
    add_words(data, 8, ["small", "", "small"])
    assert not (data.word_roles == NAMED).any()
    assert (data.word_roles == SAID).any(-1).any(-1).tolist() == [True, False, True]


def test_words_are_left_out_at_the_rates_named(teacher):
    rows = 300
    data = batch(teacher, rows)
    add_words(data, 8, ["small"] * rows, np.random.default_rng(0), WordRates(0.4, name=0.5, kind=0.6, keywords=0.7))
    named = (data.word_roles == NAMED).sum(-1)  # (rows, 2)
    assert (named == 0).all(1).float().mean() == pytest.approx(0.4 + 0.6 * (0.5 * 0.6 * 0.7) ** 2, abs=0.08)
    assert (data.word_roles == SAID).any(-1).all(), "the truth follows the sentence, so it stays"
    sure = batch(teacher, 5)
    add_words(sure, 8, (), np.random.default_rng(0), WordRates(all=1.0))
    assert not sure.word_roles.any()


def test_training_blurs_what_is_said_and_nothing_else(teacher):
    told = [batch(teacher) for _ in range(3)]
    rates = WordRates(all=0, name=0, kind=0, keywords=0)
    for one, generator in zip(told, (None, np.random.default_rng(0), np.random.default_rng(1)), strict=True):
        add_words(one, 64, ["on its head"], generator, rates)
    plain, first, second = (one.word_vectors for one in told)
    said = told[0].word_roles == SAID
    torch.testing.assert_close(first[~said], plain[~said])
    assert not torch.equal(first[said], second[said])
    assert (first - plain)[said].std() == pytest.approx(rates.blur, rel=0.3)


def test_an_emoji_is_told_by_name_kind_and_keywords_and_its_kind_is_never_unknown():
    table, catalog = WordTable.default(), Catalog.default()
    assert table.of_emoji(catalog.find("pizza")).words[:3] == ("pizza", "food", "prepared")
    frog = catalog.find("frog")
    assert (frog.kind, "amphibian" in table) == ("animal-amphibian", False)
    assert table.of_emoji(frog).words[:2] == ("frog", "animal")
    assert "amphibian" not in table.of_emoji(frog).unknown


def test_words_move_join_and_save_with_the_batch(teacher):
    data = batch(teacher, 2)
    add_words(data, 8)
    both = Batch.join([data, data])
    assert both.word_roles.shape == (4, 2, 2 * TOKENS)
    assert {"word_vectors", "word_roles"} <= set(data.tensors())
    assert data.to("cpu").word_roles is not None


def test_wishes_change_recipes_and_leave_the_pairs_as_they_were():
    teacher = FakeTeacher()
    plain, wished = PairSampler(teacher).draw(60, 3), PairSampler(teacher, wishes=0.5).draw(60, 3)
    assert [pair[:2] for pair in plain] == [pair[:2] for pair in wished]
    assert not any(pair.sentence for pair in plain)
    for before, after in zip(plain, wished, strict=True):
        if not after.sentence:
            assert after == before
    assert 15 < sum(bool(pair.sentence) for pair in wished) < 45
    assert any(pair.recipe.instances != other.recipe.instances for pair, other in zip(wished, plain, strict=True))


@pytest.mark.parametrize("paint", [True, False])
def test_training_steps_carry_the_wish_and_its_truth(paint):
    sampler = PairSampler(FakeTeacher(), wishes=1.0)
    steps = TrainingSteps(sampler, 8, 32, paint, (0, 0, 0), words=8)
    data, again = steps[5], steps[5]
    assert torch.equal(data.word_roles, again.word_roles)
    drawn = sampler.draw(8, 0, 0, 0, 5)
    said = [bool(pair.sentence) for pair in drawn]
    assert (data.word_roles == SAID).any(-1).any(-1).tolist() == said
    assert torch.equal(data.layout[:, 0], torch.stack([torch.from_numpy(p.recipe.slots()[0][0]) for p in drawn]))
    assert TrainingSteps(PairSampler(FakeTeacher()), 8, 32, paint, (0, 0, 0))[5].word_roles is None
