"""Where in a sticker its two emoji are: matching by colour and edges, first over a grid, then finely.

A sticker says nothing about how it was made. Each emoji is slid over it at many sizes; where its colours and its
edges agree with what is there better than chance would have it at that size, it was probably put. The larger of the
two is the main subject, as with the teacher, and the other's place relative to it is the layout. How far beyond
chance both agree is the confidence.

All pictures are float32 premultiplied RGBA in [0, 1]. A *placement* is a layout (scale_h, scale_w, offset_y,
offset_x) of an emoji's picture, as the frame draws it, onto the sticker's canvas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from fusion.geometry import IDENTITY, STICKER_FRAME, Frame, Layout, content_box, warp

VIEW = 64
"""Side of the pictures that are matched, in pixels."""

SCALES = tuple(0.2 * 1.12**step for step in range(18))
"""Sizes tried at first, relative to the emoji as the frame draws it: 0.2 to 1.37. Smaller ones are found anywhere."""

COLOUR_SPREAD = 0.08
"""Mean squared colour difference at which the agreement in colour falls to 1/e."""

EDGE_SHARE = 0.5
"""Weight of the edges beside the colours."""
MARGIN = 2
"""Pixels around an emoji in which the sticker must not go on with edges of its own for a perfect score."""

PEAKS = 6
"""Places of the coarse search from which the fine one starts."""
STEPS = (0.08, 0.04, 0.04, 0.02, 0.02, 0.01)
"""How far the fine search moves, in fractions of the size and of the canvas."""

CHANCE_FULL, CHANCE_SLOPE = 0.13, 0.10
"""What a wrong emoji hardly ever exceeds at its best place: this much where it fills the canvas, and this much more
each time its side shrinks by a factor e. Fitted to the teacher's targets of other pairs."""

LOST, SURE = 0.04, 0.18
"""Agreement beyond chance at which the confidence leaves zero and reaches one."""

INSTANCES = 3
COPY = 0.5
"""A further place counts as a copy from this share of the best place's agreement beyond chance."""


class Template:
    """A picture to look for, prepared at every size.

    ``layouts`` (N, 4) put its content on the middle of the canvas at each of SCALES. ``planes`` (N, 7, V, V): what it
    looks like there: premultiplied RGBA, edges, where colours count, where edges count.
    """

    def __init__(self, picture: Tensor) -> None:
        scale = torch.tensor(SCALES)
        x0, y0, x1, y1 = content_box(picture[3], 0.1).tolist()
        self.picture, self.height = picture, y1 - y0
        offsets = [-(scale * ((y0 + y1) / 2 - 0.5)), -(scale * ((x0 + x1) / 2 - 0.5))]
        self.layouts = torch.stack([scale, scale, *offsets], 1)
        small = warp(picture.expand(len(scale), -1, -1, -1), self.layouts)
        alpha = small[:, 3:]
        around = F.max_pool2d(alpha, 2 * MARGIN + 1, stride=1, padding=MARGIN)
        self.planes = torch.cat([small, edges(small), alpha, around], 1)


class Found(NamedTuple):
    """Best placements of one template, best first: ``placements`` (N, 4), ``scores`` (N,) beyond chance."""

    placements: Tensor
    scores: Tensor


@dataclass(frozen=True)
class Estimate:
    """How a sticker seems to be made.

    ``main``: 0 or 1. ``instances``: up to three layouts of the non-main relative to the main, left to right.
    ``placement``: of the main subject on the sticker; its inverse brings the sticker to where the main is untouched.
    ``main_confidence``, ``layout_confidence``: in [0, 1].
    """

    main: int
    instances: tuple[Layout, ...]
    placement: Layout
    main_confidence: float
    layout_confidence: float


def estimate(
    emoji: tuple[Sequence[Template], Sequence[Template]], sticker: Tensor, frame: Frame = STICKER_FRAME
) -> Estimate:
    """Match both emoji into ``sticker`` (4, V, V).

    ``emoji``: for the first and for the second, one or more templates: the whole emoji, or what is left of it in some
    families (a smiley's features without the disc), all drawn in ``frame``. The best matching one counts.
    """
    image = look(sticker)
    best = [max(((find(t, image), t) for t in each), key=lambda pair: float(pair[0].scores[0])) for each in emoji]
    placed = [warp(template.picture[None], found.placements[:1])[0] for found, template in best]
    size = [float(p[3].sum()) * certainty(f.scores[0]) for p, (f, _) in zip(placed, best, strict=True)]
    main = int(size[1] > size[0])
    (behind, template), (front, small) = best[main], best[1 - main]
    # What the other hides of the main subject does not count against it.
    behind = refine(template, image, behind.placements[:2], 1 - placed[1 - main][3])
    placement = Layout(*behind.placements[0].tolist())
    found = [relative(Layout(*row.tolist()), placement) for row in copies(small, image, front)]
    instances = tuple(sorted(found, key=lambda layout: layout.offset_x))[:INSTANCES]
    lead = abs(size[0] - size[1]) / max(sum(size), 1e-6)
    sure_main = certainty(behind.scores[0]) * min(1.0, lead / 0.1)
    sure = min(sure_main, certainty(front.scores[0]))
    if not all(frame.allows(layout, tolerance=0.02) for layout in instances):
        sure = 0.0
    return Estimate(main, tuple(map(frame.clamp, instances)), placement, sure_main, sure)


