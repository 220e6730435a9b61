"""Words through the pipeline: what is told, what is not known, and networks that know none."""

import numpy as np
import pytest
from PIL import Image

from fusion.pipeline.fuser import Fuser
from fusion.pipeline.overrides import RequestError
from fusion.pipeline.words import LONGEST
from tests.support.nets import awake, tiny
from tests.support.tiny import fuse, tiny_fuser


@pytest.fixture(scope="module")
def knowing() -> Fuser:
    return Fuser(net=awake(tiny(words=64)), device="cpu", quick=False)


@pytest.fixture
def disc() -> Image.Image:
    y, x = np.mgrid[-1:1:64j, -1:1:64j]
    return Image.fromarray((255 * np.dstack([x > 0, y > 0, x > y, x**2 + y**2 < 0.8])).astype(np.uint8), "RGBA")


def test_weights_without_words_say_so_in_one_sentence():
    with pytest.raises(RequestError, match=r"^These weights know no words: leave the sentence out"):
        fuse(tiny_fuser(), say="on its head")
    trace = fuse(tiny_fuser(), say="  ")
    assert (trace.words, trace.notices) == (None, ())


def test_a_sentence_changes_the_answer_and_the_order_of_its_words_does_not(knowing):
    plain, said, turned = (fuse(knowing, say=say) for say in (None, "small hat behind", "behind hat small"))
    assert not np.array_equal(plain.predicted.layouts, said.predicted.layouts)
    np.testing.assert_allclose(said.predicted.layouts, turned.predicted.layouts, atol=1e-5)


def test_unknown_words_are_left_out_and_named(knowing):
    plain, said = fuse(knowing, say="small"), fuse(knowing, say="small qwxyz")
    assert np.array_equal(plain.predicted.layouts, said.predicted.layouts)
    assert said.notices == ("Left out, because the network does not know it: “qwxyz”.",)
    assert plain.notices == ()


def test_the_trace_tells_which_word_moved_which_place(knowing):
    first, second = fuse(knowing, say="on its head").words
    assert "face" in first.named
    assert "pizza" in second.named
    assert first.said == second.said == ("on", "head")
    for words in (first, second):
        assert words.attention.shape == (len(words.named) + 2, 4, 4)
        np.testing.assert_allclose(words.attention.sum(0), 1, atol=1e-5)


def test_a_picture_has_the_name_it_is_given_and_an_emoji_its_own(knowing, disc):
    nameless = fuse(knowing, second=disc)
    named = fuse(knowing, second=disc, names=("ignored", "top hat"))
    assert nameless.words[1].named == ()
    assert named.words[1].named == ("top", "hat")
    assert named.words[0].named == nameless.words[0].named
    assert named.names[1] == "top hat"
    assert named.names[0] == nameless.names[0]
    assert not np.array_equal(named.predicted.layouts, nameless.predicted.layouts)


def test_a_picture_is_told_what_was_asked_in_vain_unless_nobody_is_to_judge(knowing, disc):
    asked = fuse(knowing, second=disc, say="on its tail", teacher=True)
    assert "These two cannot be put “on its tail”; this is the nearest." in asked.notices
    assert fuse(knowing, second=disc, say="on its tail").notices == ()


def test_a_network_without_words_takes_a_name_as_a_name(disc):
    nameless, named = fuse(tiny_fuser(), second=disc), fuse(tiny_fuser(), second=disc, names=(None, "top hat"))
    assert named.names[1] == "top hat"
    assert np.array_equal(nameless.output, named.output)


def test_names_and_sentences_have_bounds(knowing):
    with pytest.raises(RequestError, match=f"at most {LONGEST}"):
        fuse(knowing, say="a" * (LONGEST + 1))
    with pytest.raises(RequestError, match="give two"):
        fuse(knowing, names=("hat",))


def test_the_accelerated_network_reads_the_same_words(knowing):
    quick = Fuser(net=knowing.net, device="cpu")
    ours, theirs = (fuse(one, say="small").predicted.layouts for one in (knowing, quick))
    np.testing.assert_allclose(ours, theirs, atol=1e-4)
