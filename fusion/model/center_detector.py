"""EmojiCenterDetector: which of the two emoji is the main subject."""

from __future__ import annotations

from torch import Tensor, nn

from fusion.model.layout_trunk import HEADS


class EmojiCenterDetector(nn.Module):
    """Decides which of the two emoji is the main subject; the other is the non-main.

    The score of a pair is antisymmetric by construction, ``h(second, first) - h(first, second)``, so that
    swapping the maps swaps the decision. A fresh detector is undecided (logit 0).

    Source: DESIGN section 1, EmojiCenterDetector.
    """

    def __init__(self, channels: int, head: str) -> None:
        super().__init__()
        self.head = HEADS[head](channels, 1)
        numbers = self.head.numbers
        # A zero weight would also zero the gradient of everything before it, on both sides of the difference.
        nn.init.normal_(numbers.weight, std=1e-3)

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Two maps (B, C, h, w) to a logit (B,): above zero the *second* emoji is the main subject."""
        return (self.head(second, first) - self.head(first, second))[:, 0].float()


UNDECIDED = 1.0
"""Logits up to this, a confidence of 73 %, leave the two emoji equals."""


def decide(logit: Tensor) -> Tensor:
    """The main subject (B,), 0 or 1, of logits (B,). Of two equals (two smileys) the first is the main subject.

    An antisymmetric score cannot say "the first" of two emoji that may stand in either order: trained on such
    pairs it ends at zero, and this rule decides. Swapping the inputs swaps every decision that is one.
    """
    return (logit > UNDECIDED).long()


def order_by_main(main: Tensor, first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """``(main, non-main)`` of two tensors (B, ...) where ``main`` (B,) is 0 for the first, 1 for the second."""
    if main.shape[0] == 1 and main.device.type == "cpu":  # one pair: nothing to mix, so nothing to copy
        return (second, first) if main.item() else (first, second)
    is_second = main.bool().view(-1, *[1] * (first.dim() - 1))
    return first.where(~is_second, second), second.where(~is_second, first)
