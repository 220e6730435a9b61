"""Outputs: the published 1x1 convolution and tanh, and the gated alpha-over that starts as the identity."""

import pytest
import torch

from fusion.colour import repaint
from fusion.model.head import gate
from tests.support.nets import aligned, awake, count, pictures, tiny


def test_published_output_is_a_1x1_conv_from_6_to_3_and_tanh(published):
    conv = published.head.conv
    assert (conv.in_channels, conv.out_channels, conv.kernel_size) == (6, 3, (1, 1))
    assert count(published.head) == 21
    out = published(*pictures(1))
    assert out.image.shape == (1, 3, 32, 32)
    features = torch.randn(1, 6, 8, 8)
    painted = published.head(features, aligned(torch.zeros(1, 4, 8, 8))).image
    torch.testing.assert_close(painted, torch.tanh(conv(features)))


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
@pytest.mark.parametrize("has_alpha", [True, False])
def test_direct_outputs_stay_in_the_image_space(activation, has_alpha):
    net = awake(tiny("unet-se-po", output_activation=activation, has_alpha=has_alpha))
    features = 1e4 * torch.randn(1, net.config.head_channels, 8, 8)
    image = net.head(features, aligned(torch.zeros(1, 4, 8, 8))).image
    assert image.min() >= (0 if has_alpha else -1)
    assert image.max() <= 1
    assert image.max() - image.min() > 0.5


def test_gates_are_one_at_the_start_and_can_only_close():
    logits = torch.tensor([-1e4, -20.0, -1.0, 0.0, 1.0, 1e4])
    gates = gate(logits)
    assert gates[3:].eq(1).all()
    assert (gates[:3].diff() > 0).all()
    assert gates[0] >= 0
    assert gates[2] < 1


@pytest.mark.parametrize("main", [0, 1])
def test_an_untrained_fusion_gives_the_clean_composite(main):
    """The identity at the start, to less than one step of an 8-bit picture."""
    net, (first, second) = tiny(), pictures(3, 64)
    chosen = torch.full((3,), main)
    for layout in (None, torch.tensor([0.5, 0.6, 0.1, -0.1]).expand(3, 3, 4)):
        out = net(first, second, main=chosen, layout=layout, presence=torch.tensor([[1.0, 1, 0]] * 3))
        assert (net.to_rgba(out.image) - out.composite).abs().max() < 1 / 255
        assert out.gates.shape == (3, 4, 64, 64)
        assert out.correction.shape == (3, 4, 64, 64)


def test_a_residual_output_starts_as_the_composite_too():
    net = tiny("unet-se-po", output="residual")
    out = net(*pictures())
    torch.testing.assert_close(out.image, net.normalise(out.composite), atol=1e-6, rtol=0)


def test_output_of_fusion_is_what_its_parts_say():
    """``w = over of g_k instance_k; out = w + g_main main (1 - alpha(w)) + correction``."""
    net, (first, second) = awake(tiny()), pictures(2, 64)
    layout = torch.tensor([[0.5, 0.5, 0.1, 0.1], [0.4, 0.4, -0.1, -0.1], [0.3, 0.3, 0.0, 0.2]]).expand(2, 3, 4)
    out = net(first, second, layout=layout, presence=torch.ones(2, 3), recolour=torch.zeros(2))
    layer = torch.zeros_like(out.main_image)
    for k in range(3):
        front = out.instances[:, k] * out.gates[:, 1 + k, None]
        layer = front + layer * (1 - front[:, 3:])
    wanted = layer + out.gates[:, :1] * out.main_image * (1 - layer[:, 3:]) + out.correction
    torch.testing.assert_close(out.image, wanted)


def test_the_recolour_switch_shows_the_main_in_the_others_palette():
    net, (first, second) = tiny(), pictures(2, 64)
    main, nothing = torch.zeros(2, dtype=torch.long), torch.zeros(2, 3)
    off = net(first, second, main=main, presence=nothing, recolour=torch.zeros(2))
    on = net(first, second, main=main, presence=nothing, recolour=torch.ones(2))
    mixed = net(first, second, main=main, presence=nothing, recolour=torch.tensor([0.0, 1.0]))
    assert (off.image - first).abs().max() < 1 / 255
    assert (on.image - repaint(first, second, torch.ones(2))).abs().max() < 1 / 255
    assert (on.image - off.image).abs().max() > 0.05
    torch.testing.assert_close(mixed.image[0], off.image[0])
    torch.testing.assert_close(mixed.image[1], on.image[1])


def test_to_rgba_is_premultiplied_and_undoes_normalise():
    first, _ = pictures()
    for preset in ("fusion", "unet-se-po"):
        net = tiny(preset)
        back = net.to_rgba(net.normalise(first))
        torch.testing.assert_close(back[:, :3], first[:, :3])
        wild = net.to_rgba(10 * torch.randn(2, net.config.image_channels, 8, 8))
        assert wild.min() >= 0
        assert wild.max() <= 1
        assert (wild[:, :3] <= wild[:, 3:]).all()


def test_the_correction_is_nothing_where_its_mask_is_closed():
    net = awake(tiny())
    features = torch.rand(2, net.config.head_channels, 16, 16)
    blank = torch.zeros(2, 4, 16, 16)

    def correction() -> torch.Tensor:
        return net.head(features, aligned(blank, blank[:, None].expand(-1, 3, -1, -1, -1))).correction

    assert correction().abs().max() > 0.01
    with torch.no_grad():
        net.head.conv.weight[4].zero_()
        net.head.conv.bias[4] = -1e4
    assert correction().abs().max() == 0
