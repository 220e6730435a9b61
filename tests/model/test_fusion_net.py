"""FusionNet as a whole: gradients, overrides, the three steps, precision."""

import pytest
import torch

from fusion.model import ABLATIONS
from fusion.model.center_detector import decide
from fusion.model.fusion_net import instance_planes
from tests.support.nets import ALL, awake, pictures, tiny


@pytest.mark.parametrize("preset", ALL)
def test_gradients_reach_every_parameter(preset):
    net, (first, second) = awake(tiny(preset, width=8)), pictures(4)
    # The detector's score is the difference of one head in two orders: what does not depend on its inputs cancels.
    cancelling = {"center_detector.head.numbers.bias"}
    if net.config.layout_head == "pooled":
        cancelling.add("center_detector.head.squeeze.bias")
    net.train()
    k = net.config.instances
    out = net(first, second, presence=torch.ones(4, k), recolour=torch.ones(4))
    heads = (out.main_logit, out.presence_logit, out.recolour_logit, out.layout)
    loss = out.image.square().mean() + sum(head.square().mean() for head in heads)
    loss.backward()
    for name, parameter in net.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert (parameter.grad.abs().max() > 0) == (name not in cancelling), name


def test_the_image_alone_teaches_the_layout():
    """The warp is differentiable: phase one of the published training needs nothing else."""
    net, (first, second) = awake(tiny()), pictures(4)
    net(first, second, presence=torch.ones(4, 3)).image.square().mean().backward()
    assert net.center_aware_scale.head.numbers.weight.grad.abs().max() > 0
    assert net.layout_trunk.stages[0][0].weight.grad.abs().max() > 0


@pytest.mark.parametrize("preset", ALL)
def test_forward_is_its_three_steps(preset):
    net, (first, second) = awake(tiny(preset)), pictures(3)
    whole = net(first, second)
    pair = net.perceive(first, second)
    main = decide(pair.main_logit)
    steps = net.fuse(pair, main, net.plan(pair, main))
    assert torch.equal(whole.image, steps.image)
    assert torch.equal(whole.layout, steps.layout)


@pytest.mark.parametrize("preset", ALL)
def test_a_pair_fuses_alone_as_it_does_in_a_batch(preset):
    net, (first, second) = awake(tiny(preset)), pictures(4)
    batch = net(first, second)
    for i in range(4):
        alone = net(first[i : i + 1], second[i : i + 1])
        torch.testing.assert_close(alone.image[0], batch.image[i], atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(alone.instances[0], batch.instances[i], atol=1e-5, rtol=1e-5)


def test_overrides_are_in_effect():
    net, (first, second) = awake(tiny()), pictures()
    layout = torch.tensor([0.5, 0.4, 0.1, -0.1]).expand(2, 3, 4)
    presence, recolour, main = torch.tensor([[1.0, 0, 1], [0, 1, 0]]), torch.tensor([1.0, 0]), torch.tensor([1, 0])
    out = net(first, second, main=main, layout=layout, presence=presence, recolour=recolour)
    for name, wanted in {"main": main, "layout": layout, "presence": presence, "recolour": recolour}.items():
        assert torch.equal(getattr(out, name), wanted), name
    assert torch.equal(out.main_image[0], second[0])
    assert torch.equal(out.main_image[1], first[1])


def test_an_override_leaves_the_decision_and_the_separation_alone():
    net, (first, second) = awake(tiny()), pictures()
    free = net(first, second)
    forced = net(first, second, main=1 - free.main, layout=torch.tensor([0.3, 0.3, 0, 0]).expand(2, 3, 4))
    assert torch.equal(free.main_logit, forced.main_logit)
    assert torch.equal(free.separated[0], forced.separated[0])


@pytest.mark.parametrize("part", ABLATIONS)
def test_each_ablation_changes_the_picture(part):
    net, pair = awake(tiny()), pictures()
    layout = torch.tensor([0.5, 0.5, 0.1, 0.1]).expand(2, 3, 4)
    with_part, without = net(*pair, layout=layout), net(*pair, layout=layout, disabled=frozenset({part}))
    assert not torch.equal(with_part.image, without.image)


def test_without_the_layout_module_the_non_main_stays():
    net, (first, second) = awake(tiny()), pictures()
    main, presence = torch.zeros(2, dtype=torch.long), torch.tensor([[1.0, 0, 0]] * 2)
    out = net(first, second, main=main, presence=presence, disabled=frozenset({"layout"}))
    torch.testing.assert_close(out.instances[:, 0], second)


@pytest.mark.parametrize("preset", ALL)
def test_bfloat16_autocast_changes_little(preset):
    net, pair = awake(tiny(preset)), pictures(2, 64)
    with torch.inference_mode():
        exact = net(*pair)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            coarse = net(*pair, main=exact.main, layout=exact.layout, presence=exact.presence, recolour=exact.recolour)
    assert coarse.image.dtype == torch.float32
    assert (coarse.image - exact.image).abs().max() < 0.12
    torch.testing.assert_close(coarse.instances, exact.instances, atol=1e-6, rtol=0)


def test_a_published_fuse_at_its_own_size(published):
    first, second = pictures(1, 256)
    with torch.inference_mode():
        out = published(first, second)
    assert out.image.shape == (1, 3, 256, 256)
    assert out.position.shape == (1, 6, 256, 256)
    assert out.attention["up4"].spatial.shape == (1, 1, 256, 256)
    assert out.attention["up3"].channel.shape == (1, 256)


def test_the_unet_is_told_what_is_there_and_how_large():
    layout = torch.tensor([[[0.5, 0.7, 0.1, 0.0], [1.0, 1.0, 0.0, 0.0], [2.0, 1.0, 0.0, 0.0]]])
    planes = instance_planes(layout, torch.tensor([[1.0, 0.0, 1.0]]), like=torch.zeros(1, 5, 4, 6))
    assert planes.shape == (1, 6, 4, 6)
    torch.testing.assert_close(planes[0, :, 3, 2], torch.tensor([1.0, 0.0, 1.0, 0.6, 0.0, 1.5]))
    assert torch.equal(planes, planes[..., :1, :1].expand_as(planes))
