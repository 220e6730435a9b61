"""The U-Net: four poolings, four transposed convolutions, skips, and the widths of the published table."""

import itertools

import pytest
import torch
from torch import nn
from torch.nn.functional import avg_pool2d

from tests.support.nets import awake, count, pictures, recorded, tiny

WIDTHS = (64, 128, 256, 512, 1024)


def conv3(a: int, b: int) -> int:
    """Parameters of a 3x3 convolution without bias and its BatchNorm."""
    return 9 * a * b + 2 * b


def test_encoder_widths_and_sizes(published):
    maps = [published.unet.stem, *published.unet.downs]
    with torch.inference_mode():
        x = torch.randn(1, 6, 64, 64)
        for level, part in enumerate(maps):
            x = part(x)
            assert x.shape == (1, WIDTHS[level], 64 >> level, 64 >> level)
    for down in published.unet.downs:
        assert (down.pool.kernel_size, down.pool.stride) == (2, 2)
        assert [type(layer) for layer in down.convs] == [nn.Conv2d, nn.BatchNorm2d, nn.ReLU]


def test_decoder_widths_sizes_and_skips(published):
    with recorded(published.unet) as whole, recorded(published.unet.up4.convs) as last, torch.inference_mode():
        published(*pictures(1, 64))
    (aligned, *_), (features, _) = whole[0]
    assert aligned.shape == (1, 6, 64, 64)
    assert features.shape == (1, 6, 64, 64)
    assert last[0][0][0].shape == (1, 128, 64, 64)  # 64 from below, 64 from the stem
    for name, (above, below) in zip(published.unet.UPS, itertools.pairwise(reversed(WIDTHS)), strict=True):
        block = getattr(published.unet, name)
        assert (block.upsample.in_channels, block.upsample.out_channels) == (above, below)
        assert (block.upsample.kernel_size, block.upsample.stride) == ((2, 2), (2, 2))
        convs = [m for m in block.convs.modules() if isinstance(m, nn.Conv2d)]
        assert [c.kernel_size for c in convs] == [(3, 3), (3, 3)]
        assert convs[0].in_channels == 2 * below


def test_exact_parameter_counts(published):
    unet = published.unet
    assert count(unet.stem) == conv3(6, 64)
    for down, (a, b) in zip(unet.downs, itertools.pairwise(WIDTHS), strict=True):
        assert count(down) == conv3(a, b)
    attention = {"up3": 4144 + 4352 + 19, "up4": 1048 + 1152 + 19}  # squeeze, excite, spatial
    for name, (a, b) in zip(unet.UPS, itertools.pairwise(reversed(WIDTHS)), strict=True):
        last = 6 if name == "up4" else b
        upsample = 4 * a * b + b
        assert count(getattr(unet, name)) == upsample + conv3(2 * b, b) + conv3(b, last) + attention.get(name, 0)
    assert count(published) == 18_442_253


def test_skips_connect_maps_of_one_size(published):
    """What the decoder is given beside the risen map is the encoder's map itself."""
    with recorded(published.unet.stem) as stem, recorded(published.unet.up4) as up4, torch.inference_mode():
        published(*pictures(1))
    assert torch.equal(up4[0][0][1], stem[0][1])


def test_without_skips_the_encoder_reaches_the_decoder_only_through_the_bottom():
    net = awake(tiny("unet-se-po", skips=False))
    assert net.unet.up4.convs[0][0].in_channels == 4
    assert net(*pictures()).image.shape == (2, 3, 32, 32)


def test_residual_blocks_add_their_input():
    block = tiny("res-unet").unet.downs[0].convs
    nn.init.zeros_(block.body[-1].weight)
    x = torch.randn(1, 4, 8, 8)
    torch.testing.assert_close(block(x), torch.relu(block.shortcut(x)))


@pytest.mark.parametrize("side", [16, 48, 64])
def test_any_multiple_of_16_is_a_size(side):
    assert tiny("unet-se-po")(*pictures(1, side)).image.shape == (1, 3, side, side)


def test_a_picture_larger_than_the_network_was_made_for_is_seen_in_its_size():
    net = awake(tiny(size=32))
    small = [one.repeat_interleave(2, 2).repeat_interleave(2, 3) for one in pictures(1, 32)]
    with recorded(net.unet) as seen, torch.inference_mode():
        larger = net(*small)
        assert seen[0][0][0].shape[-1] == 32
        assert larger.image.shape[-1] == larger.gates.shape[-1] == 64
        net.train()
        net(*small)
        assert seen[1][0][0].shape[-1] == 64, "training sees what it is given"
        net.eval()
        direct = tiny("unet-se-po", size=32)
    with recorded(direct.unet) as seen, torch.inference_mode():
        direct(*small)
    assert seen[0][0][0].shape[-1] == 64, "what is painted by the U-Net alone would only get blurred"


def test_gates_do_not_change_with_the_size():
    net, pair = awake(tiny(size=32)), pictures(2, 64)
    half = [avg_pool2d(one, 2) for one in pair]
    with torch.inference_mode():
        gates, enlarged = net(*half).gates, net(*pair, **placed(net, half)).gates
        net.unet.largest = None
        other = net(*pair, **placed(net, half)).gates
    near, far = (float((avg_pool2d(one, 2) - gates).abs().mean()) for one in (enlarged, other))
    assert near < 0.5 * far


def placed(net, pair) -> dict:
    """What ``net`` decides about a pair, to be asked of it again in another size."""
    found = net(*pair)
    return {name: getattr(found, name) for name in ("main", "layout", "presence", "recolour")}
