"""TextCrossAttention: words look at the maps of the layout branch, and change them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

HEADS = 4
WIDTH = 64
"""Channels of queries, keys and values, all heads together."""


@dataclass
class Words:
    """Tokens of a batch. ``vectors``: (B, T, D); ``present``: (B, T) bool, False where a row of padding stands."""

    vectors: Tensor
    present: Tensor

    @classmethod
    def none(cls, batch: int, dimensions: int) -> Words:
        """No words at all: what leaves the maps as they are."""
        return cls(torch.zeros(batch, 0, dimensions), torch.zeros(batch, 0, dtype=torch.bool))

    def to(self, device: torch.device | str) -> Words:
        """The same words on ``device``."""
        return Words(self.vectors.to(device), self.present.to(device))

    def join(self, other: Words) -> Words:
        """These words, then the others': (B, T + T', D)."""
        return Words(torch.cat([self.vectors, other.vectors], 1), torch.cat([self.present, other.present], 1))


class TextCrossAttention(nn.Module):
    """Adds to each place of a map what the words say about it: ``maps + W_o softmax(Q K^T / sqrt(d)) V``.

    Queries come from the map's places, keys and values from word vectors. The last projection starts at zero, so a
    fresh module is the identity; a pair without words passes unchanged at any time.

    Source: scaled dot-product attention, Vaswani et al. 2017, eq. 1; text as keys and values, Rombach et
    al. 2022, eq. 3.
    """

    def __init__(self, channels: int, word_dimensions: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(1, channels)
        self.to_query = nn.Conv2d(channels, WIDTH, 1, bias=False)
        self.to_key = nn.Linear(word_dimensions, WIDTH, bias=False)
        self.to_value = nn.Linear(word_dimensions, WIDTH, bias=False)
        self.to_out = nn.Conv2d(WIDTH, channels, 1)
        nn.init.zeros_(self.to_out.weight)
        nn.init.zeros_(self.to_out.bias)

    def forward(self, maps: Tensor, words: Words) -> tuple[Tensor, Tensor]:
        """Maps (B, C, h, w) and the attention (B, T, h, w), mean over the heads; each place's sums to 1 over words."""
        b, _, h, w = maps.shape
        tokens = words.present.shape[1]
        if tokens == 0:
            return maps, maps.new_zeros(b, 0, h, w)
        query = self.to_query(self.norm(maps)).view(b, HEADS, -1, h * w)  # (B, H, d, hw)
        key = self.to_key(words.vectors).view(b, tokens, HEADS, -1).permute(0, 2, 1, 3)  # (B, H, T, d)
        value = self.to_value(words.vectors).view(b, tokens, HEADS, -1).permute(0, 2, 3, 1)  # (B, H, d, T)
        scores = (key @ query).float() / math.sqrt(key.shape[-1])  # (B, H, T, hw)
        anything = words.present.any(1)
        mask = words.present | ~anything[:, None]  # a pair without words attends to padding, and is left out below
        attention = scores.masked_fill(~mask[:, None, :, None], -math.inf).softmax(dim=2)
        read = (value @ attention.to(value.dtype)).reshape(b, WIDTH, h, w)
        said = self.to_out(read) * anything[:, None, None, None]
        return maps + said, attention.mean(1).view(b, tokens, h, w) * anything[:, None, None, None]
