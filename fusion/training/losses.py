"""The criterion: unweighted, named terms. Which of them count, and how much, is data of the phase.

Source: DESIGN section 2 ("main subject, presence, switch and image are all supervised; L1 + gradient + perceptual in
phase two") and section 1 (published: MSE of the transformed layout, then MSE + perceptual).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from fusion.attention_contrast import attention_contrast
from fusion.data.batch import Batch
from fusion.evaluation.perceptual import Perceptual
from fusion.geometry import box_iou, layout_to_box
from fusion.model import FusionNet, FusionOutput
from fusion.model.center_aware_scale import LayoutPrediction

LAYOUT_TERMS = ("main", "layout", "box", "presence", "recolour", "choice", "family")
IMAGE_TERMS = ("l1", "gradient", "mse", "changed", "attention", "perceptual", "composite")
SMOOTH = 0.05
"""Where the layout loss turns from square to linear, in canvas fractions."""

SHARPNESS = 8.0
"""How strictly a pair belongs to the hypothesis that fits it best: nats for each unit of its error."""

CHANGED = 0.02
"""A pixel counts as changed where the target differs from the plain composite by more than this."""


def layout_terms(
    main_logit: Tensor,
    plan: LayoutPrediction,
    batch: Batch,
    weights: Mapping[str, float],
    families: Sequence[str] = (),
) -> dict[str, Tensor]:
    """Losses of the layout branch. ``plan`` is the one for the true main subject; ``weights``: of the terms.

    The weights only say what counts when a pair is shared out among the hypotheses; the terms come unweighted.
    ``layout`` is smooth L1 of the four numbers and ``box`` one minus IoU, both over the present instances; ``box``
    weighs small instances (an eye) as much as large ones. ``families``: names of those that the network tells apart;
    ``family`` is the cross-entropy of each hypothesis's, 0 where nobody knows. Of several hypotheses each answers for
    its share of the pair, the more the better it fits, and ``choice`` asks that the likeliest be the one that fits:
    the two steps of expectation and maximisation for the mixture's likelihood.
    """
    every = plan.weighed
    slots, many = every.layout.shape[2], every.logit.shape[1]
    truth, presence = batch.layout[:, None, :slots], batch.presence[:, None, :slots]  # (B, 1, K, 4), (B, 1, K)
    known, recolour_known = batch.layout_known, batch.recolour_known  # (B,)
    layout, box = misplaced(every.layout, truth, presence, batch.content)  # (B, M)
    there = unlikelihood(every.presence_logit, presence.expand(-1, many, -1)).sum(2) * known[:, None]
    switch = unlikelihood(every.recolour_logit, batch.recolour[:, None].expand(-1, many)) * recolour_known[:, None]

    likely = F.log_softmax(every.logit, dim=1)
    misfit = (weights["layout"] * layout + weights["box"] * box) / presence.sum(2).clamp_min(1)
    family = batch.family(families)  # (B, F)
    named = misnamed(every.family_logit, family).expand(-1, many)  # (B, M)
    misfit = misfit + weights["presence"] * there + weights["recolour"] * switch + weights["family"] * named
    share = torch.softmax(likely - SHARPNESS * misfit, dim=1).detach()  # (B, M)
    instances, pairs = presence.sum().clamp_min(1), known.sum().clamp_min(1)
    return {
        "main": (unlikelihood(main_logit.float(), batch.main.float()) * known).sum() / pairs,
        "layout": (share * layout).sum() / instances,
        "box": (share * box).sum() / instances,
        "presence": (share * there).sum() / pairs / slots,
        "recolour": (share * switch).sum() / recolour_known.sum().clamp_min(1),
        "choice": -((share * likely).sum(1) * known).sum() / pairs,
        "family": (share * named).sum() / family.sum().clamp_min(1),
    }


def misnamed(logit: Tensor | None, truth: Tensor) -> Tensor:
    """Cross-entropy (B, M) of ``logit`` (B, M, F) with the one-hot ``truth`` (B, F); 0 where that is all zeros.

    (B, 1) of zeros for a network that names nothing.
    """
    if logit is None:
        return truth.new_zeros(len(truth), 1)
    return -(F.log_softmax(logit.float(), dim=2) * truth[:, None]).sum(2)


def misplaced(layout: Tensor, truth: Tensor, presence: Tensor, content: Tensor) -> tuple[Tensor, Tensor]:
    """Smooth L1 and one minus IoU of ``layout`` (B, M, K, 4), each summed over the present instances: (B, M).

    ``truth``: (B, 1, K, 4); ``presence``: (B, 1, K); ``content``: (B, 4), the box of the non-main before the warp.
    """
    error = F.smooth_l1_loss(layout, truth.expand_as(layout), beta=SMOOTH, reduction="none").mean(-1)
    box = content[:, None, None]
    overlap = box_iou(layout_to_box(layout, box), layout_to_box(truth, box))
    return (error * presence).sum(2), ((1 - overlap) * presence).sum(2)


def unlikelihood(logit: Tensor, truth: Tensor) -> Tensor:
    """Negative log-likelihood of ``truth`` (0 or 1), element by element."""
    return F.binary_cross_entropy_with_logits(logit, truth, reduction="none")


def gradient_distance(a: Tensor, b: Tensor, beta: float = 0.0) -> Tensor:
    """(Smooth) L1 of neighbouring pixels' differences, down and across: edges and ghosts."""
    down = F.smooth_l1_loss(a[..., 1:, :] - a[..., :-1, :], b[..., 1:, :] - b[..., :-1, :], beta=beta)
    across = F.smooth_l1_loss(a[..., 1:] - a[..., :-1], b[..., 1:] - b[..., :-1], beta=beta)
    return down + across