def certainty(score: Tensor) -> float:
    """An agreement beyond chance as a confidence in [0, 1]."""
    return min(max((float(score) - LOST) / (SURE - LOST), 0.0), 1.0)


def relative(placement: Layout, main: Layout) -> Layout:
    """The layout that a placement on the sticker has once the main subject is brought back to the identity."""
    return Layout(
        placement.scale_h / main.scale_h,
        placement.scale_w / main.scale_w,
        (placement.offset_y - main.offset_y) / main.scale_h,
        (placement.offset_x - main.offset_x) / main.scale_w,
    )


def inverse(placement: Layout) -> Layout:
    """The layout that undoes ``placement``."""
    return relative(IDENTITY, placement)


def look(sticker: Tensor) -> Tensor:
    """What of ``sticker`` (4, V, V) is compared, (5, V, V): premultiplied RGBA and edges."""
    return torch.cat([sticker, edges(sticker[None])[0]])


def edges(pictures: Tensor) -> Tensor:
    """Strength (N, 1, V, V) of the strongest edge among the four channels of ``pictures``, a little blurred."""
    padded = F.pad(pictures, (1, 1, 1, 1))
    down = padded[..., 2:, 1:-1] - padded[..., :-2, 1:-1]
    across = padded[..., 1:-1, 2:] - padded[..., 1:-1, :-2]
    strength = (down.square() + across.square()).amax(-3, keepdim=True).sqrt()
    return F.avg_pool2d(strength, 3, stride=1, padding=1)


def find(template: Template, image: Tensor) -> Found:
    """Best placements of ``template`` on a sticker with the planes ``image`` (5, V, V)."""
    return refine(template, image, peaks(template, search(template, image), PEAKS))


def search(template: Template, image: Tensor) -> Tensor:
    """Agreement beyond chance (N, V, V) at all sizes in SCALES, with the template's content centred on each pixel.

    Sums over the template's pixels at every offset are correlations, done by FFT; pixels off the canvas are empty.
    """
    small, edge, inside, around = template.planes.split((4, 1, 1, 1), 1)
    own = (inside * small.square()).sum((1, 2, 3))[:, None, None]
    bright = image[:4].square().sum(0, keepdim=True)
    square, cross = correlate(inside, bright), correlate(inside * small, image[:4])
    colour = (square - 2 * cross + own) / inside.sum((1, 2, 3)).clamp_min(1e-3)[:, None, None]
    mine = [total[:, None, None] for total in ((around * edge).sum((1, 2, 3)), (around * edge**2).sum((1, 2, 3)))]
    sums = (correlate(around * edge, image[4:]), correlate(around, image[4:]), correlate(around, image[4:] ** 2))
    same = normalised(sums[0], mine[0], sums[1], mine[1], sums[2], around.sum((1, 2, 3))[:, None, None])
    return beyond_chance(colour, same, inside.mean((1, 2, 3))[:, None, None])


def peaks(template: Template, scores: Tensor, count: int) -> Tensor:
    """The ``count`` best placements (count, 4) among ``scores`` (N, V, V), none close to a better one."""
    scores, side, found = scores.clone(), scores.shape[-1], []
    for _ in range(count):
        n, y, x = (int(i) for i in torch.unravel_index(scores.argmax(), scores.shape))
        found.append(template.layouts[n] + torch.tensor([0.0, 0.0, y / side - 0.5, x / side - 0.5]))
        clear(scores[max(0, n - 2) : n + 3], y, x, 0.25 * SCALES[n] * side * template.height)
    return torch.stack(found)


def clear(scores: Tensor, y: int, x: int, radius: float) -> None:
    """Take the surroundings of a pixel out of ``scores`` (N, V, V), in place."""
    reach = max(2, round(radius))
    scores[:, max(0, y - reach) : max(0, y + reach + 1), max(0, x - reach) : max(0, x + reach + 1)] = -2


