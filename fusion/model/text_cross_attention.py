"""TextCrossAttention: words look at the maps of the layout branch, and change them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from fusion.model.layers import start_at_zero

HEADS = 4
WIDTH = 64
"""Channels of queries, keys and values, all heads together."""

PADDING, NAMED, SAID = 0, 1, 2
"""Roles of a token: it fills up a row, it names the emoji, it is of the sentence that a person says."""


@dataclass
class Words:
    """Tokens of a batch. ``vectors``: (B, T, D); ``roles``: (B, T) long, of PADDING, NAMED and SAID.

    For a batch of pairs both have one dimension more, the emoji: (B, 2, T, D) and (B, 2, T).
    """

    vectors: Tensor
    roles: Tensor

    @classmethod
    def none(cls, batch: int, dimensions: int) -> Words:
        """No words at all: what leaves the maps as they are."""
        return cls(torch.zeros(batch, 0, dimensions), torch.zeros(batch, 0, dtype=torch.long))

    @property
    def present(self) -> Tensor:
        """(B, T) bool: where no padding stands."""
        return self.roles != PADDING

    def sentence(self) -> Tensor:
        """Of pairs: the mean vector of what a person says, (B, D); zeros where nobody says anything."""
        said = (self.roles[:, 0] == SAID).to(self.vectors.dtype)[..., None]  # both emoji hear the same
        return (self.vectors[:, 0] * said).sum(1) / said.sum(1).clamp_min(1)

    def stacked(self) -> Words:
        """Of pairs: the first emoji's tokens of all, then the second's: (2B, T, D)."""
        return Words(torch.cat(self.vectors.unbind(1)), torch.cat(self.roles.unbind(1)))

    def exchanged(self) -> Words:
        """Of pairs: the words of the second emoji first."""
        return Words(self.vectors.flip(1), self.roles.flip(1))

    def to(self, device: torch.device | str) -> Words:
        """The same words on ``device``."""
        return Words(self.vectors.to(device), self.roles.to(device))

    def join(self, other: Words) -> Words:
        """These words, then the others': (B, T + T', D)."""
        return Words(torch.cat([self.vectors, other.vectors], -2), torch.cat([self.roles, other.roles], -1))


class TextCrossAttention(nn.Module):
    """Adds to each place of a map what the words say about it: ``maps + W_o softmax(Q K^T / sqrt(d)) V``.

    Queries come from the map's places, keys and values from word vectors, to which the word's role is added: "head"
    means one thing in a name and another in a wish. The last projection starts at zero, so a fresh module is the
    identity; a pair without words passes unchanged at any time. The order of the words does not matter.

    Source: scaled dot-product attention, Vaswani et al. 2017, eq. 1; text as keys and values, Rombach et
    al. 2022, eq. 3.
    """

    def __init__(self, channels: int, word_dimensions: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(1, channels)
        self.role = nn.Embedding(SAID + 1, word_dimensions, padding_idx=PADDING)
        self.to_query = nn.Conv2d(channels, WIDTH, 1, bias=False)
        self.to_key = nn.Linear(word_dimensions, WIDTH, bias=False)
        self.to_value = nn.Linear(word_dimensions, WIDTH, bias=False)
        self.to_out = nn.Conv2d(WIDTH, channels, 1)
        start_at_zero(self.to_out)

    def forward(self, maps: Tensor, words: Words) -> tuple[Tensor, Tensor]:
        """Maps (B, C, h, w) and the attention (B, T, h, w), mean over the heads; each place's sums to 1 over words."""
        b, _, h, w = maps.shape
        tokens = words.roles.shape[1]
        if tokens == 0:
            return maps, maps.new_zeros(b, 0, h, w)
        vectors = words.vectors.to(self.role.weight.dtype) + self.role(words.roles)  # (B, T, D)
        query = self.to_query(self.norm(maps)).reshape(b, HEADS, -1, h * w)  # (B, H, d, hw)
        key = self.to_key(vectors).view(b, tokens, HEADS, -1).permute(0, 2, 1, 3)  # (B, H, T, d)
        value = self.to_value(vectors).view(b, tokens, HEADS, -1).permute(0, 2, 3, 1)  # (B, H, d, T)
        scores = (key @ query).float() / math.sqrt(key.shape[-1])  # (B, H, T, hw)
        anything = words.present.any(1)
        mask = words.present | ~anything[:, None]  # a pair without words attends to padding, and is left out below
        attention = scores.masked_fill(~mask[:, None, :, None], -math.inf).softmax(dim=2)
        read = (value @ attention.to(value.dtype)).reshape(b, WIDTH, h, w)
        said = self.to_out(read) * anything[:, None, None, None]
        return maps + said, attention.mean(1).view(b, tokens, h, w) * anything[:, None, None, None]
