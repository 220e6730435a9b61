"""Pictures that recipes look at: all of them in training, few where memory has a bound, the same recipes with both."""

from __future__ import annotations

import numpy as np
import pytest

from fusion.emoji.catalog import Catalog
from fusion.recipes import craft, kept
from fusion.recipes.kept import FEW


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(kept, "_bounds", set())
    kept.keep_few()


def test_few_are_kept_where_memory_has_a_bound(few):
    made = []

    @kept.kept
    def picture(number: int) -> np.ndarray:
        made.append(number)
        return np.full(2, number)

    for number in [*range(FEW + 1), FEW, 0]:
        assert picture(number)[0] == number
    assert made == [*range(FEW + 1), 0]


def test_all_are_kept_elsewhere():
    made = []

    @kept.kept
    def picture(number: int) -> np.ndarray:
        made.append(number)
        return np.full(2, number)

    for _ in range(2):
        for number in range(FEW + 1):
            picture(number)
    assert len(made) == FEW + 1


def test_the_teacher_keeps_few_pictures_in_a_server(few):
    for emoji in list(Catalog.default())[: FEW + 20]:
        craft.picture(emoji.key)
    assert craft.picture.cache_info().currsize == FEW
