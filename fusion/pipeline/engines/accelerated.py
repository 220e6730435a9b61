"""accelerate: an inference copy of a FusionNet that paints the same pictures in less time.

Precision and its price: bfloat16 halves the traffic and, with matrix units, the arithmetic costs next to nothing,
but eight bits of mantissa are just at the edge of what a picture of 8 bits shows. How much of a network may work
in it is therefore measured on that network, ring by ring from the smallest maps outwards.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from fusion.geometry import over
from fusion.model.attention import AttentionMaps
from fusion.model.center_aware_scale import LayoutPrediction
from fusion.model.fusion_net import FusionNet, FusionOutput, PairFeatures
from fusion.model.layers import channels_last
from fusion.model.position import coordinate_planes
from fusion.model.text_cross_attention import Words
from fusion.model.unet import Locate, UNet
from fusion.pipeline.engines.cuda_graphs import GraphedUNet

TOLERANCE = 2 / 255
"""Largest difference from the plain network that any pixel of an output may show."""
MARGIN = 0.5
"""Share of the tolerance that the probe pictures may use up: they are few."""
PROBE_SIZE, PROBES = 128, 2
RINGS = (("stem", "up4"), ("downs.0", "up3"), ("downs.1", "up2"), ("downs.2", "up1"), ("downs.3",))
"""Parts of the U-Net by the size of their maps. Rounding shows most at full size, just before the output."""
RINGS_TRIED = {"direct": (5, 4, 3), "residual": (5, 4, 3), "alpha-over": ()}
"""So many innermost rings in bfloat16, by output; fewer would save little.

