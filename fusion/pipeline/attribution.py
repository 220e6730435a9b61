"""Why this main subject, why here: which pixels of the two emoji the layout branch's answers rest on.

Both methods are Captum's, which is not needed for anything else (``requirements-explain.txt``). Integrated gradients
(Sundararajan et al. 2017) share an answer out among the pixels, beginning with two empty pictures; occlusion (Zeiler
and Fergus 2014) takes a patch away and sees how the answer changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from fusion.errors import FusionError
from fusion.model import FusionNet
from fusion.model.layout_trunk import VIEW
from fusion.model.text_cross_attention import Words
from fusion.names import SIDES
from fusion.trace import AttributionTrace

if TYPE_CHECKING:
    from fusion.model.center_aware_scale import LayoutPrediction

PACKAGE = "captum"
STEPS = 24
"""Pictures between nothing and the emoji at which gradients are taken."""
PATCH, STRIDE, AT_ONCE = 8, 4, 25
"""Pixels a side of a patch that is taken away, pixels between two of them, and patches in one batch."""

Answers = Callable[[Tensor, Tensor], Tensor]
"""Two batches of pictures (B, 4, VIEW, VIEW) to what the branch says of each, (B, N)."""


class NoCaptum(FusionError):
    """Captum is not installed."""


def check_captum() -> None:
    """Raise NoCaptum where it is not installed."""
    if find_spec(PACKAGE) is None:
        raise NoCaptum("Captum is not installed, which this needs; pip install -r requirements-explain.txt.")


@dataclass(frozen=True)
class Question:
    """What is to be explained: the answers of ``net`` to two pictures (1, 4, H, W), with what it was told in ``words``.

    ``main``: 0 or 1, in effect; ``hypothesis``: index of the one in effect; ``lead``: index of its first instance.
    """

    net: FusionNet
    pictures: tuple[Tensor, Tensor]
    words: Words | None
    main: int
    hypothesis: int
    lead: int

    def predicted(self, first: Tensor, second: Tensor) -> tuple[Tensor, LayoutPrediction]:
        """Score of the main subject (B,) and the layouts, with gradients: an accelerated net's own steps keep none."""
        told = None if self.words is None else repeated(self.words, len(first))
        features = FusionNet.perceive(self.net, first, second, told)
        main = torch.full((len(first),), self.main, device=first.device)
        return features.main_logit, FusionNet.plan(self.net, features, main)

    def score(self, first: Tensor, second: Tensor) -> Tensor:
        """(B, 1): the logit of the main subject in effect, against the other."""
        return self.predicted(first, second)[0][:, None] * (2 * self.main - 1)

    def layout(self, first: Tensor, second: Tensor) -> Tensor:
        """(B, 3): mean scale, shift down and shift right of the first instance."""
        four = self.predicted(first, second)[1].weighed.layout[:, self.hypothesis, self.lead]
        return torch.stack([four[:, :2].mean(1), four[:, 2], four[:, 3]], dim=1)

    def nearness(self, first: Tensor, second: Tensor) -> Tensor:
        """(B, 1): minus the way from the layout of the whole pictures."""
        with torch.no_grad():
            whole = self.layout(*self.viewed())
        return -(self.layout(first, second) - whole).norm(dim=1, keepdim=True)

    def viewed(self) -> tuple[Tensor, Tensor]:
        """The pictures as the layout branch looks at them, (1, 4, VIEW, VIEW)."""
        first, second = (F.adaptive_avg_pool2d(one, VIEW) for one in self.pictures)
        return first, second


def repeated(words: Words, count: int) -> Words:
    """The words of one pair for a batch of ``count``."""
    vectors, roles = (one.expand(count, *one.shape[1:]) for one in (words.vectors, words.roles))
    return Words(vectors, roles)


def attribute(question: Question) -> AttributionTrace:
    """Every answer's share in each pixel of both emoji. Raises NoCaptum."""
    check_captum()
    pictures = question.viewed()
    why = {
        **named("gradients", gradients(question.score, pictures, 0)),
        **named("occlusion", occlusion(question.score, pictures)),
    }
    here = named("moved", occlusion(question.nearness, pictures))
    for answer, name in enumerate(("scale", "down", "right")):
        here |= named(name, gradients(question.layout, pictures, answer))
    return AttributionTrace(why, here)


def named(method: str, planes: tuple[np.ndarray, np.ndarray]) -> dict[str, np.ndarray]:
    """The planes of both emoji by name."""
    return {f"{method} ({side})": plane for side, plane in zip(SIDES, planes, strict=True)}


def gradients(answers: Answers, pictures: tuple[Tensor, Tensor], answer: int) -> tuple[np.ndarray, np.ndarray]:
    """Integrated gradients of one answer: (VIEW, VIEW) for each emoji; together they sum to what the emoji changed."""
    from captum.attr import IntegratedGradients

    with torch.enable_grad():
        found = IntegratedGradients(answers).attribute(pictures, target=answer, n_steps=STEPS)
    return planes(found)


def occlusion(answers: Answers, pictures: tuple[Tensor, Tensor]) -> tuple[np.ndarray, np.ndarray]:
    """How much the first answer loses where a patch is taken away: (VIEW, VIEW) for each emoji."""
    from captum.attr import Occlusion

    channels = pictures[0].shape[1]
    window, step = (channels, PATCH, PATCH), (channels, STRIDE, STRIDE)
    with torch.no_grad():
        found = Occlusion(answers).attribute(
            pictures, (window, window), (step, step), target=0, perturbations_per_eval=AT_ONCE
        )
    # What Captum gives every channel of a patch is the share of all of them.
    return planes(tuple(one / channels for one in found))


def planes(found: tuple[Tensor, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The channels of both attributions (1, C, H, W) added up."""
    first, second = (one[0].sum(0).detach().float().cpu().numpy() for one in found)
    return first, second
