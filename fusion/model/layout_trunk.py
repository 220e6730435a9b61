"""LayoutTrunk: the siamese encoder that looks at each emoji alone, on a fixed 64-pixel copy."""

from __future__ import annotations

import itertools

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fusion.model.layers import ConvBlock, start_at_zero
from fusion.model.text_cross_attention import TextCrossAttention, Words

VIEW = 64
"""The layout branch always looks at a 64-pixel copy: fine-tuning at others worsens it (DESIGN section 8)."""


HIDDEN = 128
"""Hidden units of a head over both emoji's maps, and of what a sentence does to them."""

DROPOUT = 0.15
"""Share of a pair's features left out in training: there are few emoji of each kind, and a head soon knows each by
heart. For a network that is asked about emoji it has seen, that is to the good: less is left out then."""


class LayoutTrunk(nn.Module):
    """One small shared stack of convolutions for both emoji: four of stride 2 and one more, to a 4x4 map.

    With ``words``, the dimensions of word vectors, the two maps can also take in what the words say (``read``).

    Source: DESIGN section 2; section 8 for the widths.
    """

    WIDTHS = (32, 48, 64, 96)

    def __init__(self, in_channels: int, words: int = 0) -> None:
        super().__init__()
        channels = (in_channels, *self.WIDTHS)
        self.stages = nn.Sequential(
            *(ConvBlock(a, b, stride=2) for a, b in itertools.pairwise(channels)),
            ConvBlock(channels[-1], channels[-1]),
        )
        self.out_channels = channels[-1]
        if words:
            self.text_cross_attention = TextCrossAttention(channels[-1], words)

    def forward(self, first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
        """Two pictures (B, C, H, W) to two maps (B, 96, 4, 4)."""
        both = torch.cat([first, second])
        if both.shape[-2:] != (VIEW, VIEW):
            both = F.adaptive_avg_pool2d(both, VIEW) if both.shape[-1] > VIEW else F.interpolate(both, (VIEW, VIEW))
        return self.stages(both).chunk(2)

    def read(self, maps: tuple[Tensor, Tensor], words: Words) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
        """Both maps as changed by each emoji's words, (B, 2, T, D), and which word moved which place: (B, T, 4, 4)."""
        changed, attention = self.text_cross_attention(torch.cat(maps), words.stacked())
        return changed.chunk(2), attention.chunk(2)


class PairHead(nn.Module):
    """Numbers about a pair of 4x4 maps: 1x1 conv to 64, then 128 hidden units.

    The last layer starts at zero, so that a fresh network says ``bias``. With ``words``, the dimensions of a sentence's
    vector, a sentence gives each hidden unit a scale and a shift; in the maps its few words have to be heard among
    all those of the names. A fresh one changes nothing.

    Source: for the sentence FiLM, Perez et al. 2018.
    """

    def __init__(self, channels: int, outputs: int, words: int = 0) -> None:
        super().__init__()
        self.sentence = SentenceModulation(words, HIDDEN) if words else None
        self.mix = nn.Sequential(
            nn.Conv2d(2 * channels, 64, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.Dropout(DROPOUT)
        )
        self.hidden = nn.Sequential(nn.Flatten(), nn.Linear(64 * 16, HIDDEN), nn.ReLU(inplace=True))
        self.numbers = nn.Linear(HIDDEN, outputs)
        start_at_zero(self.numbers)

    def features(self, a: Tensor, b: Tensor, said: Tensor | None = None) -> Tensor:
        """What the numbers are read off: two maps (B, C, 4, 4) and a sentence (B, words) to (B, 128)."""
        flatten, linear, relu = self.hidden
        units = linear(flatten(self.mix(torch.cat([a, b], dim=1))))
        return relu(units if said is None or self.sentence is None else self.sentence(units, said))

    def forward(self, a: Tensor, b: Tensor, said: Tensor | None = None) -> Tensor:
        """Two maps (B, C, 4, 4) and a sentence (B, words), where one is heard, to (B, outputs)."""
        return self.numbers(self.features(a, b, said))


class SentenceModulation(nn.Module):
    """A scale and a shift of each hidden unit, from the vector of a sentence; none from zeros: nobody says anything."""

    def __init__(self, words: int, units: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(words, HIDDEN, bias=False)
        self.numbers = nn.Linear(HIDDEN, 2 * units, bias=False)
        nn.init.zeros_(self.numbers.weight)

    def forward(self, units: Tensor, said: Tensor) -> Tensor:
        """``units``: (B, units); ``said``: (B, words)."""
        scale, shift = self.numbers(F.relu(self.hidden(said.to(units.dtype)))).chunk(2, dim=1)
        return units * (1 + scale) + shift


class PooledHead(nn.Module):
    """The published head: both maps averaged to 1x1, concatenated, 1x1 conv to C/4, 1x1 conv to the numbers.

    With 3 + 3 channels C/4 is a single hidden unit: that is what was published, and why it learns so little. No
    activation is published between the two, and a ReLU on the only unit there is can die before it has learned.
    """

    def __init__(self, channels: int, outputs: int) -> None:
        super().__init__()
        hidden = max(2 * channels // 4, 1)
        self.squeeze = nn.Conv2d(2 * channels, hidden, 1)
        self.numbers = nn.Conv2d(hidden, outputs, 1)
        start_at_zero(self.numbers)

    def features(self, a: Tensor, b: Tensor) -> Tensor:
        """What the numbers are read off: two maps (B, C, h, w) to (B, 2C, 1, 1)."""
        return torch.cat([F.adaptive_avg_pool2d(a, 1), F.adaptive_avg_pool2d(b, 1)], dim=1)

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Two maps (B, C, h, w) to (B, outputs)."""
        return self.numbers(self.squeeze(self.features(a, b))).flatten(1)


HEADS: dict[str, type[PooledHead] | type[PairHead]] = {"pooled": PooledHead, "trunk": PairHead}


def set_dropout(net: nn.Module, share: float) -> None:
    """Let all heads of ``net`` miss ``share`` of a pair's features in training, in place; it is no part of weights."""
    for layer in net.modules():
        if isinstance(layer, nn.Dropout):
            layer.p = share
