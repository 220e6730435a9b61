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
from fusion.recipes.understanding import Meant, understand
from fusion.trace import FusionTrace, LayoutTrace


def name_families(trace: FusionTrace, recipes: Sequence[Recipe]) -> FusionTrace:
    """``trace`` with the family of each hypothesis, of those whose ``recipes`` fit the pair."""
    named = tuple(replace(one, family=family_of(trace, one.layout, recipes)) for one in trace.hypotheses)
    return replace(trace, hypotheses=named)


def family_of(trace: FusionTrace, layout: LayoutTrace, recipes: Sequence[Recipe]) -> str | None:
    """The family whose recipe ``layout`` is aligned with, the one that overlaps most; ``None`` where none is."""
    if not recipes:
        return None
    layouts, presences = zip(*(recipe.slots() for recipe in recipes), strict=True)
    count, slots = len(recipes), len(layout.layouts)
    content = content_box(torch.from_numpy(np.ascontiguousarray(trace.inputs[1 - trace.main][..., 3])))
    found = alignment(
        torch.from_numpy(layout.layouts)[None].expand(count, slots, 4),
        torch.from_numpy(layout.presence)[None].expand(count, slots),
        torch.from_numpy(np.stack(layouts)),
        torch.from_numpy(np.stack(presences)),
        content[None].expand(count, 4),
        torch.tensor([recipe.main == trace.main for recipe in recipes]),
    )
    best = int(found.iou.argmax())
    return recipes[best].family if bool(found.aligned[best]) else None


def unmet(trace: FusionTrace, recipes: Sequence[Recipe]) -> tuple[str, ...]:
    """One sentence for each part of what was said that the result does not do, as far as it can be told.

    ``recipes``: of every family that fits the pair.
    """
    given = family_of(trace, trace.effective, recipes)
    fitting = {recipe.family for recipe in recipes}
    checks = {"family": family_unmet, "count": count_unmet, "palette": palette_unmet}
    found = (
        checks[meant.kind](meant, trace, given, fitting) for meant in understand(trace.say) if meant.kind in checks
    )
    return tuple(sentence for sentence in found if sentence)


def family_unmet(meant: Meant, trace: FusionTrace, given: str | None, fitting: set[str]) -> str:
    """Whether the family asked for does not fit these two, or was not followed; empty where all is well."""
    if given in meant.values:
        return ""
    nearest = f"the nearest is {given}" if given else "this is the nearest"
    if fitting.isdisjoint(meant.values):
        return f"These two cannot be put “{meant.text}”; {nearest}."
    return f"“{meant.text}” was not followed; {nearest}." if given else ""


def count_unmet(meant: Meant, trace: FusionTrace, given: str | None, fitting: set[str]) -> str:
    """Whether there are not so many copies as were asked for."""
    there = int((trace.effective.presence > 0.5).sum())
    if COUNT_NAMES.get(there) in meant.values:
        return ""
    return f"“{meant.text}” cannot be had for these two; there {'is' if there == 1 else 'are'} {there}."


def palette_unmet(meant: Meant, trace: FusionTrace, given: str | None, fitting: set[str]) -> str:
    """Whether the main subject keeps its palette though it was not to, or the other way round."""
    recoloured = trace.recoloured is not None
    if ("other" if recoloured else "own") in meant.values:
        return ""
    return f"“{meant.text}” was not followed; the colours are {'the other emoji’s' if recoloured else 'its own'}."
