"""How well a network does on pairs it has never seen.

The pairs of a split are drawn by fixed streams of numbers, families in turn, so that a smaller ``limit`` is the
beginning of a larger one and never meets the training pairs. All figures are over pairs, PSNR and SSIM on
premultiplied RGB (see ``metrics``). Source: DESIGN sections 5 and 6.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from fusion.alignment import alignment
from fusion.data.batch import Batch, collate
from fusion.data.sampler import ANY, PairSample, PairSampler, PairTeacher
from fusion.data.splits import SPLITS, hash_share
from fusion.data.words import add_words
from fusion.errors import FusionError
from fusion.evaluation.metrics import psnr, ssim
from fusion.evaluation.perceptual import Perceptual
from fusion.evaluation.report import Row
from fusion.evaluation.style_teacher import SPARE, StyleTeacher
from fusion.evaluation.teacher_forcing import fuse_as_painted, given_words
from fusion.geometry import Frame, content_box
from fusion.model import FusionNet, FusionOutput, PairFeatures
from fusion.model.center_aware_scale import LayoutPrediction
from fusion.model.center_detector import decide, order_by_main
from fusion.pipeline.fit import fit_picture, long_side
from fusion.pipeline.hypotheses import SHOWN, alike, distinct, shares
from fusion.recipes.teacher import Teacher

LIMIT = 480
"""Pairs that are looked at."""
WORDS = ("full", "names", "none")
"""What a network is told: names and keywords, names alone (as a person names an upload), or nothing."""
TRIES = 400
"""A wanted family is looked for harder than in training: an unseen emoji is in every fifth pair only."""


def teacher_for(split: str, frame: Frame, roster: str = "classic") -> Teacher:
    """Who gives the truth of a split."""
    return StyleTeacher(frame, roster=roster) if split == "style" else Teacher(frame, roster=roster)


def evaluation_pairs(split: str, limit: int, teacher: PairTeacher) -> list[PairSample]:
    """The fixed pairs of a split, the router's families in turn, no pair twice."""
    if split not in SPLITS:
        raise FusionError(f"There is no split '{split}': choose one of {', '.join(SPLITS)}.")
    sampler = PairSampler(teacher, split, {ANY: 0.0}, tries=TRIES)
    streams = {name: int(hash_share(name) * 2**32) for name in sampler.names}
    found: dict[frozenset[str], PairSample] = {}
    for turn in range(4 * limit):
        name = sampler.names[turn % len(sampler.names)]
        pair = sampler.draw_one(name, np.random.default_rng((streams[name], turn // len(sampler.names))))
        if pair.recipe.family == name:
            found.setdefault(frozenset((pair.first, pair.second)), pair)
        if len(found) >= limit:
            break
    return list(found.values())


def true_pairs(split: str, limit: int, teacher: PairTeacher) -> list[PairSample]:
    """The fixed pairs of a split; of the style split those whose truth is certain, measured in the style."""
    if not isinstance(teacher, StyleTeacher):
        return evaluation_pairs(split, limit, teacher)
    return teacher.measured(evaluation_pairs(split, SPARE * limit, teacher))[:limit]


def run_evaluation(
    split: str,
    net: FusionNet,
    limit: int = LIMIT,
    *,
    size: int | None = None,
    batch: int = 8,
    teacher: PairTeacher | None = None,
    perceptual: Perceptual | None = None,
    words: str = "full",
) -> Iterator[Row]:
    """Yield one :class:`Row` a pair; stop iterating to cancel. ``net`` is put into evaluation mode.

    ``size``: side of the pictures, by default what the network was made for. ``words``: of WORDS, what a network that
    reads words is told of the emoji.
    """
    net.eval()
    teacher = teacher_for(split, net.config.frame, net.config.roster) if teacher is None else teacher
    device = next(net.parameters()).device
    check_words(words)
    pairs = true_pairs(split, limit, teacher)
    for start in range(0, len(pairs), batch):
        some = pairs[start : start + batch]
        data = collate(some, teacher, size or net.config.size, paint=split != "style")
        tell(data, net, words)
        data = data.to(device)
        with torch.inference_mode():
            yield from measure(net, data, some, teacher, perceptual)


def check_words(words: str) -> None:
    """Raises FusionError for what is none of WORDS."""
    if words not in WORDS:
        raise FusionError(f"The words cannot be {words!r}: choose one of {', '.join(WORDS)}.")


def tell(data: Batch, net: FusionNet, words: str) -> None:
    """Give ``data``, in place, what ``net`` is told of its emoji (``words``, of WORDS), in place of what it had."""
    data.word_vectors = data.word_roles = None
    add_words(data, net.config.words if words != "none" else 0, keywords=words == "full")


def measure(
    net: FusionNet, data: Batch, pairs: Sequence[PairSample], teacher: PairTeacher, perceptual: Perceptual | None
) -> list[Row]:
    """The rows of one batch."""
    seen = net.perceive(data.first, data.second, given_words(data))
    main = decide(seen.main_logit)
    plan = net.plan(seen, main)
    own = net.fuse(seen, main, plan)
    columns = layout_columns(net, seen.main_logit, main, plan, data)
    columns |= swap_columns(net, data, own, order_is_free(pairs, teacher))
    if not net.aligns:  # it decides nothing, so there is nothing to be right about
        columns = {name: torch.full_like(column, math.nan) for name, column in columns.items()} | {
            "swap_psnr": columns["swap_psnr"]
        }
    columns |= fill_columns(net.to_rgba(own.image.float()))
    if data.target is not None:
        columns |= picture_columns(net, data, own, perceptual)
    return rows_of(pairs, columns, layout_features(net, seen, main))


def measure_layout(net: FusionNet, data: Batch, pairs: Sequence[PairSample]) -> list[Row]:
    """The rows of one batch without what has to be painted: a fifth of the time, or less."""
    seen = net.perceive(data.first, data.second, given_words(data))
    main = decide(seen.main_logit)
    return rows_of(pairs, layout_columns(net, seen.main_logit, main, net.plan(seen, main), data))


def rows_of(
    pairs: Sequence[PairSample], columns: Mapping[str, Tensor], features: np.ndarray | None = None
) -> list[Row]:
    """A row for each pair; ``columns``: figures by name, (B,) each; ``features``: (B, D)."""
    values = {name: column.cpu().tolist() for name, column in columns.items()}
    return [
        Row(
            pair.first,
            pair.second,
            pair.recipe.family,
            **{name: column[i] for name, column in values.items()},
            features=None if features is None else features[i],
        )
        for i, pair in enumerate(pairs)
    ]


def layout_columns(
    net: FusionNet, main_logit: Tensor, main: Tensor, plan: LayoutPrediction, data: Batch
) -> dict[str, Tensor]:
    """What is right about main subject ``main`` (B,) and layout, and how sure the network was: (B,) each."""
    main_ok = main == data.main
    presence, switch = plan.presence_logit > 0, plan.recolour_logit > 0
    found = alignment(plan.layout, presence.float(), data.layout, data.presence, data.content, main_ok)
    columns = {
        "main_ok": main_ok.float(),
        "aligned": found.aligned.float(),
        "among_three": among_three(plan, data, main_ok).float(),
        "iou": found.iou,
        "center_error": found.center_error,
        "scale_error": found.scale_error,
        "count_ok": presence.sum(1).eq((data.presence > 0.5).sum(1)).float(),
        "switch_ok": switch.eq(data.recolour > 0.5).float(),
        "confidence": confidence(main_logit, plan, 1 - main, data),
    }
    if plan.family is not None:
        columns["family_ok"] = (plan.family * data.family(net.config.family_names)).sum(1)
    return columns


def layout_features(net: FusionNet, seen: PairFeatures, main: Tensor) -> np.ndarray | None:
    """What the layout branch reads its layouts off, once ``main`` (B,) is the main subject: float16 (B, D).

    ``None`` for a network without that branch.
    """
    if not net.aligns:
        return None
    found = net.center_aware_scale.head.features(*order_by_main(main, *seen.maps))  # as nobody says anything
    return found.flatten(1).float().cpu().numpy().astype(np.float16)


def confidence(main_logit: Tensor, plan: LayoutPrediction, other: Tensor, data: Batch) -> Tensor:
    """How likely a network finds its main subject, times all hypotheses that say what it took: (B,) in [0, 1].

    ``other`` (B,): which of the two is placed.
    """
    sure = torch.sigmoid(main_logit.float().abs())
    every = plan.hypotheses
    if every is None:
        return sure
    placed = torch.where(other.view(-1, 1, 1) > 0, data.second[:, 3], data.first[:, 3])  # (B, S, S)
    same = alike(every, content_box(placed))  # (B, M, M)
    taken = every.logit.argmax(1)
    return sure * (shares(every) * same[torch.arange(len(taken)), taken]).sum(1)


def among_three(plan: LayoutPrediction, data: Batch, main_ok: Tensor) -> Tensor:
    """Whether one of the three best distinct hypotheses, as the page offers them, is aligned with the truth: bool (B,).

    The main subject has to be the network's own choice and right; hypotheses that differ in the recolour switch alone
    are two. Where there is only one, this is the alignment.
    """
    every = plan.hypotheses
    if every is None:
        return torch.zeros_like(main_ok)
    best = [torch.zeros_like(main_ok) for _ in range(SHOWN)]
    for row in range(len(main_ok)):
        one = every.of_pair(row)
        for idea, ranked in zip(best, distinct(one, data.content[row]), strict=False):
            said = one.take(torch.tensor([ranked.index], device=main_ok.device))
            only = slice(row, row + 1)
            idea[only] = alignment(
                said.layout,
                (said.presence_logit > 0).float(),
                data.layout[only],
                data.presence[only],
                data.content[only],
                main_ok[only],
            ).aligned
    return torch.stack(best).any(0)


def fill_columns(image: Tensor) -> dict[str, Tensor]:
    """How much of the canvas' side the long side of each sticker takes, (B,): as painted, and fitted for saving.

    ``image``: premultiplied RGBA (B, 4, S, S).
    """
    painted = list(image.movedim(1, -1).cpu().numpy())
    pictures = {"fill": painted, "fill_fitted": [fit_picture(picture) for picture in painted]}
    return {name: torch.tensor([long_side(picture) for picture in some]) for name, some in pictures.items()}


def true_output(net: FusionNet, data: Batch) -> FusionOutput:
    """The fusion for the teacher's main subject, layout, presence and recolour switch."""
    if not net.aligns:
        return net(data.first, data.second)
    seen = net.perceive(data.first, data.second, given_words(data))
    return fuse_as_painted(net, seen, net.plan(seen, data.main), data)


def picture_columns(net: FusionNet, data: Batch, own: FusionOutput, perceptual: Perceptual | None) -> dict[str, Tensor]:
    """Figures of the pictures, and the baselines'."""
    target, true = data.painted_target, true_output(net, data)
    image = net.to_rgba(own.image.float())
    columns = {
        "psnr_true_layout": psnr(net.to_rgba(true.image.float()), target),
        "psnr_own_layout": psnr(image, target),
        "ssim_own_layout": ssim(image, target),
        "average_psnr": psnr((data.first + data.second) / 2, target),
        "composite_psnr": psnr(true.composite, target),
        "composite_psnr_own": psnr(own.composite, target),
    }
    if perceptual is not None:
        # A preset without alpha paints on black; so must what it is compared with.
        wanted = target if net.config.has_alpha else torch.cat([target[:, :3], torch.ones_like(target[:, 3:])], 1)
        columns["perceptual_own_layout"] = perceptual(image, wanted)
    return columns


def order_is_free(pairs: Sequence[PairSample], teacher: PairTeacher) -> list[bool]:
    """Whether the teacher gives each pair the same picture in both orders (two smileys differ)."""
    others = [teacher.recipe(pair.second, pair.first) for pair in pairs]
    return [
        other.main == 1 - pair.recipe.main and other.instances == pair.recipe.instances
        for pair, other in zip(pairs, others, strict=True)
    ]


def swap_columns(net: FusionNet, data: Batch, own: FusionOutput, free: list[bool]) -> dict[str, Tensor]:
    """fuse(a, b) against fuse(b, a): PSNR of the pictures, and whether the main subject stays the same emoji."""
    words = given_words(data)
    other = net(data.second, data.first, words=None if words is None else words.exchanged())
    apart = torch.tensor([0.0 if same else math.nan for same in free], device=data.main.device)
    same = (other.main != own.main).float()
    return {
        "swap_psnr": psnr(net.to_rgba(other.image.float()), net.to_rgba(own.image.float())) + apart,
        "swap_main": same + apart,
    }
