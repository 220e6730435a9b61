"""What the network's layouts are in the teacher's words: the family of each, and which wishes were not met.

Source: DESIGN section 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from fusion.alignment import alignment
from fusion.geometry import content_box
from fusion.recipes.captions import COUNT_NAMES
from fusion.recipes.recipe import Recipe
from fusion.recipes.understanding import Meant, understand, unlike_any
from fusion.trace import FusionTrace, LayoutTrace


def name_families(trace: FusionTrace, recipes: Sequence[Recipe]) -> FusionTrace:
    """``trace`` with the family of each hypothesis, of those whose ``recipes`` fit the pair.

    Where the network names them itself, its word stands.
    """
    if any(one.family for one in trace.hypotheses):
        return trace
    families = families_of(trace, [one.layout for one in trace.hypotheses], recipes)
    named = tuple(replace(one, family=family) for one, family in zip(trace.hypotheses, families, strict=True))
    return replace(trace, hypotheses=named)


def families_of(trace: FusionTrace, layouts: Sequence[LayoutTrace], recipes: Sequence[Recipe]) -> list[str | None]:
    """For each layout the family whose recipe it is aligned with, the one that overlaps most; ``None`` for none."""
    if not layouts or not recipes:
        return [None] * len(layouts)
    truths, presences = (torch.from_numpy(np.stack(part)) for part in zip(*map(Recipe.slots, recipes), strict=True))
    content = content_box(torch.from_numpy(np.ascontiguousarray(trace.inputs[1 - trace.main][..., 3])))
    count, pairs = len(recipes), len(layouts) * len(recipes)
    given = torch.from_numpy(np.stack([one.layouts for one in layouts]))
    there = torch.from_numpy(np.stack([one.presence for one in layouts]))
    found = alignment(
        given.repeat_interleave(count, 0),
        there.repeat_interleave(count, 0),
        truths.repeat(len(layouts), 1, 1),
        presences.repeat(len(layouts), 1),
        content.expand(pairs, 4),
        torch.tensor([recipe.main == trace.main for recipe in recipes]).repeat(len(layouts)),
    )
    iou, aligned = found.iou.view(-1, count), found.aligned.view(-1, count)
    best = iou.argmax(1).tolist()
    return [recipes[k].family if aligned[row, k] else None for row, k in enumerate(best)]


def unmet(trace: FusionTrace, recipes: Sequence[Recipe] | None) -> tuple[str, ...]:
    """One sentence for each part of what was said that the result does not do, as far as it can be told.

    ``recipes``: of every family that fits the pair; ``None`` for people's own pictures, of which the teacher knows
    nothing. What the network itself says that it gives is then all there is to go by.
    """
    said = trace.say, trace.names
    checks = {"family": family_unmet, "count": count_unmet, "palette": palette_unmet}
    unlike = [f"“{part}” is like nothing that was taught; this is the nearest." for part in unlike_any(*said)]
    wishes = [meant for meant in understand(*said) if meant.kind in checks]
    if not wishes:
        return tuple(unlike)
    if recipes is None:
        given, fitting = own_word(trace), None
    else:
        (given,) = families_of(trace, [trace.effective], recipes)
        fitting = {recipe.family for recipe in recipes}
    found = (checks[meant.kind](meant, trace, given, fitting) for meant in wishes)
    return (*unlike, *(sentence for sentence in found if sentence))


def own_word(trace: FusionTrace) -> str | None:
    """The family that the network says its layout is; ``None`` where it names none, or the layout is a person's."""
    if trace.override is not None or not 1 <= trace.hypothesis <= len(trace.hypotheses):
        return None
    return trace.hypotheses[trace.hypothesis - 1].family


def family_unmet(meant: Meant, trace: FusionTrace, given: str | None, fitting: set[str] | None) -> str:
    """Whether the family asked for does not fit these two, or was not followed; empty where all is well.

    ``fitting``: ``None`` where nobody knows; only what no family has can then not be had.
    """
    if given in meant.values:
        return ""
    nearest = f"the nearest is {given}" if given else "this is the nearest"
    if not meant.values or (fitting is not None and fitting.isdisjoint(meant.values)):
        return f"These two cannot be put “{meant.text}”; {nearest}."
    return f"“{meant.text}” was not followed; {nearest}." if given else ""


def count_unmet(meant: Meant, trace: FusionTrace, given: str | None, fitting: set[str] | None) -> str:
    """Whether there are not so many copies as were asked for."""
    there = int((trace.effective.presence > 0.5).sum())
    if COUNT_NAMES.get(there) in meant.values:
        return ""
    return f"“{meant.text}” cannot be had for these two; there {'is' if there == 1 else 'are'} {there}."


def palette_unmet(meant: Meant, trace: FusionTrace, given: str | None, fitting: set[str] | None) -> str:
    """Whether the main subject keeps its palette though it was not to, or the other way round."""
    recoloured = trace.recoloured is not None
    if ("other" if recoloured else "own") in meant.values:
        return ""
    return f"“{meant.text}” was not followed; the colours are {'the other emoji’s' if recoloured else 'its own'}."
