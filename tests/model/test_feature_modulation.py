"""The recipe family: named with every hypothesis, told to every map of the U-Net; nothing where none is named."""

import pytest
import torch

from fusion.model import build_fusion_net
from fusion.model.config import ConfigError, FusionConfig
from fusion.model.feature_modulation import FeatureModulation
from tests.support.nets import awake, pictures

NAMES = "aura,halo,print"


@pytest.fixture
def net():
    torch.manual_seed(0)
    return awake(build_fusion_net("fusion", width=4, families=NAMES)).eval()


def test_each_family_has_a_scale_and_a_shift_of_its_own():
    layer = FeatureModulation(2, 3)
    with torch.no_grad():
        layer.numbers.weight.copy_(torch.tensor([[1.0, 0], [1, 0], [1, 0], [0, 5], [0, 5], [0, 5]]))
    x = torch.rand(3, 3, 4, 4)
    told = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    found = layer(x, told)
    torch.testing.assert_close(found[0], 2 * x[0])
    torch.testing.assert_close(found[1], x[1] + 5)
    torch.testing.assert_close(found[2], x[2])


def test_a_fresh_layer_changes_nothing():
    x = torch.rand(2, 3, 4, 4)
    torch.testing.assert_close(FeatureModulation(2, 3)(x, torch.eye(2)), x)


def test_the_unet_paints_the_family_that_it_is_told(net):
    pair = net.perceive(*pictures(2, 64))
    main = torch.zeros(2, dtype=torch.long)
    plan = net.plan(pair, main)
    one, other = (net.fuse(pair, main, plan, family=torch.eye(3)[[k, k]]).image for k in (0, 2))
    assert (one - other).abs().max() > 1e-4


def test_the_family_is_that_of_the_hypothesis_in_effect(net):
    pair = net.perceive(*pictures(2, 64))
    plan = net.plan(pair, torch.zeros(2, dtype=torch.long))
    every = plan.weighed
    assert every.family_logit.shape == (2, net.config.hypotheses, 3)
    for index in range(3):
        said = every.take(torch.tensor([index, index]))
        wanted = every.family_logit[:, index].argmax(1)
        torch.testing.assert_close(said.family.argmax(1), wanted)
        torch.testing.assert_close(net.fuse(pair, torch.zeros(2, dtype=torch.long), said).family, said.family)


def test_a_network_that_names_no_family_is_told_none():
    net = build_fusion_net("fusion", width=4).eval()
    output = net(*pictures(2, 64))
    assert output.family is None
    assert not any("modulation" in name for name in net.state_dict())


def test_families_are_different_names():
    assert FusionConfig(preset="fusion").family_names == ()
    with pytest.raises(ConfigError, match="different names"):
        build_fusion_net("fusion", families="halo,halo")
    with pytest.raises(ConfigError, match="different names"):
        build_fusion_net("fusion", families="halo,")
    with pytest.raises(ConfigError, match="need layout_head"):
        build_fusion_net("unet", families=NAMES)
