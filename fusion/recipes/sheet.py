"""Contact sheets: two emoji, the teacher's target and, given a network, its output, so that taste can be judged.

Source: DESIGN section 3 and 6.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

from fusion.colour import on_white
from fusion.emoji.catalog import Catalog
from fusion.emoji.popular import popular as popular_emoji
from fusion.errors import FusionError
from fusion.files import write_beside
from fusion.geometry import STICKER_FRAME, Frame, content_box, layout_to_box
from fusion.recipes.painting.paint import paint
from fusion.recipes.painting.sprites import SpriteTable
from fusion.recipes.recipe import Recipe, Sprite
from fusion.recipes.rosters import CLASSIC, FAMILIES, Roster
from fusion.recipes.router import every_pair, recipe_for, role_pools

CELL, LABEL, GAP = 112, 15, 10
TRUTH = ((220, 30, 60), (20, 130, 60), (40, 80, 220))


class Painted(Protocol):
    """What a network answers: ``image`` (B, C, S, S) in its own image space."""

    image: torch.Tensor


class Network(Protocol):
    """What a sheet asks of a trained network; ``fusion.model.FusionNet`` has it."""

    def __call__(self, first: torch.Tensor, second: torch.Tensor) -> Painted:
        """Fuse premultiplied RGBA (B, 4, S, S) in [0, 1]."""

    def to_rgba(self, image: torch.Tensor) -> torch.Tensor:
        """An image of the network's as premultiplied RGBA (B, 4, S, S)."""


def fixed_pairs(keys: Sequence[str], n: int, seed: int = 0) -> list[tuple[str, str]]:
    """``n`` pairs of different ``keys``, no pair twice in either order; the same for the same keys and seed."""
    pairs = list(every_pair(sorted(keys)))
    chosen = np.random.default_rng(seed).permutation(len(pairs))[:n]
    return [pairs[i] for i in chosen]


def sample_pairs(
    n: int, family: str | None = None, *, popular: bool = False, seed: int = 0, roster: Roster = CLASSIC
) -> list[tuple[str, str]]:
    """``n`` pairs: of one ``family`` as the router gives it, as people would pick them, or of the whole catalogue."""
    generator = np.random.default_rng(seed)
    firsts: Sequence[str]
    seconds: Sequence[str]
    if popular:
        liked = [emoji.key for emoji in popular_emoji(Catalog.default())]
        faces = [emoji.key for emoji in Catalog.default() if emoji.subcategory.startswith("face-")]
        firsts, seconds = faces + liked, liked
    elif family is not None:
        if family not in FAMILIES:
            raise FusionError(f"There is no family '{family}': choose one of {', '.join(FAMILIES)}.")
        firsts, seconds = role_pools(FAMILIES[family])
    else:
        firsts = seconds = [emoji.key for emoji in Catalog.default()]
    pairs: list[tuple[str, str]] = []
    for _ in range(400 * n):
        first, second = (pool[int(generator.integers(len(pool)))] for pool in (firsts, seconds))
        routed = (
            family is None
            or FAMILIES[family] not in roster.rules
            or recipe_for(first, second, roster=roster).family == family
        )
        if first != second and routed and (first, second) not in pairs:
            pairs.append((first, second))
        if len(pairs) == n:
            break
    return pairs


def recipe_of(first: str, second: str, family: str | None, frame: Frame, roster: Roster = CLASSIC) -> Recipe:
    """The router's recipe, or that of a family that is not in the roster."""
    if family is not None and FAMILIES[family] not in roster.rules:
        recipe = FAMILIES[family].build(first, second, frame)
        if recipe is not None:
            return recipe
    return recipe_for(first, second, frame, roster)


def label(recipe: Recipe, first: str, second: str) -> str:
    """Family and the names of both emoji."""
    catalog = Catalog.default()
    return f"{recipe.family}: {catalog[first].name} + {catalog[second].name}"


