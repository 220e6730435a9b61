"""Phases: rates, limits, switches, and what a frozen part keeps."""

import math
from dataclasses import replace

import pytest
import torch

from fusion.errors import FusionError
from fusion.model import build_fusion_net
from fusion.training.criterion import freeze
from fusion.training.phases import (
    ADAPTIVE_SWITCH,
    LAYOUT_MODULES,
    ROUND,
    Phase,
    Switch,
    choose,
    parse_switch,
    schedule,
    within,
)

PHASE = Phase("test", 64, 8, 1000, {"l1": 1.0}, 1.0, learning_rate=1.0, warmup=10)


def test_the_rate_warms_up_and_falls_to_its_floor():
    rates = [PHASE.rate(step, 0) for step in range(1001)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[10] == pytest.approx(1, abs=1e-3)
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[1000] == pytest.approx(PHASE.floor)


def test_the_larger_share_of_steps_and_minutes_counts():
    timed = replace(PHASE, minutes=10)
    assert timed.fraction(500, 2) == 0.5
    assert timed.fraction(100, 9) == 0.9
    assert replace(timed, steps=math.inf).fraction(10**9, 2.5) == 0.25


def test_the_published_switch_waits_for_a_whole_window():
    switch = Switch("similarity", 0.92, 3)
    assert not switch.reached([0.95, 0.95])
    assert switch.reached([0.1, 0.92, 0.92, 0.93])
    assert not switch.reached([0.95, 0.95, 0.80])


def test_the_adaptive_switch_ends_when_the_gain_is_small():
    switch = Switch("adaptive", 0.05, 2)
    assert not switch.reached([1, 1, 0.5])
    assert not switch.reached([1, 1, 0.9, 0.9])
    assert switch.reached([1, 1, 0.99, 0.98])


@pytest.mark.parametrize("text", ["soon", "0", "1.5", "nan"])
def test_a_switch_that_makes_no_sense_is_refused(text):
    with pytest.raises(FusionError, match="adaptive"):
        parse_switch(text)


def test_schedules_grow_and_put_the_switch_on_phase_one():
    phases = schedule("fusion", 256, switch="adaptive")
    assert [phase.size for phase in phases] == [64, 64, 128, 256]
    assert phases[0].switch == ADAPTIVE_SWITCH
    assert not phases[0].paints
    assert schedule("unet-se-po", 64, switch="0.88")[0].switch.bound == 0.88
    assert schedule("unet-se-po", 64, switch="0.88")[0].paints
    assert [phase.name for phase in schedule("unet", 64)] == ["image-64"]
    assert schedule("unet-se-po", 64, published=True)[0].weights == {"composite": 1.0}


def test_phases_can_be_chosen_and_limited():
    phases = choose(schedule("fusion", 256), "image-64=20steps,layout=12")
    assert [(phase.name, phase.steps, phase.minutes) for phase in phases] == [
        ("image-64", 20, None),
        ("layout", math.inf, 12.0),
    ]
    limited = within(schedule("fusion", 128), 10)
    assert sum(phase.minutes for phase in limited) == pytest.approx(10)
    assert choose(schedule("fusion", 256), "none") == []
    for wrong in ("image-512", "layout=long", "layout=0", "layout=-3", "layout=inf", "layout=0steps"):
        with pytest.raises(FusionError):
            choose(schedule("fusion", 256), wrong)


def test_sizes_that_cannot_be_pooled_are_refused():
    with pytest.raises(FusionError, match="multiple of 16"):
        schedule("fusion", 100)


def test_freezing_covers_batchnorm_statistics():
    net = build_fusion_net("fusion", width=4)
    freeze(net, LAYOUT_MODULES)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    first, second = torch.rand(4, 4, 32, 32), torch.rand(4, 4, 32, 32)
    output = net(first, second)
    (output.image.mean() + output.main_logit.mean()).backward()
    changed = {name.split(".")[0] for name, value in net.state_dict().items() if not torch.equal(value, before[name])}
    assert changed <= set(LAYOUT_MODULES)
    assert "layout_trunk" in changed
    learned = {name.split(".")[0] for name, p in net.named_parameters() if p.grad is not None}
    assert learned <= set(LAYOUT_MODULES)
    freeze(net, ())
    assert all(p.requires_grad for p in net.parameters())
    assert all(part.training for part in net.modules())


def test_only_the_last_of_several_stages_ends_on_plain_l1():
    betas = [phase.beta for phase in schedule("fusion", 256) if phase.fuses]
    assert betas == [ROUND, ROUND, 0.0]
    assert [phase.beta for phase in schedule("unet", 64)] == [ROUND]
