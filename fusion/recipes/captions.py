"""What a person might say about a fusion, and the recipe that obeys it: captions for training and for evaluation.

A wish is about the family, the size, the place, the count of copies or the palette. Family, count and palette choose
among the recipes that fit a pair; size and place change the layout of the one that the router would give.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fusion.geometry import Frame, Layout
from fusion.recipes import phrases
from fusion.recipes.recipe import Recipe

KINDS = ("family", "size", "place", "count", "palette")
SHARES = (0.4, 0.15, 0.25, 0.1, 0.1)
"""How often each kind of wish is drawn in training."""

ALSO = 0.3
"""How often a caption says more than its wish that is true of the recipe, of each kind."""

FACTORS = {"small": 0.7, "big": 1.4}
"""What a size does to the scales."""

REACH = 0.12
"""How far a place moves the other emoji, as a share of the canvas."""

COUNT_NAMES = {1: "one", 2: "two", 3: "three"}
VERTICAL, HORIZONTAL = {"upper": -1, "up": -1, "lower": 1, "down": 1}, {"left": -1, "right": 1}


@dataclass(frozen=True)
class Wish:
    """``text``: what is said; ``recipe``: what obeys it; ``kind``: of KINDS; ``value``: such as ``"small"``."""

    kind: str
    value: str
    text: str
    recipe: Recipe


def caption(recipe: Recipe, generator: np.random.Generator, held_out: bool = False) -> str:
    """One sentence for ``recipe``: a wording of its family, and at times its count and palette.

    ``held_out``: of the wordings that no training draws, instead of those that it does.
    """
    parts = [_pick(phrases.family_wordings(recipe.family), generator, held_out)]
    if len(recipe.instances) > 1 and generator.random() < ALSO:
        parts.append(_say("count", count_of(recipe), generator, held_out))
    if generator.random() < ALSO:
        parts.append(_say("palette", palette_of(recipe), generator, held_out))
    return ", ".join(parts)


def draw_wish(
    recipes: Sequence[Recipe],
    frame: Frame,
    generator: np.random.Generator,
    *,
    held_out: bool = False,
    kind: str | None = None,
    dye: Callable[[Recipe], Recipe | None] | None = None,
) -> Wish | None:
    """A wish for a pair that ``recipes`` fit, the router's choice first; ``None`` where its kind cannot be had.

    ``kind``: that kind and nothing said beside it; by default one in the shares of training. ``dye``: gives a recipe in
    the other's palette, which then obeys "in its colours" before any other does; without it a palette only chooses.
    """
    chosen = str(generator.choice(KINDS, p=SHARES)) if kind is None else kind
    if chosen == "palette" and dye is not None and (coloured := dye(recipes[0])) is not None:
        recipes = (coloured, *recipes)
    if chosen == "family":
        recipe = recipes[int(generator.integers(len(recipes)))]
        if kind is None:
            return Wish(chosen, recipe.family, caption(recipe, generator, held_out), recipe)
        return Wish(chosen, recipe.family, _pick(phrases.family_wordings(recipe.family), generator, held_out), recipe)
    if chosen in ("count", "palette"):
        of = count_of if chosen == "count" else palette_of
        values = sorted({of(recipe) for recipe in recipes} - {""})
        value = values[generator.integers(len(values))] if values else ""
        found = next((recipe for recipe in recipes if value and of(recipe) == value), None)
    else:
        values = list(FACTORS if chosen == "size" else phrases.PLACES)
        value = values[generator.integers(len(values))]
        found = resized(recipes[0], value, frame) if chosen == "size" else moved(recipes[0], value, frame)
    return None if found is None else Wish(chosen, value, _say(chosen, value, generator, held_out), found)


def count_of(recipe: Recipe) -> str:
    """How many copies there are, in a word; empty for none."""
    return COUNT_NAMES.get(len(recipe.instances), "")


def palette_of(recipe: Recipe) -> str:
    """Whose palette the main subject has: ``"other"`` or ``"own"``."""
    return "other" if recipe.recolour else "own"


def resized(recipe: Recipe, size: str, frame: Frame) -> Recipe | None:
    """The recipe with all copies smaller or bigger; ``None`` where there are none, or no room for it."""
    factor = FACTORS[size]
    layouts = [Layout(h * factor, w * factor, y, x) for h, w, y, x in recipe.instances]
    return with_layouts(recipe, layouts, frame)


def moved(recipe: Recipe, place: str, frame: Frame) -> Recipe | None:
    """The recipe with its copies moved towards ``place``; ``None`` where there are none, or no room for it."""
    words = place.split()
    down, right = (sum(table.get(word, 0) for word in words) for table in (VERTICAL, HORIZONTAL))
    layouts = [Layout(h, w, y + REACH * down, x + REACH * right) for h, w, y, x in recipe.instances]
    return with_layouts(recipe, layouts, frame)


def with_layouts(recipe: Recipe, layouts: Sequence[Layout], frame: Frame) -> Recipe | None:
    """The recipe with other layouts of its copies, strokes included; ``None`` where one leaves the frame."""
    if not layouts or not all(frame.allows(layout) for layout in layouts):
        return None
    strokes = tuple(
        stroke if stroke.instance is None else replace(stroke, layout=layouts[stroke.instance])
        for stroke in recipe.strokes
    )
    return replace(recipe, strokes=strokes, instances=tuple(layouts))


def _say(kind: str, value: str, generator: np.random.Generator, held_out: bool) -> str:
    """A wording of a size, a place, a count or a palette."""
    table = {"size": phrases.SIZES, "place": phrases.PLACES, "count": phrases.COUNTS, "palette": phrases.PALETTES}[kind]
    return _pick(phrases.wordings(table[value], value), generator, held_out)


def _pick(found: tuple[tuple[str, ...], tuple[str, ...]], generator: np.random.Generator, held_out: bool) -> str:
    """One of the wordings for training, or of those held out."""
    some = found[held_out]
    return some[generator.integers(len(some))]
