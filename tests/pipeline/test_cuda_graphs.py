"""Recorded U-Nets: what goes into a recording, and how many there are. Recording itself needs a GPU."""

import pytest
import torch

from fusion.pipeline.engines import cuda_graphs as graphs
from fusion.pipeline.engines.accelerated import accelerate
from fusion.pipeline.engines.cuda_graphs import GRAPHS, GraphedUNet
from tests.support.nets import awake, pictures, tiny


class OnPaper:
    """A recording that runs its U-Net launch by launch, from what it is given and nothing else."""

    made = 0

    def __init__(self, unet, x, planes, disabled, family):
        type(self).made += 1
        self.unet, self.disabled = unet, disabled

    def replay(self, x, planes, family):
        return self.unet(x, lambda h, _: planes[x.shape[-2] // h], self.disabled, family)


@pytest.fixture
def on_paper(monkeypatch):
    OnPaper.made = 0
    monkeypatch.setattr(graphs, "Recording", OnPaper)


@pytest.mark.parametrize(
    ("preset", "settings"),
    [("fusion", {}), ("fusion", {"families": "halo,print"}), ("unet-se-po", {}), ("unet-se", {}), ("unet", {})],
)
def test_a_recording_gets_all_that_the_unet_needs(on_paper, preset, settings):
    net, pair = awake(tiny(preset, **settings)), pictures(2, 64)
    wanted = net(*pair)
    net.unet = GraphedUNet(net.unet)
    for _ in range(2):
        found = net(*pair)
        torch.testing.assert_close(found.image, wanted.image)
        assert found.attention.keys() == wanted.attention.keys()
    assert OnPaper.made == 1


def test_every_shape_and_ablation_has_its_own_and_their_number_is_bounded(on_paper):
    net = awake(tiny())
    net.unet = GraphedUNet(net.unet)
    net(*pictures(1, 32))
    net(*pictures(2, 32))
    net(*pictures(1, 32), disabled=frozenset({"up3"}))
    assert OnPaper.made == 3
    for batch in range(3, GRAPHS + 5):
        assert net(*pictures(batch, 16)).image.shape[0] == batch
    assert OnPaper.made == GRAPHS


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("preset", ["fusion", "unet-se-po"])
def test_on_cuda_the_pictures_are_the_same(preset):
    net, pair = awake(tiny(preset, width=8)), pictures(2, 64)
    quick = accelerate(net, 64, "cuda")
    with torch.inference_mode():
        wanted = net.to_rgba(net(*pair).image)
        for _ in range(2):
            found = quick.to_rgba(quick(*(picture.cuda() for picture in pair)).image).cpu()
            assert (found - wanted).abs().max() <= 2 / 255
