"""PositionalAttentionSE: "in Up3 and Up4 only"; what is shown is what multiplied the features."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from fusion.model.attention import GlobalContext, PositionalAttentionSE, SkipGate, SqueezeExcitation
from fusion.model.position import coordinate_planes
from tests.support.nets import ALL, awake, pictures, recorded, tiny


def test_one_3x3_and_two_1x1_convolutions(published):
    for block in (published.unet.up3, published.unet.up4):
        kernels = sorted(m.kernel_size for m in block.attention.modules() if isinstance(m, nn.Conv2d))
        assert kernels == [(1, 1), (1, 1), (3, 3)]
        assert block.attention.spatial.in_channels == 2


def test_only_up3_and_up4_attend(published):
    attends = [name for name in published.unet.UPS if getattr(published.unet, name).attention is not None]
    assert attends == ["up3", "up4"]
    assert sorted(published(*pictures(1)).attention) == ["up3", "up4"]
    everywhere = tiny("unet-se-po", attention_blocks="all")(*pictures(1)).attention
    assert sorted(everywhere) == ["up1", "up2", "up3", "up4"]
    assert tiny("unet-se-po", attention="off")(*pictures(1)).attention == {}


@pytest.mark.parametrize("grad", [True, False])
@pytest.mark.parametrize("preset", ["unet-se-po", "fusion", "unet-se"])
def test_what_is_shown_is_what_multiplied_the_features(preset, grad):
    net = awake(tiny(preset))
    for name in ("up3", "up4"):
        block = getattr(net.unet, name)
        records = recorded(block.convs), recorded(block), recorded(block.upsample)
        with torch.set_grad_enabled(grad), records[0] as convs, records[1] as whole, records[2] as upsample:
            maps = net(*pictures(2, seed=3)).attention[name]
        skip, upsampled = whole[0][0][1], upsample[0][1]
        shown = maps.channel[:, :, None, None] * maps.spatial
        assert torch.equal(maps.joint, shown)
        torch.testing.assert_close(convs[0][0][0], torch.cat([skip, upsampled], dim=1) * shown)
        assert shown.min() >= 0
        assert shown.max() <= 1


def test_channel_weights_come_from_averages_and_spatial_weights_from_position_alone():
    torch.manual_seed(0)
    module = PositionalAttentionSE(16).eval()
    x, position = torch.rand(2, 16, 8, 8), coordinate_planes(8, 8)
    maps = module(x, position)
    shuffled = x.flatten(2)[:, :, torch.randperm(64)].view_as(x)
    torch.testing.assert_close(module(shuffled, position).channel, maps.channel)
    assert not torch.allclose(module(x + 1, position).channel, maps.channel)
    assert torch.equal(module(x + 1, position).spatial, maps.spatial)
    torch.testing.assert_close(
        maps.spatial[:1], torch.sigmoid(F.conv2d(position, module.spatial.weight, module.spatial.bias, padding=1))
    )


def test_pooling_is_the_same_with_and_without_a_gradient():
    module = PositionalAttentionSE(16).eval()
    x, position = torch.randn(2, 16, 48, 48), coordinate_planes(48, 48)
    with torch.inference_mode():
        quick = module(x, position).channel
    torch.testing.assert_close(quick, module(x, position).channel)


def test_layout_aware_attention_raises_the_non_main_from_the_start():
    net = tiny()
    layout = torch.tensor([0.4, 0.4, 0.2, 0.2]).expand(1, 3, 4)
    out = net(
        *pictures(1, 64), main=torch.zeros(1, dtype=torch.long), layout=layout, presence=torch.tensor([[1.0, 0, 0]])
    )
    inside = out.instances[0, 0, 3] > 0.5
    for name, step in (("up3", 2), ("up4", 1)):
        spatial = out.attention[name].spatial[0, 0]
        here = inside[::step, ::step]
        assert spatial[here].mean() > 1.2 * spatial[~here].mean()


def test_disabled_blocks_attend_to_nothing():
    net, pair = awake(tiny()), pictures(1)
    full = net(*pair)
    for name in ("up3", "up4"):
        without = net(*pair, disabled=frozenset({name}))
        assert name not in without.attention
        assert not torch.equal(without.image, full.image)


def test_relatives_have_their_own_attention():
    kinds = {"unet-se": SqueezeExcitation, "attention-unet": SkipGate}
    for preset in ALL:
        found = {type(m) for m in tiny(preset).unet.modules() if isinstance(m, tuple(kinds.values()))}
        assert found == ({kinds[preset]} if preset in kinds else set())


def test_a_skip_gate_is_additive_attention():
    torch.manual_seed(0)
    gate, skip, decoder = SkipGate(8), torch.randn(1, 8, 4, 4), torch.randn(1, 8, 4, 4)
    weights = torch.sigmoid(gate.psi(F.relu(gate.skip(skip) + gate.gate(decoder))))
    assert weights.shape == (1, 1, 4, 4)
    torch.testing.assert_close(gate(skip, decoder), skip * weights)


def test_global_context_tells_every_place_the_same_and_nothing_when_fresh():
    torch.manual_seed(0)
    module, x = GlobalContext(16), torch.rand(2, 16, 8, 8)
    assert torch.equal(module(x), x)
    nn.init.normal_(module.excite.weight)
    added = module(x) - x
    torch.testing.assert_close(added, added[..., :1, :1].expand_as(added))
    shuffled = x.flatten(2)[:, :, torch.randperm(64)].view_as(x)
    torch.testing.assert_close(module(shuffled) - shuffled, added)
    assert not torch.allclose(module(x + 1) - x - 1, added)
