"""What the pipeline asks of whatever runs the network: a FusionNet as it is, an accelerated copy, another runtime."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

from fusion.model import FusionConfig, FusionOutput, PairFeatures
from fusion.model.center_aware_scale import LayoutPrediction
from fusion.model.text_cross_attention import Words


class Engine(Protocol):
    """The three steps of a fusion, each as in :class:`fusion.model.FusionNet`, and what is to be known of the network.

    The steps are apart so that what an override leaves untouched need not run again.
    """

    config: FusionConfig
    aligns: bool

    def perceive(self, first: Tensor, second: Tensor, words: Words | None = None) -> PairFeatures:
        """What is known of a pair before any layout."""

    def plan(self, pair: PairFeatures, main: Tensor) -> LayoutPrediction:
        """Where the non-main goes, given the main subject."""

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
        """Everything that lies after a layout."""

    def to_rgba(self, image: Tensor) -> Tensor:
        """The picture of an output as premultiplied RGBA (B, 4, H, W) in [0, 1]."""
