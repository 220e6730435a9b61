"""The comparison of word tables: a probe that finds what is there, and nothing where nothing is."""

from pathlib import Path

import numpy as np
import pytest

from fusion.emoji.words import WordTable

SCRIPTS = Path(__file__).parents[2] / "assets" / "scripts"


@pytest.fixture
def compare_words(monkeypatch):
    """The script, importable by name."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    import compare_words

    return compare_words


def test_the_area_is_how_often_one_that_is_scores_above_one_that_is_not(compare_words):
    truth = np.array([True, True, False, False])
    assert compare_words.area(np.array([4.0, 3.0, 2.0, 1.0]), truth) == 1
    assert compare_words.area(np.array([4.0, 1.0, 2.0, 3.0]), truth) == 0.5
    assert compare_words.area(np.zeros(4), truth) == 0.5


def test_the_probe_reads_a_role_off_vectors_that_tell_it(compare_words):
    generator = np.random.default_rng(0)
    vectors = generator.normal(size=(600, 8))
    told = vectors[:, :1] > 0.5
    chance = generator.random((600, 1)) > 0.5
    truth = np.concatenate([told, chance], 1)
    scores = compare_words.probe(vectors[:400], truth[:400].astype(float), vectors[400:])
    assert compare_words.area(scores[:, 0], truth[400:, 0]) > 0.95
    assert compare_words.area(scores[:, 1], truth[400:, 1]) == pytest.approx(0.5, abs=0.1)


def test_roles_are_where_an_emoji_stands_in_a_family(compare_words):
    pools = {"perch": (["a", "b"], ["c"]), "aura": (["a"], [])}
    assert compare_words.roles(pools, ["a", "c"]).astype(int).tolist() == [[1, 0, 1, 0], [0, 0, 0, 1]]


def test_neighbours_and_wordings_come_from_the_table(compare_words):
    table = WordTable(["hat", "cap", "soup"], np.array([[9, 0], [8, 1], [0, 9]], np.int8), np.ones(2, np.float32))
    assert compare_words.neighbours(table, "hat", ["hat", "cap", "soup"]) == "cap, soup"
    same = WordTable(
        ["hat", "cap", "xyzzy", "qwxyz"], np.int8([[9, 0], [8, 1], [0, 0], [0, 0]]), np.ones(2, np.float32)
    )
    assert compare_words.known_share(same, ["hat", "cap", "xyzzy", "qwxyz"]) == 0.5
    assert 0.2 < compare_words.understood(WordTable.default()) < 1