A trained gate is steep and closes on few pairs, where a rounded logit shows, and no handful of probes would have
warned of it: on real emoji 2.9/255 with three rings, 8.2/255 with the innermost alone, by the test of trained weights
in tests/pipeline/test_accelerated.py. So the alpha-over network stays in float32.
"""


class QuickFusionNet(FusionNet):
    """A FusionNet whose steps keep nothing for a gradient. Made by :func:`accelerate`; not meant to be saved."""

    @torch.inference_mode()
    def perceive(self, first: Tensor, second: Tensor, words: Words | None = None) -> PairFeatures:
        """As ``FusionNet.perceive``."""
        return super().perceive(first, second, words)

    @torch.inference_mode()
    def plan(self, pair: PairFeatures, main: Tensor) -> LayoutPrediction:
        """As ``FusionNet.plan``."""
        return super().plan(pair, main)

    @torch.inference_mode()
    def fuse(
        self,
        pair: PairFeatures,
        main: Tensor,
        prediction: LayoutPrediction,
        layout: Tensor | None = None,
        presence: Tensor | None = None,
        recolour: Tensor | None = None,
        disabled: frozenset[str] = frozenset(),
        family: Tensor | None = None,
    ) -> FusionOutput:
        """As ``FusionNet.fuse``."""
        return super().fuse(pair, main, prediction, layout, presence, recolour, disabled, family)


def accelerate(net: FusionNet, size: int = 256, device: str | torch.device = "cpu") -> QuickFusionNet:
    """A copy of ``net`` on ``device`` for inference only, with the same three steps and the same outputs.

    BatchNorm is folded into the convolutions, maps are channels-last, and positional weights are computed once
    per size. On a CPU with bfloat16 units as much of the U-Net works in bfloat16 as keeps every pixel within
    ``TOLERANCE``; on CUDA all of it works in float16, and its launches are recorded once and replayed.

    ``size``: side of the pictures to come, in pixels; other sizes work too.
    """
    device = torch.device(device)
    quick = QuickFusionNet.from_config(net.config)
    quick.load_state_dict(net.state_dict())
    quick.requires_grad_(False).eval()
    fold_batch_norm(quick)
    if quick.position is not None:
        quick.set_submodule("position", Cached(quick.position))
    channels_last(quick, device)
    if device.type == "cuda":
        lower_precision(quick.unet, torch.float16)
        quick.set_submodule("unet", GraphedUNet(quick.unet))
    elif has_bfloat16():
        choose_precision(quick, min(size, PROBE_SIZE))
    return quick


def fold_batch_norm(module: nn.Module) -> None:
    """Fold every BatchNorm that follows a convolution into it, in place. ``module`` must be in eval mode."""
    for sequence in [m for m in module.modules() if isinstance(m, nn.Sequential)]:
        for i in range(1, len(sequence)):
            conv, norm = sequence[i - 1], sequence[i]
            if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                sequence[i - 1], sequence[i] = fuse_conv_bn_eval(conv, norm), nn.Identity()


class Cached(nn.Module):
    """A positional encoding whose weights, which depend on nothing but the size, are computed once per size."""

    def __init__(self, encoding: nn.Module) -> None:
        super().__init__()
        self.encoding = encoding
        self.weights: dict[tuple, Tensor] = {}

    def forward(self, x: Tensor) -> Tensor:
        """Weights (1, C, H, W) for features ``x`` (B, C, H, W)."""
        key = (*x.shape[-2:], x.device, x.dtype)
        if key not in self.weights:
            self.weights[key] = self.encoding(x)
        return self.weights[key]


class LowPrecision(nn.Module):
    """A part of the U-Net that works in ``dtype``, whatever comes in; attention maps come out in float32."""

    def __init__(self, part: nn.Module, dtype: torch.dtype, last: bool) -> None:
        super().__init__()
        self.part, self.dtype, self.last = part.to(dtype), dtype, last

    def forward(
        self, x: Tensor, skip: Tensor | None = None, locate: Locate | None = None, **settings: bool
    ) -> Tensor | tuple[Tensor, AttentionMaps | None]:
        """As the part itself: a map for a map, or (map, attention maps) where a skip comes in."""
        x = x.to(self.dtype)
        if skip is None or locate is None:
            return self.part(x)
        x, maps = self.part(x, skip.to(self.dtype), lambda h, w: locate(h, w).to(self.dtype), **settings)
        maps = maps and AttentionMaps(maps.channel.float(), maps.spatial.float())
        return (x.float() if self.last else x), maps


def lower_precision(unet: UNet, dtype: torch.dtype, rings: int = len(RINGS)) -> None:
    """Let the ``rings`` innermost rings of the U-Net work in ``dtype``, the others in float32; in place."""
    for n, ring in enumerate(RINGS):
        for name in ring:
            low = n >= len(RINGS) - rings
            unet.set_submodule(
                name, LowPrecision(unet.get_submodule(name), dtype if low else torch.float32, last=name == "up4")
            )


def choose_precision(net: QuickFusionNet, side: int) -> None:
    """As much bfloat16 as leaves every pixel of drawn probes within the margin; none, if even the least does not."""
    plain, pairs = net.unet, drawn(side)
    wanted = net.to_rgba(net(*pairs).image)
    for rings in RINGS_TRIED[net.config.output]:
        net.unet = copy.deepcopy(plain)
        lower_precision(net.unet, torch.bfloat16, rings)
        if (net.to_rgba(net(*pairs).image) - wanted).abs().max() <= MARGIN * TOLERANCE:
            return
    net.unet = plain


def has_bfloat16() -> bool:
    """Whether this CPU multiplies bfloat16 in hardware; emulated, it would be slower than float32."""
    found: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(found.get("amx_bf16") or found.get("avx512_bf16"))


def drawn(side: int) -> tuple[Tensor, Tensor]:
    """Two batches (PROBES, 4, side, side) of pictures: ellipses of many colours, shaded, one over the other."""
    generator = torch.Generator().manual_seed(0)

    def rand(*shape: int) -> Tensor:
        return torch.rand(*shape, generator=generator)

    x, y = coordinate_planes(side, side)[0]
    pictures = torch.zeros(2 * PROBES, 4, side, side)
    for reach in (0.38, 0.2, 0.1, 0.1, 0.05):  # radii in fractions of the canvas, the ground first
        cx, cy = (0.5 + (0.42 - reach) * (2 * rand(2, 2 * PROBES, 1, 1) - 1)).unbind(0)
        radii = reach * (0.6 + 0.4 * rand(2, 2 * PROBES, 1, 1))
        inside = 1 - (((x - cx) / radii[0]) ** 2 + ((y - cy) / radii[1]) ** 2).sqrt()
        alpha = (inside * reach * side + 0.5).clamp(0, 1)[:, None]
        colour = rand(2 * PROBES, 3, 1, 1) * (0.7 + 0.3 * y)
        pictures = over(torch.cat([colour * alpha, alpha], dim=1), pictures)
    first, second = pictures.chunk(2)
    return first, second
