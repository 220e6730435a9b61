"""Whether a network does what it is told: sentences in wordings that no training draws, on pairs it has never seen.

``family``: the layout given is aligned with that family's recipe, main subject included. ``size`` and ``place``: it is
nearer to the recipe so changed than to the router's own. ``count``: so many copies are there. ``palette``: the switch
stands so. Wishes that a pair cannot have are not counted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from fusion.alignment import alignment
from fusion.data.batch import Batch, collate
from fusion.data.sampler import PairSample, PairTeacher
from fusion.data.words import add_words
from fusion.errors import FusionError
from fusion.evaluation.evaluate import evaluation_pairs
from fusion.evaluation.teacher_forcing import given_words
from fusion.model import FusionNet, FusionOutput
from fusion.recipes.captions import KINDS, Wish, draw_wish
from fusion.recipes.recipe import Recipe

STREAM = 11
"""First number of the streams that wishes are drawn by."""


class Obeyed(NamedTuple):
    """One wish: whether the network does it when told, and whether it would have done so anyway."""

    wish: Wish
    obeyed: bool
    anyway: bool


def measure_captions(
    net: FusionNet, split: str, limit: int, *, size: int, batch: int, teacher: PairTeacher, held_out: bool = True
) -> Iterator[Obeyed]:
    """One wish of each kind for each of ``limit`` pairs of a split, in wordings held out of training or drawn by it.

    Raises FusionError for networks without words.
    """
    if not net.config.words:
        raise FusionError("These weights know no words: give --weights of a network trained with --set words=64.")
    net.eval()
    device = next(net.parameters()).device
    wishes = list(draw_wishes(evaluation_pairs(split, limit, teacher), teacher, held_out))
    for start in range(0, len(wishes), batch):
        pairs, said, defaults = zip(*wishes[start : start + batch], strict=True)
        data = collate(pairs, teacher, size, paint=False)
        outputs = []
        for sentences in ([pair.sentence for pair in pairs], []):
            add_words(data, net.config.words, sentences)
            with torch.inference_mode():
                moved = data.to(device)
                outputs.append(judge(net(moved.first, moved.second, words=given_words(moved)), moved, said, defaults))
        yield from (Obeyed(*row) for row in zip(said, *outputs, strict=True))


def draw_wishes(
    pairs: Iterable[PairSample], teacher: PairTeacher, held_out: bool = True
) -> Iterator[tuple[PairSample, Wish, Recipe]]:
    """Pairs with what obeys a wording, held out of training or not, the wish itself, and the router's own recipe."""
    for number, pair in enumerate(pairs):
        recipes = teacher.every(pair.first, pair.second)
        dye = partial(teacher.dye, first=pair.first, second=pair.second)
        for turn, kind in enumerate(KINDS):
            generator = np.random.default_rng((STREAM, number, turn))
            wish = draw_wish(recipes, teacher.frame, generator, held_out=held_out, kind=kind, dye=dye)
            if wish is not None:
                yield pair._replace(recipe=wish.recipe, sentence=wish.text), wish, recipes[0]


def judge(output: FusionOutput, data: Batch, wishes: Iterable[Wish], defaults: Iterable[Recipe]) -> list[bool]:
    """Whether each pair of ``output`` does what was wished."""
    main_ok = output.main == data.main
    aligned = alignment(output.layout, output.presence, data.layout, data.presence, data.content, main_ok).aligned
    rows = zip(wishes, defaults, strict=True)
    return [does(output, row, bool(aligned[row]), wish, default) for row, (wish, default) in enumerate(rows)]


def does(output: FusionOutput, row: int, aligned: bool, wish: Wish, default: Recipe) -> bool:
    """Whether one pair does what was wished."""
    if wish.kind == "family":
        return aligned
    present = output.presence[row] > 0.5
    if wish.kind == "count":
        return int(present.sum()) == len(wish.recipe.instances)
    if wish.kind == "palette":
        return bool(output.recolour[row] > 0.5) == wish.recipe.recolour
    if int(output.main[row]) != wish.recipe.main or not present.any():
        return False
    given = place_and_size(output.layout[row][present].float().cpu())
    wanted, plain = (place_and_size(torch.tensor(recipe.instances)) for recipe in (wish.recipe, default))
    part = slice(2) if wish.kind == "place" else slice(2, 3)
    return math.dist(given[part], wanted[part]) < math.dist(given[part], plain[part])


def place_and_size(layouts: Tensor) -> list[float]:
    """Mean offsets of layouts (n, 4), down and right, and the logarithm of their mean scale."""
    down, right = layouts[:, 2:].mean(0).tolist()
    return [down, right, float(layouts[:, :2].clamp_min(1e-3).log().mean())]


def obeyed(measured: Iterable[Obeyed]) -> dict[str, dict[str, float]]:
    """By kind: ``n`` wishes, the share ``obeyed``, and the share that is so ``without`` the sentence."""
    rows = list(measured)
    result = {}
    for kind in KINDS:
        some = [row for row in rows if row.wish.kind == kind]
        if some:
            obeyed, anyway = (sum(getattr(row, name) for row in some) / len(some) for name in ("obeyed", "anyway"))
            result[kind] = {"n": len(some), "obeyed": round(obeyed, 4), "without": round(anyway, 4)}
    return result