def draw_sheet(
    pairs: str | Sequence[tuple[str, str]] | None,
    n: int,
    path: str | Path,
    net: Network | None = None,
    *,
    truth: bool = False,
    columns: int = 4,
    popular: bool = False,
    seed: int = 0,
    frame: Frame = STICKER_FRAME,
    roster: Roster = CLASSIC,
) -> Path:
    """Write a PNG with ``n`` cells: first, second, target and, given ``net``, its output. Returns the path.

    ``pairs``: a list of key pairs, the name of a family, or ``None`` for a mixture. ``truth`` underlines the main
    subject and draws the boxes of the non-main. Raises ``FusionError`` for an unknown family.
    """
    family = pairs if isinstance(pairs, str) else None
    chosen = (
        sample_pairs(n, family, popular=popular, seed=seed, roster=roster)
        if pairs is None or isinstance(pairs, str)
        else list(pairs)[:n]
    )
    recipes = [recipe_of(first, second, family, frame, roster) for first, second in chosen]
    table = SpriteTable(2 * CELL, frame)
    width = (3 + (net is not None)) * CELL + GAP
    sheet = Image.new("RGB", (columns * width, max(-(-len(chosen) // columns), 1) * (CELL + LABEL)), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(9)
    for cell, (recipe, pair) in enumerate(zip(recipes, chosen, strict=True)):
        x, y = cell % columns * width, cell // columns * (CELL + LABEL)
        shots = shots_of(recipe, pair, table, net)
        for slot, shot in enumerate(shots):
            picture = Image.fromarray(on_white(shot)).resize((CELL, CELL), Image.Resampling.BOX)
            sheet.paste(picture, (x + slot * CELL, y))
        if truth:
            draw_truth(pen, recipe, shots[1 - recipe.main], x, y)
        pen.text((x, y + CELL), label(recipe, *pair)[:68], fill="black", font=font)
    sheet.save(path, format="PNG")
    return Path(path)


def shots_of(
    recipe: Recipe, pair: tuple[str, str], table: SpriteTable, net: Network | None = None
) -> list[torch.Tensor]:
    """First, second, target and the output of ``net``, if there is one: each (4, S, S) premultiplied, in [0, 1]."""
    inputs = table.take([Sprite(key) for key in pair]).float() / 255
    shots = [*inputs, paint([recipe], table)[0]]
    if net is not None:
        with torch.no_grad():
            shots.append(net.to_rgba(net(inputs[:1], inputs[1:]).image)[0])
    return shots


def draw_truth(pen: ImageDraw.ImageDraw, recipe: Recipe, other: torch.Tensor, x: int, y: int) -> None:
    """Boxes of the instances on the target at (x, y), and a line under the main subject."""
    pen.line((x + recipe.main * CELL, y + CELL - 1, x + (recipe.main + 1) * CELL, y + CELL - 1), fill=TRUTH[2])
    if not recipe.instances:
        return
    boxes = layout_to_box(torch.tensor(recipe.instances), content_box(other[3])) * CELL
    for colour, box in zip(TRUTH, boxes.tolist(), strict=False):
        x0, y0, x1, y1 = box
        pen.rectangle((x + 2 * CELL + x0, y + y0, x + 2 * CELL + x1, y + y1), outline=colour)


def draw_folder(
    pairs: Sequence[tuple[str, str]],
    folder: Path,
    *,
    size: int = 256,
    frame: Frame = STICKER_FRAME,
    roster: Roster = CLASSIC,
) -> Path:
    """Write every pair's target as ``first_second.png``, transparent, ``size`` pixels a side; returns the folder."""
    table = SpriteTable(size, frame)
    folder.mkdir(parents=True, exist_ok=True)
    for first, second in pairs:
        premultiplied = paint([recipe_for(first, second, frame, roster)], table)[0].movedim(0, -1).numpy()
        alpha = premultiplied[..., 3:]
        straight = np.concatenate([premultiplied[..., :3] / np.maximum(alpha, 1e-3), alpha], axis=-1)
        picture = Image.fromarray((straight.clip(0, 1) * 255 + 0.5).astype(np.uint8))
        with write_beside(folder / f"{first}_{second}.png") as path:
            picture.save(path, format="PNG")
    return folder
