"""Words on maps: the identity at first and without words, rows that sum to one, no matter in which order they come."""

import pytest
import torch

from fusion.model.text_cross_attention import TextCrossAttention, Words


@pytest.fixture
def awake() -> TextCrossAttention:
    torch.manual_seed(0)
    module = TextCrossAttention(8, 5)
    torch.nn.init.normal_(module.to_out.weight)
    return module


def words(batch: int = 2, tokens: int = 3) -> Words:
    generator = torch.Generator().manual_seed(1)
    return Words(torch.randn(batch, tokens, 5, generator=generator), torch.ones(batch, tokens, dtype=torch.bool))


def test_a_fresh_module_is_the_identity():
    maps = torch.randn(2, 8, 4, 4)
    torch.testing.assert_close(TextCrossAttention(8, 5)(maps, words())[0], maps, rtol=0, atol=0)


def test_no_words_leave_the_maps_as_they_are(awake):
    maps = torch.randn(2, 8, 4, 4)
    changed, attention = awake(maps, Words.none(2, 5))
    assert changed is maps
    assert attention.shape == (2, 0, 4, 4)
    blank = words()
    blank.present[1] = False
    changed, attention = awake(maps, blank)
    assert torch.equal(changed[1], maps[1])
    assert not torch.equal(changed[0], maps[0])
    assert attention[1].abs().max() == 0
    assert torch.isfinite(changed).all()


def test_attention_sums_to_one_over_the_words(awake):
    given = words()
    given.present[0, 2] = False
    _, attention = awake(torch.randn(2, 8, 4, 4), given)
    torch.testing.assert_close(attention.sum(1), torch.ones(2, 4, 4))
    assert attention[0, 2].abs().max() == 0


def test_the_order_of_words_and_padding_do_not_matter(awake):
    maps, given = torch.randn(2, 8, 4, 4), words()
    turned = Words(given.vectors.flip(1), given.present.flip(1))
    padded = given.join(Words(torch.randn(2, 4, 5), torch.zeros(2, 4, dtype=torch.bool)))
    for other in (turned, padded):
        torch.testing.assert_close(awake(maps, other)[0], awake(maps, given)[0])


def test_words_are_learned_through_a_fresh_module():
    module, maps = TextCrossAttention(8, 5), torch.randn(2, 8, 4, 4)
    module(maps, words())[0].square().sum().backward()
    assert module.to_out.weight.grad.abs().max() > 0
