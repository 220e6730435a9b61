"""``python -m fusion evaluate``: how well a network does on pairs it has never seen.

The pairs of a split are drawn by fixed streams of numbers, families in turn, so that a smaller ``limit`` is the
beginning of a larger one and never meets the training pairs. All figures are over pairs, PSNR and SSIM on
premultiplied RGB (see ``metrics``). Source: design sections 5 and 6.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from fusion.alignment import alignment
from fusion.data.art_styles import TEST_STYLE, StyledSprites
from fusion.data.batch import Batch, collate
from fusion.data.sampler import ANY, PairSample, PairSampler, PairTeacher
from fusion.data.splits import SPLITS, hash_share
from fusion.errors import FusionError
from fusion.evaluation.contact_sheet import tile
from fusion.evaluation.metrics import psnr, ssim
from fusion.evaluation.perceptual import Perceptual
from fusion.evaluation.teacher_forcing import fuse_as_painted
from fusion.geometry import Frame
from fusion.model import DEFAULT_PRESET, FusionNet, FusionOutput
from fusion.model.config import CHOICES
from fusion.model.weights import load_fusion_net
from fusion.recipes.teacher import Teacher

LIMIT = 480
WORST = 40
TRIES = 400
"""A wanted family is looked for harder than in training: an unseen emoji is in every fifth pair only."""


@dataclass
class Row:
    """One pair. NaN where a figure does not exist (no common instance, no target, no backbone, order matters)."""

    first: str
    second: str
    family: str
    main_ok: float
    aligned: float
    iou: float
    center_error: float
    scale_error: float
    psnr_true_layout: float = math.nan
    psnr_own_layout: float = math.nan
    ssim_own_layout: float = math.nan
    perceptual_own_layout: float = math.nan
    average_psnr: float = math.nan
    composite_psnr: float = math.nan
    composite_psnr_own: float = math.nan
    swap_psnr: float = math.nan
    swap_main: float = math.nan


class StyleTeacher(Teacher):
    """The teacher's answers for inputs in another art style; it cannot paint them, since its parts are Noto's."""

    def __init__(self, frame: Frame, style: str = TEST_STYLE, roster: str = "classic") -> None:
        super().__init__(frame, roster=roster)
        self.style = style

    def pools(self):
        keys = StyledSprites(self.style, 64, self.frame)
        return {
            name: tuple(tuple(key for key in role if key in keys) for role in pool)
            for name, pool in super().pools().items()
        }

    def table(self, size: int) -> StyledSprites:
        return StyledSprites(self.style, size, self.frame)


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


def run_evaluation(
    split: str,
    net: FusionNet,
    limit: int = LIMIT,
    *,
    size: int | None = None,
    batch: int = 8,
    teacher: PairTeacher | None = None,
    perceptual: Perceptual | None = None,
) -> Iterator[Row]:
    """Yield one :class:`Row` a pair; stop iterating to cancel. ``net`` is put into evaluation mode.

    ``size``: side of the pictures, by default what the network was made for.
    """
    net.eval()
    teacher = teacher_for(split, net.config.frame, net.config.roster) if teacher is None else teacher
    device = next(net.parameters()).device
    pairs = evaluation_pairs(split, limit, teacher)
    for start in range(0, len(pairs), batch):
        some = pairs[start : start + batch]
        data = collate(some, teacher, size or net.config.size, paint=split != "style").to(device)
        with torch.inference_mode():
            yield from measure(net, data, some, teacher, perceptual)


def measure(
    net: FusionNet, data: Batch, pairs: Sequence[PairSample], teacher: PairTeacher, perceptual: Perceptual | None
) -> list[Row]:
    """The rows of one batch."""
    own = net(data.first, data.second)
    main_ok = own.main == data.main
    found = alignment(own.layout, own.presence, data.layout, data.presence, data.content, main_ok)
    columns = {
        "main_ok": main_ok.float(),
        "aligned": found.aligned.float(),
        "iou": found.iou,
        "center_error": found.center_error,
        "scale_error": found.scale_error,
    }
    columns |= swap_columns(net, data, own, order_is_free(pairs, teacher))
    if not net.aligns:  # it decides nothing, so there is nothing to be right about
        columns = {name: torch.full_like(column, math.nan) for name, column in columns.items()} | {
            "swap_psnr": columns["swap_psnr"]
        }
    if data.target is not None:
        columns |= picture_columns(net, data, own, perceptual)
    values = {name: column.cpu().tolist() for name, column in columns.items()}
    return [
        Row(pair.first, pair.second, pair.recipe.family, **{name: column[i] for name, column in values.items()})
        for i, pair in enumerate(pairs)
    ]


def true_output(net: FusionNet, data: Batch) -> FusionOutput:
    """The fusion for the teacher's main subject, layout, presence and recolour switch."""
    if not net.aligns:
        return net(data.first, data.second)
    seen = net.perceive(data.first, data.second)
    return fuse_as_painted(net, seen, net.plan(seen, data.main), data)


def picture_columns(net: FusionNet, data: Batch, own: FusionOutput, perceptual: Perceptual | None) -> dict[str, Tensor]:
    """Figures of the pictures, and the baselines'."""
    target, true = data.target, true_output(net, data)
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
    other = net(data.second, data.first)
    apart = torch.tensor([0.0 if same else math.nan for same in free], device=data.main.device)
    same = (other.main != own.main).float()
    return {
        "swap_psnr": psnr(net.to_rgba(other.image.float()), net.to_rgba(own.image.float())) + apart,
        "swap_main": same + apart,
    }


