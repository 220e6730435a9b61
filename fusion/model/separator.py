"""EmojiSeparator: each of the two emoji through its own convolution."""

from __future__ import annotations

from torch import Tensor, nn


class EmojiSeparator(nn.Module):
    """Splits what comes in together into the two emoji and gives each its own 3x3 conv + BN + ReLU.

    The weights are not shared. ``activation=False`` leaves the ReLU out: with few channels it destroys
    colour (DESIGN section 8). ``out_channels=0`` passes the pictures through (the plain U-Nets).

    Source: DESIGN section 1, EmojiSeparator.
    """

    def __init__(self, in_channels: int, out_channels: int, activation: bool = True) -> None:
        super().__init__()
        self.out_channels = out_channels or in_channels

        def branch() -> nn.Module:
            if not out_channels:
                return nn.Identity()
            layers = [nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False), nn.BatchNorm2d(out_channels)]
            return nn.Sequential(*layers, nn.ReLU(inplace=True)) if activation else nn.Sequential(*layers)

        self.first = branch()
        self.second = branch()

    def forward(self, pair: Tensor) -> tuple[Tensor, Tensor]:
        """``pair``: (B, 2C, H, W), the two pictures stacked. Returns two feature maps (B, out, H, W)."""
        first, second = pair.chunk(2, dim=1)
        return self.first(first), self.second(second)