def correlate(kernels: Tensor, image: Tensor) -> Tensor:
    """Sums (N, V, V) of ``kernels`` (N, C, V, V) times ``image`` (C, V, V) with the kernel's centre on each pixel."""
    side = image.shape[-1]
    size = (2 * side, 2 * side)
    product = (torch.fft.rfft2(image, s=size) * torch.fft.rfft2(kernels, s=size).conj()).sum(1)
    # Lag zero lays the kernel's centre on the canvas's centre.
    return torch.fft.irfft2(product, s=size).roll((side // 2, side // 2), (-2, -1))[..., :side, :side]


def normalised(
    cross: Tensor, own_sum: Tensor, other_sum: Tensor, own_square: Tensor, other_square: Tensor, weight: Tensor
) -> Tensor:
    """Correlation coefficient in [-1, 1] from weighted sums."""
    weight = weight.clamp_min(1e-3)
    covariance = cross - own_sum * other_sum / weight
    variance = (own_square - own_sum**2 / weight).clamp_min(0) * (other_square - other_sum**2 / weight).clamp_min(0)
    return (covariance / variance.sqrt().clamp_min(1e-3)).clamp(-1, 1)


def beyond_chance(colour: Tensor, edge: Tensor, area: Tensor) -> Tensor:
    """How much better than a wrong emoji of the same size a placement agrees with the sticker, in [-1, 1].

    ``colour``: mean squared difference. ``edge``: correlation of the edges. ``area``: share of the canvas covered.
    """
    colours = torch.exp(-colour.clamp_min(0) / COLOUR_SPREAD)
    agreement = (1 - EDGE_SHARE) * colours + EDGE_SHARE * edge.clamp_min(0)
    return agreement - CHANCE_FULL + CHANCE_SLOPE * area.clamp_min(1e-4).log() / 2


def score(template: Template, image: Tensor, placements: Tensor, visible: Tensor | None = None) -> Tensor:
    """Agreement beyond chance (N,) of ``template`` under each of ``placements`` (N, 4), where ``visible`` (V, V)."""
    nearest = (placements[:, :2].prod(1).log()[:, None] - template.layouts[:, :2].prod(1).log()).abs().argmin(1)
    own = template.layouts[nearest]
    ratio = placements[:, :2] / own[:, :2]
    step = torch.cat([ratio, placements[:, 2:] - ratio * own[:, 2:]], 1)
    placed = warp(template.planes[nearest], step, prefilter=False)
    small, edge, inside, around = placed.split((4, 1, 1, 1), 1)
    whole = inside.sum((1, 2, 3))
    if visible is not None:
        inside, around = inside * visible, around * visible
    area = inside.sum((1, 2, 3))
    colour = (inside * (small - image[:4]).square()).sum((1, 2, 3)) / area.clamp_min(1e-3)

    def total(values: Tensor) -> Tensor:
        return (around * values).sum((1, 2, 3))

    other = image[4:]
    same = normalised(
        total(edge * other), total(edge), total(other), total(edge**2), total(other**2), around.sum((1, 2, 3))
    )
    hidden = (area < 0.25 * whole) | (area < 4)
    return torch.where(hidden, -1.0, beyond_chance(colour, same, area / image[0].numel()))


def moves(step: float) -> Tensor:
    """The changes (M, 4) of (log scale_h, log scale_w, offset_y, offset_x) that one round of the fine search tries."""
    units = torch.cat([torch.eye(4), torch.tensor([[1.0, 1.0, 0.0, 0.0], [2.0, 2.0, 0.0, 0.0]])])
    return torch.cat([torch.zeros(1, 4), units * step, -units * step])


def refine(template: Template, image: Tensor, placements: Tensor, visible: Tensor | None = None) -> Found:
    """Pattern search from each of ``placements`` (N, 4); the result is sorted, best first.

    Sizes change about the middle of the template's content, so that growing does not mean moving.
    """
    count = len(placements)
    pivot = -template.layouts[0, 2:] / template.layouts[0, :2]  # the content's middle, from the canvas's middle
    for step in STEPS:
        change = moves(step)  # (M, 4)
        middle = placements[:, :2] * pivot + placements[:, 2:]
        tried = placements[:, None].repeat(1, len(change), 1)
        tried[..., :2] = (tried[..., :2] * change[:, :2].exp()).clamp(0.15, 2.0)
        tried[..., 2:] = (middle[:, None] + change[:, 2:]) - tried[..., :2] * pivot
        scores = score(template, image, tried.flatten(0, 1), visible).view(count, -1)
        best = scores.argmax(1)
        placements = tried[torch.arange(count), best]
    scores = score(template, image, placements, visible)
    order = scores.argsort(descending=True)
    return Found(placements[order], scores[order])


def copies(template: Template, image: Tensor, best: Found) -> Tensor:
    """``best`` and up to two further places (N, 4) where the template is about as sure and about as large."""
    scores, side, kept = search(template, image), image.shape[-1], [best.placements[0]]
    nearest = int((template.layouts[:, 0].log() - kept[0][:2].log().mean()).abs().argmin())
    scores[: max(0, nearest - 1)], scores[nearest + 2 :] = -2, -2
    while len(kept) < INSTANCES:
        middle = kept[-1][2:] - kept[-1][:2] * template.layouts[0, 2:] / template.layouts[0, :2]
        y, x = ((middle + 0.5) * side).round().int().tolist()
        clear(scores, y, x, 0.8 * SCALES[nearest] * side * template.height)
        again = refine(template, image, peaks(template, scores, 1))
        growth = float(again.placements[0, :2].prod() / kept[0][:2].prod())
        if again.scores[0] < max(LOST, COPY * float(best.scores[0])) or not 0.6 < growth < 1.6:
            break
        kept.append(again.placements[0])
    return torch.stack(kept)