# ---------------------------------------------------------------------------------------------- the report


def mean(values: Sequence[float]) -> float | None:
    """Mean of the numbers there are, ``None`` if there is none."""
    known = [value for value in values if not math.isnan(value)]
    return round(sum(known) / len(known), 5) if known else None


def summary(rows: Sequence[Row]) -> dict:
    """The figures of design section 6 for some rows."""
    means = {f.name: mean([getattr(row, f.name) for row in rows]) for f in fields(Row) if f.type == "float"}
    baselines = {name: means.pop(name) for name in ("average_psnr", "composite_psnr", "composite_psnr_own")}
    swap = {"psnr": means.pop("swap_psnr"), "main": means.pop("swap_main")}
    renamed = {"main_accuracy": means.pop("main_ok"), "alignment_accuracy": means.pop("aligned")}
    return {"n": len(rows), **renamed, **means, "baselines": baselines, "swap": swap}


def report(rows: Sequence[Row]) -> dict:
    """The JSON of ``evaluate``: the figures over all pairs, and per family under ``families``."""
    names = sorted({row.family for row in rows})
    return summary(rows) | {"families": {name: summary([r for r in rows if r.family == name]) for name in names}}


def worst(rows: Sequence[Row], count: int = WORST) -> list[Row]:
    """The pairs whose own picture lies farthest from the target (in the style split: that align worst)."""

    def value(row: Row) -> float:
        known = [number for number in (row.psnr_own_layout, row.iou) if not math.isnan(number)]
        return known[0] if known else math.inf

    return sorted(rows, key=value)[:count]


def write_worst_sheet(path: Path, net: FusionNet, rows: Sequence[Row], teacher: PairTeacher, size: int) -> None:
    """E1, E2, composite and output under the own layout, output under the true layout, and the target."""
    lines = []
    for row in worst(rows):
        pair = PairSample(row.first, row.second, teacher.recipe(row.first, row.second))
        data = collate([pair], teacher, size, paint=not isinstance(teacher, StyleTeacher))
        with torch.inference_mode():
            own, true = net(data.first, data.second), true_output(net, data)
        pictures = [own.composite, net.to_rgba(own.image), net.to_rgba(true.image)]
        pictures += [data.target] if data.target is not None else []
        lines.append([data.first[0], data.second[0], *(picture[0].float() for picture in pictures)])
    path.parent.mkdir(parents=True, exist_ok=True)
    tile(lines).save(path)


def table(result: dict) -> str:
    """The report as lines of text."""
    keys = ("n", "main_accuracy", "alignment_accuracy", "iou", "psnr_true_layout", "psnr_own_layout")
    lines = [f"{'':16}" + "".join(f"{key:>20}" for key in (*keys, "composite_psnr"))]
    for name, part in {"all": result, **result["families"]}.items():
        cells = [part[key] for key in keys] + [part["baselines"]["composite_psnr"]]
        lines.append(f"{name:16}" + "".join(f"{'-' if cell is None else f'{cell:.4g}':>20}" for cell in cells))
    return "\n".join(lines)


# ---------------------------------------------------------------------------------------------- the command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``evaluate``."""
    add = parser.add_argument
    add("--split", required=True, choices=SPLITS, help="held-out pairs, held-out emoji, or pairs in another art style")
    add("--limit", type=int, default=LIMIT, metavar="N", help="how many pairs")
    add("--json", action="store_true", help="the whole report as JSON on stdout")
    add("--weights", metavar="W", help="a folder or hub id (default: what ships)")
    add("--preset", default=DEFAULT_PRESET, help="whose shipped weights")
    add("--size", type=int, help="side of the pictures in pixels (default: the network's)")
    add("--sheet", type=Path, metavar="PNG", help=f"also draw the worst {WORST} pairs")
    add("--roster", choices=CHOICES["roster"], help="whose recipes are the truth (default: what the network learned)")
    add("--batch", type=int, default=8)
    add("--quiet", action="store_true", help="no progress bar")


def evaluate_command(args: argparse.Namespace) -> int:
    """Evaluate, print the table or the JSON, draw the sheet; returns the exit code."""
    from tqdm import tqdm

    from fusion.evaluation.perceptual import load_perceptual

    if args.limit < 1:
        raise FusionError(f"--limit is {args.limit}: give how many pairs to look at, at least 1.")
    net = load_fusion_net(args.weights, args.preset)
    size = args.size or net.config.size
    if size % 16 or size < 32:
        raise FusionError(f"The size {size} does not work: choose a multiple of 16, at least 32.")
    teacher = teacher_for(args.split, net.config.frame, args.roster or net.config.roster)
    rows = run_evaluation(
        args.split,
        net,
        args.limit,
        size=size,
        batch=args.batch,
        teacher=teacher,
        perceptual=load_perceptual(required=False),
    )
    rows = list(tqdm(rows, total=args.limit, desc=args.split, disable=args.quiet or None))
    result = {"split": args.split, "size": size} | report(rows)
    if args.sheet:
        write_worst_sheet(args.sheet, net, rows, teacher, size)
    print(json.dumps(result, indent=2) if args.json else table(result))
    return 0
