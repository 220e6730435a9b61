"""Tiny networks and pictures for the tests of the networks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from fusion.geometry import IDENTITY
from fusion.model import FusionNet, build_fusion_net
from fusion.model.aligned import Aligned

ALL = ("fusion", "unet-se-po", "unet", "unet-se", "attention-unet", "res-unet")


def tiny(preset: str = "fusion", seed: int = 0, **settings: object) -> FusionNet:
    """A preset on a tiny width, in eval mode, as it starts."""
    torch.manual_seed(seed)
    return build_fusion_net(preset, **{"width": 4, **settings}).eval()


def awake(net: FusionNet, seed: int = 0) -> FusionNet:
    """``net`` with odd BatchNorm statistics and no layer at zero, in place: now every part says something."""
    generator = torch.Generator().manual_seed(seed)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.2, generator=generator)
            module.running_var.uniform_(0.5, 1.5, generator=generator)
    with torch.no_grad():
        for parameter in net.parameters():
            if parameter.abs().max() == 0:
                parameter.normal_(0, 0.1, generator=generator)
    return net


def pictures(batch: int = 2, side: int = 32, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Two batches of premultiplied RGBA (B, 4, side, side): coloured discs on nothing."""
    generator = torch.Generator().manual_seed(seed)
    y, x = torch.meshgrid(*[torch.linspace(-1, 1, side)] * 2, indexing="ij")
    radius = 0.3 + 0.5 * torch.rand(2 * batch, 1, 1, generator=generator)
    alpha = ((radius - (x**2 + y**2).sqrt()) * side / 2 + 0.5).clamp(0, 1)[:, None]
    colour = torch.rand(2 * batch, 3, 1, 1, generator=generator) * (0.6 + 0.4 * x)
    first, second = torch.cat([colour * alpha, alpha], dim=1).chunk(2)
    return first, second


def aligned(main: Tensor, instances: Tensor | None = None) -> Aligned:
    """``main`` (B, 4, H, W) with nothing laid over it, or with ``instances`` (B, K, 4, H, W): what a head takes."""
    instances = torch.zeros_like(main)[:, None] if instances is None else instances
    batch, k = instances.shape[:2]
    layout, presence = torch.tensor(IDENTITY).expand(batch, k, 4), torch.ones(batch, k)
    return Aligned(main, instances[:, 0], instances, None, main, layout, presence, torch.zeros(batch))


def count(module: nn.Module) -> int:
    """Parameters of ``module``."""
    return sum(parameter.numel() for parameter in module.parameters())


@contextmanager
def recorded(module: nn.Module) -> Iterator[list[tuple]]:
    """A list of what goes in and comes out: (inputs, output) of every forward of ``module`` meanwhile."""
    seen: list[tuple] = []
    hook = module.register_forward_hook(lambda _, inputs, output: seen.append((inputs, output)))
    yield seen
    hook.remove()
