"""CenterAwareScaleModule: four numbers, their ranges, and the warp of the non-main."""

import pytest
import torch
from torch import nn

from fusion.geometry import MIN_SCALE, warp
from fusion.model.center_aware_scale import CenterAwareScaleModule, align
from tests.support.nets import awake, count, pictures, recorded, tiny

EXTREMES = (0.0, 1.0, -1.0, 80.0, -80.0, 1e4, -1e4, 3e38, -3e38, float("inf"), float("-inf"))


def test_pooled_concatenated_then_two_1x1_convolutions(published):
    convs = [m for m in published.center_aware_scale.modules() if isinstance(m, nn.Conv2d)]
    assert [(c.in_channels, c.out_channels, c.kernel_size) for c in convs] == [(6, 6 // 4, (1, 1)), (1, 4, (1, 1))]
    assert count(published.center_aware_scale) == (6 + 1) + (1 + 1) * 4


def test_only_the_averages_of_the_maps_count(published):
    """Adaptive average pooling to 1x1: where things are in the maps cannot matter."""
    module = CenterAwareScaleModule(3, "pooled", instances=1, max_offset=0.2, recolour=False)
    for parameter in module.parameters():
        nn.init.uniform_(parameter, 0.1, 1)
    main, other = torch.rand(2, 3, 8, 8), torch.rand(2, 3, 8, 8)
    shuffled = main.flatten(2)[:, :, torch.randperm(64)].view_as(main)
    torch.testing.assert_close(module(shuffled, other).layout, module(main, other).layout)
    assert not torch.allclose(module(main + 1, other).layout, module(main, other).layout)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("max_offset", [0.2, 0.35])
def test_ranges_under_extreme_logits(dtype, max_offset):
    module = CenterAwareScaleModule(3, "pooled", instances=1, max_offset=max_offset, recolour=False)
    logits = torch.tensor(EXTREMES).to(dtype)
    scales, offsets = module.scales(logits), module.offsets(logits)
    assert scales.isfinite().all()
    assert scales.min() > 0
    assert scales.max() == 2
    assert offsets.abs().max() <= torch.tensor(max_offset)
    assert offsets.max() == -offsets.min() == torch.tensor(max_offset)


@pytest.mark.parametrize("preset", ["fusion", "unet-se-po"])
@pytest.mark.parametrize("bias", [60.0, -60.0, 1e30, -1e30])
def test_ranges_hold_for_the_whole_network_also_in_bfloat16(preset, bias):
    net, (first, second) = tiny(preset), pictures(1)
    nn.init.constant_(net.center_aware_scale.head.numbers.bias, bias)
    with torch.autocast("cpu", dtype=torch.bfloat16), torch.inference_mode():
        out = net(first, second)
    scale, offset = out.layout[..., :2], out.layout[..., 2:]
    assert scale.min() >= MIN_SCALE
    assert scale.max() <= 2
    assert offset.abs().max() <= net.config.max_offset + 1e-7
    assert out.image.isfinite().all()


def test_a_fresh_module_leaves_one_instance_where_it_is():
    for preset in ("fusion", "unet-se-po"):
        out = tiny(preset)(*pictures())
        torch.testing.assert_close(out.layout[:, 0], torch.tensor([1.0, 1.0, 0.0, 0.0]).expand(2, 4))
        assert out.presence.sum(1).tolist() == [1, 1]


def test_the_layout_is_independent_of_the_unet(published):
    """It runs before the U-Net: no parameter behind it has a gradient from the layout."""
    net, (first, second) = awake(tiny("unet-se-po")), pictures()
    net(first, second).layout.sum().backward()
    behind = [*net.unet.parameters(), *net.head.parameters(), *net.position.parameters()]
    assert all(parameter.grad is None for parameter in behind)
    assert any(parameter.grad is not None for parameter in net.center_aware_scale.parameters())


def test_outside_the_warp_there_is_nothing():
    picture, features = torch.ones(1, 4, 32, 32), torch.full((1, 3, 32, 32), 7.0)
    layout = torch.tensor([[[0.5, 0.5, 0.0, 0.0]]])
    instances, moved = align(picture, features, layout, torch.ones(1, 1), prefilter=False)
    for map_ in (instances[:, 0], moved / 7):
        inside = torch.zeros(32, 32, dtype=torch.bool)
        inside[8:24, 8:24] = True
        assert (map_[..., ~inside] == 0).all()
        assert (map_[..., 9:23, 9:23] - 1).abs().max() < 1e-6


def test_the_main_subject_stays_untouched_bit_for_bit(published):
    first, second = pictures()
    for main in (0, 1):
        chosen = torch.full((2,), main)
        layout = torch.tensor([0.4, 0.7, 0.1, -0.15]).expand(2, 1, 4)
        with recorded(published.unet) as calls:
            out = published(first, second, main=chosen, layout=layout, disabled=frozenset({"position"}))
        aligned = calls[0][0][0]
        assert torch.equal(out.main_image, (first, second)[main])
        assert torch.equal(aligned[:, :3], out.separated[main])
        moved = warp(out.separated[1 - main], layout[:, 0], prefilter=False)
        torch.testing.assert_close(aligned[:, 3:], moved)


def test_one_layout_serves_every_size():
    net = awake(tiny())
    layout = torch.tensor([0.5, 0.5, 0.1, -0.2]).expand(1, 3, 4)
    presence = torch.tensor([[1.0, 0, 0]])

    def centre(side: int) -> torch.Tensor:
        out = net(*pictures(1, side), main=torch.zeros(1, dtype=torch.long), layout=layout, presence=presence)
        alpha = out.instances[0, 0, 3]
        where = torch.stack(torch.meshgrid(*[(torch.arange(side) + 0.5) / side] * 2, indexing="ij"))
        return (where * alpha).sum((1, 2)) / alpha.sum()

    torch.testing.assert_close(centre(32), centre(96), atol=0.01, rtol=0)


def test_absent_instances_leave_nothing_and_cost_nothing():
    net, (first, second) = awake(tiny()), pictures()
    out = net(first, second, presence=torch.tensor([[1.0, 0, 1], [0, 0, 0]]))
    sums = out.instances.flatten(2).sum(-1)
    assert (sums > 0).tolist() == [[True, False, True], [False, False, False]]


def test_no_instance_at_all_is_a_picture_too():
    net, (first, second) = awake(tiny()), pictures(1)
    out = net(first, second, main=torch.zeros(1, dtype=torch.long), presence=torch.zeros(1, 3))
    assert torch.equal(out.composite, first)
    assert out.image.isfinite().all()


def test_of_several_hypotheses_the_likeliest_is_the_plan():
    torch.manual_seed(0)
    module = CenterAwareScaleModule(8, "trunk", instances=3, max_offset=0.35, recolour=True, hypotheses=5)
    nn.init.normal_(module.head.numbers.weight)
    plan = module.eval()(torch.rand(6, 8, 4, 4), torch.rand(6, 8, 4, 4))
    every = plan.hypotheses
    assert every.layout.shape == (6, 5, 3, 4)
    assert every.presence_logit.shape == (6, 5, 3)
    best = every.logit.argmax(1)
    assert len(best.unique()) > 1
    for row, index in enumerate(best):
        assert torch.equal(plan.layout[row], every.layout[row, index])
        assert torch.equal(plan.presence_logit[row], every.presence_logit[row, index])
        assert plan.recolour_logit[row] == every.recolour_logit[row, index]


def test_fresh_hypotheses_differ():
    module = CenterAwareScaleModule(8, "trunk", instances=1, max_offset=0.35, recolour=False, hypotheses=5).eval()
    layouts = module(torch.rand(1, 8, 4, 4), torch.rand(1, 8, 4, 4)).hypotheses.layout[0, :, 0]
    assert torch.pdist(layouts).min() > 0.01
