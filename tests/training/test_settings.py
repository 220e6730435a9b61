"""``train --set``: every variant of DESIGN section 1 is another network that learns; what makes no sense is said."""

import pytest
import torch

from fusion.data.batch import collate
from fusion.data.sampler import PairSampler
from fusion.model import build_fusion_net
from fusion.model.config import ConfigError
from fusion.model.variants import VARIANTS, parse_settings
from fusion.training.criterion import Criterion
from fusion.training.phases import schedule
from tests.support.fake_teacher import FakeTeacher

BASE = "unet-se-po"


@pytest.mark.parametrize("text", VARIANTS)
def test_each_variant_is_another_network_and_learns(text):
    settings = parse_settings([text])
    assert settings == VARIANTS[text]
    torch.manual_seed(0)
    net = build_fusion_net(BASE, width=4, size=32, **settings)
    assert net.config != build_fusion_net(BASE, width=4, size=32).config
    teacher = FakeTeacher(net.config.frame)
    batch = collate(PairSampler(teacher).draw(4, 0), teacher, 32)
    phase = schedule(BASE, 32, settings)[-1]
    terms = Criterion(net, phase)(batch)
    sum(phase.weights[name] * term for name, term in terms.items() if name in phase.weights).backward()
    assert all(parameter.grad.isfinite().all() for parameter in net.parameters() if parameter.grad is not None)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("position", "write KEY=VALUE"),
        ("=middle", "no setting"),
        ("postion=middle", "did you mean position"),
        ("position=sideways", "it can be 'off', 'before', 'middle'"),
        ("skips=perhaps", "true or false"),
        ("position_planes=many", "a whole number"),
        ("position_planes=3", "it can be 2, 4"),
        ("width=8", "use --width"),
        ("output=alpha-over", "needs has_alpha"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(text, sentence):
    with pytest.raises(ConfigError, match=sentence) as error:
        build_fusion_net(BASE, **parse_settings([text]))
    assert "\n" not in str(error.value)


def test_a_set_layout_head_has_its_phase():
    assert [phase.name for phase in schedule("unet", 64)] == ["image-64"]
    settings = parse_settings(["layout_head=trunk"])
    assert [phase.name for phase in schedule("unet", 64, settings)] == ["layout", "image-64"]
