"""The teacher's answers for emoji in another art style, from anatomy measured on that style's own pictures.

Whoever measures asks the catalogue of the process, and remembers: so a style gets a process of its own, in which the
catalogue draws in that style and the corrections by hand, made for Noto's drawings, are left out.

Source: DESIGN section 6.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from fusion.emoji.catalog import Catalog
from fusion.files import cache_folder
from fusion.geometry import Frame
from fusion.recipes.anatomy import layers
from fusion.recipes.anatomy import store as anatomy_store
from fusion.recipes.fingerprint import MEASURED_BY, fingerprint
from fusion.recipes.recipe import Recipe
from fusion.recipes.rosters import Roster, roster_named
from fusion.recipes.router import recipe_for

READ_OFF_NOTO = frozenset({"part swap", "topping", "wheels", "ride", "peek"})
"""Families whose places (rims, saddles, heads) are read off Noto's drawings by hand: a style has no truth of them."""

Pair = tuple[str, str]


def recipes_in(path: Path, pairs: Sequence[Pair], frame: Frame, roster: str) -> list[Recipe | None]:
    """The router's recipe of each pair as the catalogue at ``path`` draws it, measured there.

    ``None`` where the pair would get a family of ``READ_OFF_NOTO`` in Noto's drawing, or gets another family in the
    style's than in Noto's: its truth is in doubt. The first call measures the whole style, a minute or two, and keeps
    that in the user's cache folder. Raises UnreadableCatalog.
    """
    at_home = [recipe_for(*pair, frame, roster_named(roster)).family for pair in pairs]
    answer = partial(recipe_in_style, frame=frame, roster=roster)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=draw_in, initargs=(path,)) as pool:
        there = list(pool.map(answer, pairs, chunksize=16))
    return [
        recipe if recipe.family == family and family not in READ_OFF_NOTO else None
        for recipe, family in zip(there, at_home, strict=True)
    ]


def recipe_in_style(pair: Pair, frame: Frame, roster: str) -> Recipe:
    """In the style's process: the recipe of a pair by the families that measure where things go."""
    full = roster_named(roster)
    rules = tuple(family for family in full.rules if family.name not in READ_OFF_NOTO)
    # Only the layouts are wanted; what paints a stroke may hold arrays that are slow to send.
    return replace(recipe_for(*pair, frame, Roster(full.name, rules)), strokes=())


def draw_in(path: Path) -> None:
    """From here on the catalogue of this process is the one at ``path``; before anything is measured."""
    from tqdm import tqdm

    from fusion.recipes.anatomy.anatomy import measure_emoji

    catalog = opened(Catalog.load(path))
    Catalog.replace_default(catalog)
    name = f"anatomy-{path.name.partition('.')[0]}-{digest(path)}-{fingerprint(MEASURED_BY)}.json.gz"
    table = cache_folder() / name
    if not table.exists():
        keys = tqdm([emoji.key for emoji in catalog], desc=f"anatomy of {path.name.partition('.')[0]}", disable=None)
        anatomy_store.save({key: measure_emoji(key) for key in keys}, table)
    anatomy_store.use(table)


def digest(path: Path) -> str:
    """Short hash of a file."""
    return hashlib.blake2b(path.read_bytes(), digest_size=4).hexdigest()


def opened(catalog: Catalog) -> Catalog:
    """The same drawings without a group about each: fetched styles move and scale all of a drawing in one group.

    Layers are told apart below it only if each has that group's transform itself.
    """
    return Catalog(list(catalog), [ungrouped(catalog.body(emoji.key)).encode() for emoji in catalog])


def ungrouped(body: str) -> str:
    """``body`` with the transform of its one outer group on each layer inside; as it is where there is none."""
    start, _, rest = body.partition(">")
    lone = rest.endswith("</g>") and len(layers.flatten(body).leaves) == 1
    if not (lone and start.startswith('<g transform="')):
        return body
    inside = layers.flatten(rest.removesuffix("</g>"))
    return inside.defs + "".join(f"{start}>{leaf}</g>" for leaf in inside.leaves)
