"""Presets of one class, switches each on its own, and a sentence for every combination that makes no sense."""

from dataclasses import asdict

import pytest
import torch

from fusion.errors import FusionError
from fusion.geometry import PUBLISHED_FRAME, STICKER_FRAME
from fusion.model import PRESETS, ConfigError, FusionConfig, FusionNet, build_fusion_net
from tests.support.nets import ALL, awake, count, pictures, tiny

SWITCHES = [
    {"has_alpha": True},
    {"separator_width": 8},
    {"separator_width": 8, "separator_activation": False},
    {"layout_head": "trunk"},
    {"layout_head": "trunk", "instances": 3},
    {"layout_head": "none"},
    {"frame_scale": 0.8, "frame_drop": 0.1, "max_offset": 0.35},
    {"prefilter": True},
    {"position": "off"},
    {"position": "middle"},
    {"position_planes": 4},
    {"position": "middle", "position_planes": 4},
    {"attention": "off"},
    {"attention": "se"},
    {"attention": "gate"},
    {"attention": "layout"},
    {"attention_blocks": "all"},
    {"skips": False},
    {"residual": True},
    {"output": "residual"},
    {"output": "alpha-over", "has_alpha": True},
    {"output": "alpha-over", "has_alpha": True, "recolour": True, "layout_head": "trunk"},
    {"output_activation": "sigmoid"},
]

NONSENSE = {
    "size": {"size": 100},
    "no size": {"size": 0},
    "width": {"width": 0},
    "separator_width": {"separator_width": -1},
    "instances": {"instances": 4},
    "max_offset": {"max_offset": 0.0},
    "frame_scale": {"frame_scale": 1.5},
    "frame_drop": {"frame_drop": 0.3},
    "alpha-over without alpha": {"output": "alpha-over"},
    "recolour without gates": {"recolour": True},
    "instances without layout": {"instances": 3, "layout_head": "none"},
    "layout attention without layout": {"attention": "layout", "layout_head": "none"},
    "alpha-over without layout": {"output": "alpha-over", "has_alpha": True, "layout_head": "none"},
    "gates without skips": {"attention": "gate", "skips": False},
    "pooled head without features": {"separator_width": 0},
    "position": {"position": "after"},
    "planes": {"position_planes": 3},
    "attention": {"attention": "strong"},
    "blocks": {"attention_blocks": "first"},
    "head": {"layout_head": "deep"},
    "output": {"output": "over"},
    "activation": {"output_activation": "relu"},
}


def test_the_six_presets_are_of_one_class():
    assert set(PRESETS) == set(ALL)
    for preset in ALL:
        net = tiny(preset)
        assert type(net) is FusionNet
        assert net.config.preset == preset


def test_published_presets_are_literal():
    for preset in set(ALL) - {"fusion"}:
        config = FusionConfig.from_dict({"preset": preset, **PRESETS[preset]})
        assert (config.width, config.size, config.image_channels, config.instances) == (64, 256, 3, 1)
        assert (config.output, config.output_activation, config.frame) == ("direct", "tanh", PUBLISHED_FRAME)
    assert build_fusion_net().config.frame == STICKER_FRAME
    assert build_fusion_net().config.preset == "fusion"


def test_parameter_counts_of_the_presets_do_not_drift():
    with torch.device("meta"):
        counts = {preset: count(build_fusion_net(preset)) for preset in ALL if preset != "fusion"}
    assert counts == {
        "unet-se-po": 18_442_253,
        "unet": 18_431_201,
        "unet-se": 18_607_321,
        "attention-unet": 18_780_325,
        "res-unet": 32_397_165,
    }
    assert count(build_fusion_net("fusion")) == 1_718_187


@pytest.mark.parametrize("preset", ALL)
def test_presets_without_alignment_leave_everything_where_it_is(preset):
    net, (first, second) = awake(tiny(preset)), pictures()
    out = net(first, second)
    assert net.aligns == (preset in ("fusion", "unet-se-po"))
    if not net.aligns:
        assert out.main.tolist() == [0, 0]
        assert torch.equal(out.layout, torch.tensor([[[1.0, 1.0, 0.0, 0.0]]]).expand(2, 1, 4))
        assert torch.equal(out.instances[:, 0], second)


@pytest.mark.parametrize("switch", SWITCHES, ids=str)
def test_each_switch_builds_runs_and_learns(switch):
    net = tiny("unet-se-po", **switch)
    out = net(*pictures())
    assert out.image.shape == (2, net.config.image_channels, 32, 32)
    assert out.image.isfinite().all()
    out.image.sum().backward()
    assert next(net.unet.stem.parameters()).grad is not None


def differences(plain: FusionNet, changed: FusionNet) -> set[str]:
    """In what two networks differ: the tensors they hold, the canvas they are meant for, the picture they paint."""
    shapes, others = ({name: value.shape for name, value in net.state_dict().items()} for net in (plain, changed))
    found = {"tensors"} if shapes != others else set()
    if plain.config.frame != changed.config.frame:
        found.add("canvas")
    image, other = (net(*pictures()).image for net in (plain, changed))
    if image.shape != other.shape or not torch.equal(image, other):
        found.add("picture")
    return found


@pytest.mark.parametrize("switch", [s for s in SWITCHES if s != {"prefilter": True}], ids=str)
def test_each_switch_switches_something(switch):
    """A setting that builds the same network, on the same canvas, would be no switch."""
    assert differences(awake(tiny("unet-se-po")), awake(tiny("unet-se-po", **switch)))


def test_the_same_settings_differ_in_nothing():
    assert differences(awake(tiny("unet-se-po")), awake(tiny("unet-se-po", width=4))) == set()


def test_the_prefilter_matters_once_something_shrinks():
    layout = torch.tensor([0.3, 0.3, 0.0, 0.0]).expand(2, 1, 4)
    outs = [awake(tiny("unet-se-po", prefilter=p))(*pictures(), layout=layout).instances for p in (False, True)]
    assert not torch.equal(*outs)


@pytest.mark.parametrize("settings", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_is_refused_with_a_sentence(settings):
    with pytest.raises(ConfigError) as raised:
        build_fusion_net("unet-se-po", **settings)
    sentence = str(raised.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert any(name in sentence for name in settings)
    assert isinstance(raised.value, FusionError)


def test_unknown_presets_and_settings_are_refused_by_name():
    with pytest.raises(ConfigError, match=r"unet-se-pi.*Did you mean 'unet-se-po'"):
        build_fusion_net("unet-se-pi")
    with pytest.raises(ConfigError, match="colour"):
        build_fusion_net("fusion", colour=True)


def test_a_config_survives_its_own_dictionary():
    for preset in ALL:
        config = tiny(preset).config
        assert FusionConfig.from_dict(asdict(config)) == config
