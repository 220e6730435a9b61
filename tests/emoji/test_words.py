"""Words as vectors: what is known, what is not, and that the order of looking up does not change a vector."""

import numpy as np
import pytest

from fusion.emoji.catalog import Catalog
from fusion.emoji.search import words_of
from fusion.emoji.words import TABLE, TOKENS, UnreadableWords, WordTable


@pytest.fixture(scope="module")
def table() -> WordTable:
    return WordTable.default()


def likeness(table: WordTable, a: str, b: str) -> float:
    x, y = table.look_up([a, b]).vectors
    return float(x @ y / np.linalg.norm(x) / np.linalg.norm(y))


def test_every_word_of_the_catalog_is_known(table):
    words = {word for one in Catalog.default() for text in (one.name, *one.keywords) for word in words_of(text)}
    assert [word for word in sorted(words) if word not in table] == []
    assert TABLE.stat().st_size < 4 * 2**20


def test_near_words_lie_near(table):
    assert likeness(table, "small", "tiny") > 0.5 > likeness(table, "small", "pizza")
    assert likeness(table, "glasses", "sunglasses") > likeness(table, "glasses", "volcano")


def test_unknown_words_are_named_and_left_out(table):
    tokens = table.of_text("the rose behind its qwxyz, the rose")
    assert (tokens.words, tokens.unknown) == (("rose", "behind"), ("qwxyz",))
    assert (tokens.vectors.shape, tokens.vectors.dtype) == ((2, table.dimensions), np.float32)


def test_a_sentence_of_nothing_has_no_tokens(table):
    assert table.of_text(" the of ?! ").vectors.shape == (0, table.dimensions)


def test_a_long_sentence_is_cut(table):
    text = " ".join(one.name for one in list(Catalog.default())[:60])
    assert len(table.of_text(text).words) == TOKENS


def test_the_vector_of_a_word_does_not_depend_on_its_neighbours(table):
    one, other = table.of_text("small hat"), table.of_text("hat small")
    np.testing.assert_array_equal(one.vectors, other.vectors[::-1])


@pytest.mark.parametrize("content", [b"", b"\xff" * 8, b"\x02\0\0\0\0\0\0\0{}", TABLE.read_bytes()[:4000]])
def test_a_damaged_table_is_one_sentence(tmp_path, content):
    (tmp_path / "words.safetensors").write_bytes(content)
    with pytest.raises(UnreadableWords, match="restore assets/"):
        WordTable.read(tmp_path / "words.safetensors")
