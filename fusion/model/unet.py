"""The U-Net: encoder, decoder, and one attention slot in every up block."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fusion.model.attention import AttentionMaps, GlobalContext, PositionalAttentionSE, SkipGate, SqueezeExcitation
from fusion.model.config import FusionConfig
from fusion.model.feature_modulation import FeatureModulation
from fusion.model.layers import ConvBlock, DoubleConv, ResidualDoubleConv, pixel_by_pixel
from fusion.model.position import PositionalEncoding
from fusion.names import ATTENTION_BLOCKS

Locate = Callable[[int, int], Tensor]
"""Positional tensor (B or 1, planes, h, w) for a map of height h and width w."""


class UpBlock(nn.Module):
    """2x2 transposed conv, concatenation with the encoder's map of the same size, attention, two convolutions."""

    def __init__(self, in_channels: int, out_channels: int, config: FusionConfig, last: bool, attends: bool) -> None:
        super().__init__()
        self.upsample = nn.ConvTranspose2d(in_channels, out_channels, 2, stride=2)
        self.skips = config.skips
        joined = out_channels * (2 if config.skips else 1)
        self.skip_gate = SkipGate(out_channels) if config.attention == "gate" and config.skips else None
        self.attention: nn.Module | None = None
        if attends and config.attention == "se":
            self.attention = SqueezeExcitation(joined)
        elif attends and config.attention in ("position", "layout"):
            self.attention = PositionalAttentionSE(joined, planes=3 if config.attention == "layout" else 2)
        convs = ResidualDoubleConv if config.residual else DoubleConv
        self.convs = convs(joined, out_channels, config.head_channels if last else out_channels)

    def forward(self, x: Tensor, skip: Tensor, locate: Locate, attend: bool) -> tuple[Tensor, AttentionMaps | None]:
        """``x``: (B, in, h, w), ``skip``: (B, out, 2h, 2w). Returns (B, out, 2h, 2w) and what multiplied it."""
        x = self.upsample(x)
        if self.skip_gate is not None:
            skip = self.skip_gate(skip, x)
        if self.skips:
            x = torch.cat([skip, x], dim=1)
        maps = None
        if self.attention is not None and attend:
            maps = self.attention(x, locate(*x.shape[-2:]))
            channel, spatial = maps.channel[:, :, None, None], maps.spatial
            x = x * channel * spatial if torch.is_grad_enabled() else x.mul_(channel).mul_(spatial)
        return self.convs(x), maps


class DownBlock(nn.Module):
    """2x2 max-pool, then one 3x3 conv + BN + ReLU (a residual double convolution in ``res-unet``).

    The last one adds global context, where the preset has it.
    """

    def __init__(self, in_channels: int, out_channels: int, config: FusionConfig, last: bool) -> None:
        super().__init__()
        self.pool = nn.MaxPool2d(2)
        self.convs = (ResidualDoubleConv if config.residual else ConvBlock)(in_channels, out_channels)
        self.context = GlobalContext(out_channels) if config.context and last else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """(B, in, h, w) to (B, out, h / 2, w / 2)."""
        return self.context(self.convs(self.pool(x)))


class UNet(nn.Module):
    """Four poolings down, four transposed convolutions up, skips between maps of one size.

    With the published width: 6 -> 64 -> 128 -> 256 -> 512 -> 1024 and back to ``head_channels`` (6).

    Source: DESIGN section 1, U-Net encoder and decoder.
    """

    UPS = ("up1", "up2", "up3", "up4")

    def __init__(self, in_channels: int, config: FusionConfig) -> None:
        super().__init__()
        # Pixels a side that it sees at most; a head that has nothing but its features would blur.
        self.largest = config.size if config.output == "alpha-over" else None
        widths = [config.width * 2**level for level in range(5)]
        self.stem = (ResidualDoubleConv if config.residual else ConvBlock)(in_channels, widths[0])
        self.downs = nn.ModuleList(DownBlock(a, b, config, last=b == widths[-1]) for a, b in itertools.pairwise(widths))
        self.middle = PositionalEncoding(widths[2], config.position_planes) if config.position == "middle" else None
        for i, name in enumerate(self.UPS):
            attends = config.attention_blocks == "all" or name in ATTENTION_BLOCKS
            last = name == self.UPS[-1]
            setattr(self, name, UpBlock(widths[4 - i], widths[3 - i], config, last=last, attends=attends))
        self.modulation = modulation(config, widths)

    def forward(
        self, x: Tensor, locate: Locate, disabled: frozenset[str] = frozenset(), family: Tensor | None = None
    ) -> tuple[Tensor, dict[str, AttentionMaps]]:
        """``x``: (B, in, H, W), H and W multiples of 16; ``family``: (B, families), where the preset is told of it.

        Returns (B, head_channels, H, W) and the attention maps.
        """
        # One memory format from end to end: mixed ones cost more in copies than the convolutions themselves.
        skips = [self.told("stem", self.stem(pixel_by_pixel(x)), family)]
        for level, down in enumerate(self.downs):
            x = self.told(f"down{level + 1}", down(skips[-1]), family)
            if level == 1 and self.middle is not None and "position" not in disabled:
                x = x * self.middle(x)
            skips.append(x)

        x, attention = skips.pop(), {}
        for name in self.UPS:
            x, maps = getattr(self, name)(x, skips.pop(), locate, attend=name not in disabled)
            x = self.told(name, x, family)
            if maps is not None:
                attention[name] = maps
        return x, attention

    def told(self, name: str, x: Tensor, family: Tensor | None) -> Tensor:
        """The map ``x`` that leaves the block ``name``, as the recipe's family changes it."""
        return x if family is None or self.modulation is None else self.modulation[name](x, family)


def in_its_size(
    unet: UNet, x: Tensor, locate: Locate, disabled: frozenset[str], family: Tensor | None
) -> tuple[Tensor, dict[str, AttentionMaps]]:
    """As ``UNet.forward``, but of a copy of at most ``unet.largest`` pixels a side, whose features are then enlarged.

    A U-Net that is shown more pixels than it ever was in training opens other gates: the sticker would change with its
    size. The head lays the pictures over each other in their own size, so nothing is lost but the gates' finest edges.
    """
    if unet.training or unet.largest is None or x.shape[-1] <= unet.largest:
        return unet(x, locate, disabled, family)
    features, attention = unet(resized(x, unet.largest), locate, disabled, family)
    return resized(features, x.shape[-1]), attention


def resized(x: Tensor, side: int) -> Tensor:
    """Square maps (B, C, S, S) with ``side`` pixels a side, by bilinear interpolation, as graphs can have it too."""
    return F.interpolate(x, (side, side), mode="bilinear", align_corners=False)


def modulation(config: FusionConfig, widths: list[int]) -> nn.ModuleDict | None:
    """What the family changes about the map that leaves each block; ``widths``: channels by level from the stem."""
    if not config.families:
        return None
    down = {"stem": widths[0], **{f"down{level}": width for level, width in enumerate(widths[1:], 1)}}
    up = {name: widths[3 - i] for i, name in enumerate(UNet.UPS)} | {UNet.UPS[-1]: config.head_channels}
    families = len(config.family_names)
    return nn.ModuleDict({name: FeatureModulation(families, width) for name, width in (down | up).items()})
