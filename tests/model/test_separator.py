"""EmojiSeparator: "splits the 6 channels into the two emoji; each goes through its own 3x3 conv + BN + ReLU"."""

import torch
from torch import nn

from fusion.model.separator import EmojiSeparator
from tests.support.nets import awake, count, pictures, tiny


def test_each_branch_is_a_3x3_conv_bn_relu(published):
    for branch in (published.separator.first, published.separator.second):
        conv, norm, relu = branch
        assert (conv.kernel_size, conv.in_channels, conv.out_channels) == ((3, 3), 3, 3)
        assert isinstance(norm, nn.BatchNorm2d)
        assert isinstance(relu, nn.ReLU)
    assert count(published.separator) == 2 * (3 * 3 * 9 + 2 * 3)


def test_output_is_again_three_and_three(published):
    first, second = published.separator(torch.randn(2, 6, 32, 32))
    assert first.shape == second.shape == (2, 3, 32, 32)
    assert first.min() >= 0
    assert second.min() >= 0


def test_each_emoji_goes_through_its_own_branch(published):
    pair = torch.randn(1, 6, 16, 16)
    other = pair.clone()
    other[:, 3:] += 1
    first, second = published.separator(pair)
    first_again, second_again = published.separator(other)
    assert torch.equal(first, first_again)
    assert not torch.equal(second, second_again)


def test_weights_are_not_shared(published):
    mine, yours = (
        set(map(id, branch.parameters())) for branch in (published.separator.first, published.separator.second)
    )
    assert not mine & yours
    same = torch.randn(1, 3, 16, 16)
    first, second = published.separator(torch.cat([same, same], dim=1))
    assert not torch.equal(first, second)


def test_without_activation_negative_values_pass():
    separator = EmojiSeparator(4, 8, activation=False).eval()
    first, _ = separator(torch.randn(1, 8, 16, 16))
    assert first.shape[1] == 8
    assert first.min() < 0


def test_without_a_separator_the_pictures_pass_untouched():
    net, (first, second) = awake(tiny("unet")), pictures()
    seen = net.perceive(first, second)
    assert torch.equal(seen.separated[0], net.normalise(first))
    assert torch.equal(seen.separated[1], net.normalise(second))
