"""A teacher with two families over emoji that are a square or a disc of one colour: training in miniature."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from fusion.data.splits import hash_share
from fusion.geometry import STICKER_FRAME, Frame, Layout, over, warp
from fusion.recipes.recipe import Recipe, Sprite

SQUARES = tuple(f"square-{i:02}" for i in range(24))
DISCS = tuple(f"disc-{i:02}" for i in range(24))


def corner_of(key: str) -> Layout:
    """Where a disc goes on a square: by its own hash, so that the pair decides and nothing else."""
    right = 1 if hash_share(key) > 0.5 else -1
    return Layout(0.5, 0.5, -0.15, 0.2 * right)


class Pictures:
    """uint8 pictures of the fake emoji."""

    def __init__(self, size: int) -> None:
        self.size = size

    def take(self, sprites: Sequence[Sprite]) -> Tensor:
        return torch.stack([self.one(sprite.emoji) for sprite in sprites])

    def one(self, key: str) -> Tensor:
        line = torch.linspace(-1, 1, self.size)
        y, x = torch.meshgrid(line, line, indexing="ij")
        inside = (x**2 + y**2 < 0.5) if key.startswith("disc") else (x.abs().maximum(y.abs()) < 0.7)
        colour = torch.tensor([hash_share(key, channel) for channel in "rgb"] + [1.0])
        return (255 * colour[:, None, None] * inside).round().byte()


class FakeTeacher:
    """``corner``: a disc small in a corner of a square, which is main. ``dyed``: the lesser disc, recoloured.

    A fake recipe has no strokes; it carries its pair in ``reason``, for painting.
    """

    def __init__(self, frame: Frame = STICKER_FRAME, roster: str = "classic") -> None:
        self.frame = frame

    def pools(self):
        return {"corner": (SQUARES, DISCS), "dyed": (DISCS, DISCS)}

    def recipe(self, first: str, second: str) -> Recipe:
        pair = f"{first} {second}"
        if first.startswith("disc") == second.startswith("disc"):
            return Recipe("dyed", int(first > second), (), recolour=True, reason=pair)
        main = int(first.startswith("disc"))
        return Recipe("corner", main, (), (corner_of((second, first)[main]),), reason=pair)

    def every(self, first: str, second: str) -> tuple[Recipe, ...]:
        return (self.recipe(first, second),)

    def dye(self, recipe: Recipe, first: str, second: str) -> None:
        return None

    def table(self, size: int) -> Pictures:
        return Pictures(size)

    def paint(self, recipes: Sequence[Recipe], size: int, layouts: Tensor | None = None) -> Tensor:
        pictures, rows = Pictures(size), []
        for index, recipe in enumerate(recipes):
            pair = recipe.reason.split()
            main, other = (pictures.one(key)[None].float() / 255 for key in (pair[recipe.main], pair[1 - recipe.main]))
            if recipe.recolour:
                rows.append(main[:, 3:] * other[:, :, size // 2, size // 2, None, None])
                continue
            layout = torch.tensor([recipe.instances[0]]) if layouts is None else layouts[index, :1]
            rows.append(over(warp(other, layout), main))
        return torch.cat(rows)
