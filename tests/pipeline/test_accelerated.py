"""accelerate: the same pictures in less time, to 2/255."""

import pytest
import torch
from torch import nn

from fusion.emoji.catalog import Catalog
from fusion.model.center_detector import decide
from fusion.model.weights import available_weights, load_fusion_net
from fusion.pipeline.engines import accelerated as module
from fusion.pipeline.engines.accelerated import (
    RINGS,
    TOLERANCE,
    LowPrecision,
    accelerate,
    drawn,
    fold_batch_norm,
    has_bfloat16,
)
from tests.support.nets import ALL, awake, pictures, tiny

FACES = ("1f600", "1f60e", "1f431", "1f98a", "1f47b", "1f635")
THINGS = ("1f355", "1f451", "1f525", "2764", "1f33b", "1f3c6")


def emoji(keys: tuple[str, ...], net, side: int = 64) -> torch.Tensor:
    """Real emoji as ``net`` sees them: (n, 4, side, side)."""
    rows = [Catalog.default().render(key, side, net.config.frame) for key in keys]
    return torch.stack([torch.tensor(row).permute(2, 0, 1).float() / 255 for row in rows])


def difference(net, quick, first, second, **forced) -> float:
    """Largest difference of any pixel, with the plain network's decisions for both."""
    with torch.inference_mode():
        plain = net(first, second, **forced)
        other = quick(first, second, **forced)
    assert torch.equal(plain.main, other.main)
    assert torch.equal(plain.presence, other.presence)
    torch.testing.assert_close(plain.layout, other.layout, atol=1e-4, rtol=0)
    return (net.to_rgba(plain.image) - quick.to_rgba(other.image)).abs().max().item()


@pytest.mark.parametrize("preset", ALL)
def test_realistic_pictures_differ_by_two_steps_at_most(preset):
    net = awake(tiny(preset, width=8))
    quick = accelerate(net, size=64)
    assert difference(net, quick, emoji(FACES, net), emoji(THINGS, net)) <= TOLERANCE


@pytest.mark.parametrize(
    "disabled",
    [{"layout"}, {"position"}, {"up3"}, {"up4"}, {"position", "up3", "up4"}],
    ids=lambda parts: "+".join(sorted(parts)),
)
def test_overrides_and_ablations_go_through(disabled):
    net = awake(tiny(width=8))
    quick = accelerate(net, size=64)
    forced = {
        "main": torch.tensor([0, 1, 1, 0, 0, 1]),
        "layout": torch.tensor([0.5, 0.6, 0.1, -0.1]).expand(6, 3, 4),
        "presence": torch.tensor([[1.0, 0, 1], [0, 0, 0]] * 3),
        "recolour": torch.tensor([1.0, 0, 0, 1, 0, 0]),
        "disabled": frozenset(disabled),
    }
    assert difference(net, quick, emoji(FACES, net), emoji(THINGS, net), **forced) <= TOLERANCE


@pytest.mark.parametrize("side", [32, 48, 96])
def test_other_sizes_than_the_announced_one_work_too(side):
    net = awake(tiny())
    quick = accelerate(net, size=64)
    assert difference(net, quick, *pictures(2, side)) <= TOLERANCE


def test_the_three_steps_work_one_by_one():
    net, (first, second) = awake(tiny()), pictures(1)
    quick = accelerate(net, size=32)
    seen = quick.perceive(first, second)
    main = decide(seen.main_logit)
    plan = quick.plan(seen, main)
    moved = quick.fuse(seen, main, plan, layout=plan.layout * 0.5)
    again = quick.fuse(seen, main, plan, layout=plan.layout * 0.5)
    assert torch.equal(moved.image, again.image)
    assert not torch.equal(moved.image, quick.fuse(seen, main, plan).image)
    assert not moved.image.requires_grad


def test_attention_maps_come_out_in_float32_and_agree():
    net, pair = awake(tiny(width=8)), pictures(2, 64)
    quick = accelerate(net, size=64)
    with torch.inference_mode():
        plain, other = net(*pair).attention, quick(*pair).attention
    for name in ("up3", "up4"):
        assert other[name].spatial.dtype == torch.float32
        torch.testing.assert_close(other[name].spatial, plain[name].spatial, atol=0.02, rtol=0)
        torch.testing.assert_close(other[name].channel, plain[name].channel, atol=0.02, rtol=0)


def test_the_original_stays_as_it_was():
    net = awake(tiny())
    before = {name: value.clone() for name, value in net.state_dict().items()}
    accelerate(net, size=32)
    assert all(torch.equal(value, net.state_dict()[name]) for name, value in before.items())
    assert all(parameter.requires_grad for parameter in net.parameters())


def test_folding_alone_changes_nothing_and_leaves_no_batch_norm():
    for preset in ALL:
        net, folded = awake(tiny(preset)), awake(tiny(preset))
        fold_batch_norm(folded)
        left = {type(m) for m in folded.modules()}
        assert nn.BatchNorm2d not in left, preset
        torch.testing.assert_close(folded(*pictures()).image, net(*pictures()).image, atol=1e-4, rtol=0)


def test_positional_weights_are_computed_once_per_size():
    quick = accelerate(awake(tiny()), size=32)
    for side in (32, 64, 32, 64):
        quick(*pictures(1, side))
    assert sorted(key[0] for key in quick.position.weights) == [32, 64]


def low_parts(net) -> set[str]:
    return {n for n, m in net.unet.named_modules() if isinstance(m, LowPrecision) and m.dtype == torch.bfloat16}


def test_no_more_parts_are_rounded_than_the_tolerance_allows(monkeypatch):
    """An untrained residual paints the composite whatever its U-Net says, so that there every part may be rounded."""
    monkeypatch.setattr(module, "has_bfloat16", lambda: True)
    everything = {name for ring in RINGS for name in ring}
    assert low_parts(accelerate(tiny("unet-se-po", output="residual"), size=64)) == everything
    assert low_parts(accelerate(tiny(width=8), size=64)) == set()  # gates are too steep for it
    monkeypatch.setattr(module, "TOLERANCE", 1e-7)
    assert low_parts(accelerate(awake(tiny("unet-se-po", output="residual")), size=64)) == set()


def test_without_the_hardware_nothing_is_rounded(monkeypatch):
    monkeypatch.setattr(module, "has_bfloat16", lambda: False)
    assert low_parts(accelerate(tiny(), size=32)) == set()
    monkeypatch.undo()
    assert isinstance(has_bfloat16(), bool)


def test_drawn_probes_are_premultiplied_pictures():
    for picture in drawn(64):
        assert picture.shape[1:] == (4, 64, 64)
        assert picture.min() >= 0
        assert picture.max() <= 1
        assert (picture[:, :3] <= picture[:, 3:] + 1e-6).all()
        assert 0.1 < (picture[:, 3] > 0.5).float().mean() < 0.9


@pytest.mark.weights
@pytest.mark.parametrize("preset", ALL)
def test_trained_weights_paint_the_same_pictures(preset):
    if preset not in available_weights():
        pytest.skip(f"no weights ship for {preset}")
    net = load_fusion_net(preset=preset)
    quick = accelerate(net, size=128)
    faces, things = emoji(FACES, net, 128), emoji(THINGS, net, 128)
    for shift in range(3):
        assert difference(net, quick, faces, things.roll(shift, 0)) <= TOLERANCE