def changed_distance(image: Tensor, target: Tensor, composite: Tensor) -> Tensor:
    """Mean absolute difference over the pixels that the plain composite gets wrong, each pair weighing the same.

    Most pixels of most targets are the composite's own. In a plain mean those outvote the others, and the network
    learns to change nothing. Pixels that the network changes count as well, wrongly or rightly: else it learns to paint
    half of whatever some pairs of a family have (a pale rim), on all of them.
    """
    wrong, touched = ((picture - composite).abs().amax(dim=1) > CHANGED for picture in (target, image.detach()))
    changed = (wrong | touched).float().flatten(1)
    error = (image - target).abs().mean(dim=1).flatten(1) * changed
    return (error.sum(1) / changed.sum(1).clamp_min(1)).mean()


def attention_ratio(output: FusionOutput) -> Tensor:
    """Mean attention on the rest of the main subject over that on the non-main: below 1 where attention points right.

    Averaged over the up blocks and the pairs that place something. The picture alone does not ask for it.
    Source: DESIGN section 1, PositionalAttentionSE ("raises the regions where the non-main sits").
    """
    placed = output.presence.sum(1) > 0
    silhouette = output.instances[:, :, 3].amax(dim=1, keepdim=True)
    ratios = []
    for maps in output.attention.values():
        side = maps.spatial.shape[-2], maps.spatial.shape[-1]
        inside = F.adaptive_avg_pool2d(silhouette, side)
        rest = F.adaptive_avg_pool2d(output.main_image[:, 3:], side) * (1 - inside)
        ratios.append(attention_contrast(maps.spatial.float(), rest, inside, least=1e-3)[placed, 0])
    return torch.cat(ratios).mean() if ratios and placed.any() else silhouette.new_zeros(())


def image_terms(
    output: FusionOutput,
    batch: Batch,
    net: FusionNet,
    wanted: Collection[str] = IMAGE_TERMS,
    perceptual: Perceptual | None = None,
    beta: float = 0.0,
) -> dict[str, Tensor]:
    """Losses of the picture, in the preset's own image space; only the ``wanted`` ones are worked out.

    ``beta``: error up to which L1 is rounded off to a square; 0 leaves it plain.
    ``composite`` is the published phase one: MSE between the transformed layout and the target picture.
    """
    image, target = output.image.float(), net.normalise(batch.painted_target)
    terms: dict[str, Callable[[], Tensor]] = {
        "l1": lambda: F.smooth_l1_loss(image, target, beta=beta),
        "gradient": lambda: gradient_distance(image, target, beta),
        "mse": lambda: F.mse_loss(image, target),
        "changed": lambda: changed_distance(image, target, net.normalise(output.composite.detach().float())),
        "composite": lambda: F.mse_loss(net.normalise(output.composite.float()), target),
    }
    if net.config.attention == "layout":
        terms["attention"] = lambda: attention_ratio(output)
    if perceptual is not None:
        terms["perceptual"] = lambda: perceptual(differentiable_rgba(net, image), batch.painted_target).mean()
    return {name: term() for name, term in terms.items() if name in wanted}


def differentiable_rgba(net: FusionNet, image: Tensor) -> Tensor:
    """The preset's image space as RGBA without the clamps, whose flat parts would stop the gradient."""
    if net.config.has_alpha:
        return image
    rgb = (image + 1) / 2
    return torch.cat([rgb, torch.ones_like(rgb[:, :1])], dim=1)
