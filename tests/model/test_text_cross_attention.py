"""Words on maps: the identity at first and without words, rows that sum to one, no matter in which order they come."""

import pytest
import torch

from fusion.model import ConfigError, build_fusion_net
from fusion.model.text_cross_attention import PADDING, SAID, TextCrossAttention, Words
from fusion.model.weights import load_fusion_net
from fusion.training.phases import LAYOUT_MODULES
from tests.support.nets import awake as awaken
from tests.support.nets import count, pictures, tiny


@pytest.fixture
def awake() -> TextCrossAttention:
    torch.manual_seed(0)
    module = TextCrossAttention(8, 5)
    torch.nn.init.normal_(module.to_out.weight)
    return module


def words(batch: int = 2, tokens: int = 3) -> Words:
    generator = torch.Generator().manual_seed(1)
    return Words(torch.randn(batch, tokens, 5, generator=generator), torch.ones(batch, tokens, dtype=torch.long))


def test_a_fresh_module_is_the_identity():
    maps = torch.randn(2, 8, 4, 4)
    torch.testing.assert_close(TextCrossAttention(8, 5)(maps, words())[0], maps, rtol=0, atol=0)


def test_no_words_leave_the_maps_as_they_are(awake):
    maps = torch.randn(2, 8, 4, 4)
    changed, attention = awake(maps, Words.none(2, 5))
    assert changed is maps
    assert attention.shape == (2, 0, 4, 4)
    blank = words()
    blank.roles[1] = PADDING
    changed, attention = awake(maps, blank)
    assert torch.equal(changed[1], maps[1])
    assert not torch.equal(changed[0], maps[0])
    assert attention[1].abs().max() == 0
    assert torch.isfinite(changed).all()


def test_attention_sums_to_one_over_the_words(awake):
    given = words()
    given.roles[0, 2] = PADDING
    _, attention = awake(torch.randn(2, 8, 4, 4), given)
    torch.testing.assert_close(attention.sum(1), torch.ones(2, 4, 4))
    assert attention[0, 2].abs().max() == 0


def test_the_order_of_words_and_padding_do_not_matter(awake):
    maps, given = torch.randn(2, 8, 4, 4), words()
    turned = Words(given.vectors.flip(1), given.roles.flip(1))
    padded = given.join(Words(torch.randn(2, 4, 5), torch.zeros(2, 4, dtype=torch.long)))
    for other in (turned, padded):
        torch.testing.assert_close(awake(maps, other)[0], awake(maps, given)[0])


def test_words_are_learned_through_a_fresh_module():
    module, maps = TextCrossAttention(8, 5), torch.randn(2, 8, 4, 4)
    module(maps, words())[0].square().sum().backward()
    assert module.to_out.weight.grad.abs().max() > 0


def test_the_same_word_means_another_thing_in_a_wish_than_in_a_name(awake):
    maps, given = torch.randn(2, 8, 4, 4), words()
    wish = Words(given.vectors, torch.full_like(given.roles, SAID))
    assert not torch.allclose(awake(maps, wish)[0], awake(maps, given)[0])


class TestInTheNetwork:
    """What words do to a whole network."""

    @pytest.fixture
    def net(self):
        return awaken(tiny(words=64))

    def pair_words(self, tokens: int = 5) -> Words:
        generator = torch.Generator().manual_seed(2)
        return Words(torch.randn(2, 2, tokens, 64, generator=generator), torch.ones(2, 2, tokens, dtype=torch.long))

    def test_words_add_their_own_names_and_no_other(self, net):
        assert [name for name in net.state_dict() if "text_cross_attention" not in name] == list(tiny().state_dict())
        shipped = load_fusion_net(None, "fusion")
        assert shipped.config.words == net.config.words
        alike = tiny(words=64, sentence=shipped.config.sentence, families=shipped.config.families)
        assert list(shipped.state_dict()) == list(alike.state_dict())

    def test_no_words_is_the_answer_of_the_same_weights_without_the_path(self, net):
        today = tiny()
        today.load_state_dict({k: v for k, v in net.state_dict().items() if "text_cross_attention" not in k})
        for words in (None, Words(torch.zeros(2, 2, 3, 64), torch.zeros(2, 2, 3, dtype=torch.long))):
            assert torch.equal(net(*pictures(), words=words).image, today(*pictures()).image)
        assert torch.equal(today(*pictures(), words=self.pair_words()).image, today(*pictures()).image)

    def test_words_change_nothing_at_first_and_something_once_learned(self, net):
        fresh, given = tiny(words=64), self.pair_words()
        assert torch.equal(fresh.perceive(*pictures(), given).maps[0], fresh.perceive(*pictures()).maps[0])
        assert not torch.equal(net.perceive(*pictures(), given).main_logit, net.perceive(*pictures()).main_logit)

    def test_exchanging_emoji_with_their_words_exchanges_the_answer(self, net):
        first, second = pictures()
        given = self.pair_words()
        turned = Words(given.vectors.flip(1), given.roles.flip(1))
        there, back = net.perceive(first, second, given), net.perceive(second, first, turned)
        torch.testing.assert_close(there.main_logit, -back.main_logit)
        torch.testing.assert_close(there.word_attention[0], back.word_attention[1])

    def test_the_layout_branch_grows_by_less_than_two_fifths(self):
        without, with_words = (
            sum(count(getattr(build_fusion_net(words=words), part)) for part in LAYOUT_MODULES) for words in (0, 64)
        )
        print(f"layout branch: {without:,} parameters without words, {with_words:,} with")
        assert without < with_words <= 1.4 * without

    def test_words_need_maps_to_change(self):
        with pytest.raises(ConfigError, match="trunk"):
            build_fusion_net("unet", words=64)
        with pytest.raises(ConfigError, match="0 \\(none\\) to 64"):
            build_fusion_net(words=65)
