"""What a sentence seems to ask for."""

from __future__ import annotations

import pytest

from fusion.recipes.understanding import understand, unlike_any


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


def test_names_of_the_emoji_do_not_hide_what_is_meant():
    assert understand("put the rose behind the cloud's ear") == []
    (meant,) = understand("put the rose behind the cloud's ear", ("cloud", "rose"))
    assert meant.values[0] == "wearable"
    (plain,) = understand("put a face on the thing", ("grinning face", "pizza"))
    assert "face on thing" in plain.values


def test_a_place_that_no_family_has_is_meant_all_the_same():
    assert [meant.values for meant in understand("on its tail, in its mouth")] == [(), ()]
    assert understand("on its head")[0].values[0] == "wearable"


def test_parts_like_no_wording_are_known_as_such():
    assert unlike_any("small, make it fly, xyzzy, on its tail") == ["make it fly"]


@pytest.mark.parametrize("sentence", ["", ",", "xyzzy", "democracy"])
def test_what_is_like_no_wording_asks_for_nothing(sentence):
    assert understand(sentence) == []
