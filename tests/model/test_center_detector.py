"""EmojiCenterDetector: "decides which of the two is the main subject (binary); the other is the non-main"."""

import pytest
import torch

from fusion.model.center_detector import UNDECIDED, EmojiCenterDetector, decide, order_by_main
from tests.support.nets import awake, pictures, tiny


@pytest.mark.parametrize("head", ["pooled", "trunk"])
def test_swapping_the_maps_swaps_the_decision(head):
    torch.manual_seed(0)
    detector = EmojiCenterDetector(6, head).eval()
    a, b = torch.rand(5, 6, 4, 4), torch.rand(5, 6, 4, 4)
    assert torch.equal(detector(a, b), -detector(b, a))


def test_swapping_the_inputs_swaps_the_decision_of_fusion():
    net, (first, second) = awake(tiny()), pictures(8)
    with torch.no_grad():
        net.center_detector.head.numbers.weight.mul_(1e7)
    logit, swapped = net.perceive(first, second).main_logit, net.perceive(second, first).main_logit
    assert logit.abs().min() > UNDECIDED
    torch.testing.assert_close(swapped, -logit)
    there, back = net(first, second), net(second, first)
    assert torch.equal(there.main, 1 - back.main)
    torch.testing.assert_close(there.layout, back.layout)
    torch.testing.assert_close(there.composite, back.composite)


def test_swapping_the_inputs_swaps_the_decision_of_the_published_network_with_tied_branches():
    net, (first, second) = tiny("unet-se-po"), pictures(8)
    with torch.no_grad():
        net.center_detector.head.squeeze.weight.uniform_(-1, 1)
    net.separator.second.load_state_dict(net.separator.first.state_dict())
    logit = net.perceive(first, second).main_logit
    assert logit.abs().max() > 0
    torch.testing.assert_close(net.perceive(second, first).main_logit, -logit)


def test_the_decision_is_binary_and_the_other_is_the_non_main(published):
    first, second = pictures(4)
    out = published(first, second)
    assert out.main.dtype == torch.long
    assert set(out.main.tolist()) <= {0, 1}
    for forced in (0, 1):
        out = published(first, second, main=torch.full((4,), forced))
        assert torch.equal(out.main_image, (first, second)[forced])
        assert not torch.equal(out.instances[:, 0], (first, second)[forced])


@pytest.mark.parametrize("batch", [1, 3])
def test_order_by_main(batch):
    first, second = torch.zeros(batch, 2, 3, 3), torch.ones(batch, 2, 3, 3)
    for value in (0, 1):
        main, other = order_by_main(torch.full((batch,), value), first, second)
        assert (main == value).all()
        assert (other == 1 - value).all()
    main, other = order_by_main(torch.tensor([0, 1, 0]), torch.zeros(3, 4), torch.ones(3, 4))
    assert main[:, 0].tolist() == [0, 1, 0]
    assert other[:, 0].tolist() == [1, 0, 1]


def test_of_two_equals_the_first_is_the_main_subject():
    logits = torch.tensor([-9.0, -UNDECIDED, -0.1, 0.0, 0.1, UNDECIDED, UNDECIDED + 0.01, 9.0])
    assert decide(logits).tolist() == [0, 0, 0, 0, 0, 0, 1, 1]


def test_an_emoji_with_itself_takes_the_first():
    net, (first, _) = awake(tiny()), pictures(4)
    assert net(first, first).main.tolist() == [0] * 4
