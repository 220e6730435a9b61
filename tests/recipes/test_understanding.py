"""What a sentence seems to ask for."""

from __future__ import annotations

import pytest

from fusion.recipes.understanding import understand


@pytest.mark.parametrize(
    ("sentence", "kind", "value"),
    [
        ("as eyes", "family", "motif eyes"),
        ("put a tiny pizza on the head", "family", "wearable"),
        ("on its head", "family", "perch"),
        ("bigger", "size", "big"),
        ("move it to the upper left", "place", "upper left"),
        ("a trio", "count", "three"),
        ("don’t recolour", "palette", "own"),
    ],
)
def test_wordings_and_what_is_like_them(sentence, kind, value):
    (meant,) = understand(sentence)
    assert (meant.kind, value in meant.values) == (kind, True)


def test_a_sentence_may_ask_for_several_things():
    assert [(meant.kind, meant.text) for meant in understand("on its head, small")] == [
        ("family", "on its head"),
        ("size", "small"),
    ]


@pytest.mark.parametrize("sentence", ["", ",", "xyzzy", "democracy"])
def test_what_is_like_no_wording_asks_for_nothing(sentence):
    assert understand(sentence) == []
