"""CenterAwareScaleModule: scale and offset of the non-main emoji."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fusion.geometry import MAX_SCALE, MIN_SCALE, warp
from fusion.model.layers import bias_of
from fusion.model.layout_trunk import PairHead, PooledHead

SPREAD = 0.7
"""Standard deviation of the layout logits of all fresh hypotheses but the first: equal ones would stay equal."""


@dataclass
class Hypotheses:
    """M layouts that the branch weighs: ``logit`` (B, M), ``layout`` (B, M, K, 4), as in :class:`LayoutPrediction`."""

    logit: Tensor
    layout: Tensor
    presence_logit: Tensor  # (B, M, K)
    recolour_logit: Tensor  # (B, M)
    family_logit: Tensor | None = None  # (B, M, families)

    def of_pair(self, row: int) -> Hypotheses:
        """Those of one pair, as a batch of one."""
        families = self.family_logit
        return Hypotheses(
            self.logit[row, None],
            self.layout[row, None],
            self.presence_logit[row, None],
            self.recolour_logit[row, None],
            None if families is None else families[row, None],
        )

    def likeliest(self) -> LayoutPrediction:
        """The prediction of each pair's likeliest hypothesis."""
        return self.take(self.logit.argmax(dim=1))

    def take(self, index: Tensor) -> LayoutPrediction:
        """The prediction of hypothesis ``index`` (B,) of each pair."""
        row = torch.arange(index.shape[0], device=index.device)
        return LayoutPrediction(
            self.layout[row, index],
            self.presence_logit[row, index],
            self.recolour_logit[row, index],
            self,
            None if self.family_logit is None else self.family_logit[row, index],
        )


@dataclass
class LayoutPrediction:
    """What the layout branch wants. ``layout``: (B, K, 4); logits: presence (B, K), recolour (B,), family (B, F)."""

    layout: Tensor
    presence_logit: Tensor
    recolour_logit: Tensor
    hypotheses: Hypotheses | None = None
    family_logit: Tensor | None = None

    @property
    def family(self) -> Tensor | None:
        """The likeliest recipe family, one-hot (B, F); ``None`` of a network that tells none apart."""
        if self.family_logit is None:
            return None
        return F.one_hot(self.family_logit.argmax(1), self.family_logit.shape[1]).to(self.layout.dtype)

    @property
    def weighed(self) -> Hypotheses:
        """``hypotheses`` of a network that has a layout branch. Raises ValueError for one without."""
        if self.hypotheses is None:
            raise ValueError("this network has no layout branch: it weighs no hypotheses")
        return self.hypotheses


class CenterAwareScaleModule(nn.Module):
    """Layouts of up to K instances of the non-main, from the maps of main and non-main.

    ``scale = 2 sigmoid(.)`` in (0, 2], ``offset = max_offset tanh(.)``. A fresh module leaves one instance
    where it is. With several instances each has a presence logit, and one more logit switches recolouring.

    With M hypotheses the module says all of this M times, how likely each is, and which of the recipe ``families``.
    A single answer to a pair that could be either of two recipes lies half-way between them, where nobody wants it;
    the likeliest of several is at least one of the two.

    Source: DESIGN section 1, CenterAwareScaleModule; section 2 for instances and the switch; mixture density
    networks (Bishop 1994) for the hypotheses.
    """

    def __init__(
        self,
        channels: int,
        head: str,
        instances: int,
        max_offset: float,
        recolour: bool,
        hypotheses: int = 1,
        families: int = 0,
        sentence: int = 0,
    ) -> None:
        super().__init__()
        self.instances, self.max_offset, self.recolour = instances, max_offset, recolour
        self.hypotheses, self.families = hypotheses, families
        each = 4 * instances + (instances if instances > 1 else 0) + int(recolour) + (hypotheses > 1) + families
        outputs = each * hypotheses
        self.head = PairHead(channels, outputs, sentence) if head == "trunk" else PooledHead(channels, outputs)
        with torch.no_grad():
            bias = bias_of(self.head.numbers).view(hypotheses, each)
            if instances > 1:
                bias[:, 4 * instances : 5 * instances] = torch.tensor([2.0] + [-2.0] * (instances - 1))
            if hypotheses > 1:
                nn.init.normal_(bias[1:, : 4 * instances], std=SPREAD)

    def forward(self, main: Tensor, non_main: Tensor, said: Tensor | None = None) -> LayoutPrediction:
        """Two maps (B, C, h, w), main subject first, and the vector of a sentence (B, D) where the preset hears one."""
        k, m = self.instances, self.hypotheses
        heard = () if said is None else (said,)
        numbers = self.head(main, non_main, *heard).float().unflatten(1, (m, -1))
        numbers, family_logit = numbers.tensor_split([numbers.shape[2] - self.families], dim=2)
        layout, rest = numbers[..., : 4 * k].unflatten(2, (k, 4)), numbers[..., 4 * k :]
        always, never = numbers.new_full((numbers.shape[0], m, k), 20.0), numbers.new_full((numbers.shape[0], m), -20.0)
        return Hypotheses(
            logit=rest[..., -1] if m > 1 else torch.zeros_like(never),
            layout=torch.cat([self.scales(layout[..., :2]), self.offsets(layout[..., 2:])], dim=-1),
            presence_logit=rest[..., :k] if k > 1 else always,
            recolour_logit=rest[..., k if k > 1 else 0] if self.recolour else never,
            family_logit=family_logit if self.families else None,
        ).likeliest()

    @staticmethod
    def scales(logits: Tensor) -> Tensor:
        """Logits to scales in (0, 2]; float32 whatever comes in, since bfloat16 cannot tell 1.99 from 2."""
        return (MAX_SCALE * torch.sigmoid(logits.float())).clamp_min(MIN_SCALE)

    def offsets(self, logits: Tensor) -> Tensor:
        """Logits to offsets in [-max_offset, max_offset] of the canvas."""
        return self.max_offset * torch.tanh(logits.float())


def align(
    picture: Tensor, features: Tensor, layout: Tensor, presence: Tensor, prefilter: bool
) -> tuple[Tensor, Tensor]:
    """The non-main where its layouts put it: each instance's picture, and the sum of their features.

    ``picture``: (B, 4, H, W); ``features``: (B, F, H, W); ``layout``: (B, K, 4); ``presence``: (B, K), where 0
    leaves the instance out. Returns (B, K, 4, H, W) and (B, F, H, W). Absent instances cost nothing.
    """
    batch, k = presence.shape
    chosen = (presence > 0).flatten().nonzero()[:, 0]
    pair, layouts = chosen // k, layout.flatten(0, 1).index_select(0, chosen)
    weights = presence.flatten().index_select(0, chosen)[:, None, None, None]

    both = torch.cat([picture, features], dim=1)  # one grid serves both
    warped = warp(both if batch == len(chosen) == 1 else both.index_select(0, pair), layouts, prefilter) * weights
    pictures, maps = warped.split([picture.shape[1], features.shape[1]], dim=1)
    instances = pictures.new_zeros(batch * k, *picture.shape[1:]).index_copy(0, chosen, pictures)
    alone = batch == 1  # a plain sum then, many times faster than adding by index
    union = maps.sum(0, keepdim=True) if alone else maps.new_zeros(features.shape).index_add(0, pair, maps)
    return instances.unflatten(0, (batch, k)), union
