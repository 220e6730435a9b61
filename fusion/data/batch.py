"""Recipes as tensors: the truth of a batch, and its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from fusion.data.sampler import PairSample, PairTeacher
from fusion.geometry import MAX_SCALE, MIN_SCALE, Frame, content_box
from fusion.recipes.recipe import Recipe, Sprite
from fusion.recipes.teacher import SpriteSource

JITTER_SHARE, JITTER_SCALE, JITTER_OFFSET = 0.5, 0.12, 0.04
"""Half of the painted layouts are moved a little, so that the fusion learns to follow whatever layout it is given."""


@dataclass
class Batch:
    """B pairs as tensors. Pictures are float32 premultiplied RGBA in [0, 1].

    ``layout``: the teacher's, absent instances at identity. ``painted_layout``: what ``target`` shows, the same or a
    jittered one. ``content``: box of the non-main before the warp (alpha > 0.5). ``target`` is ``None`` in batches
    for the layout branch alone. ``layout_known``: 1 where main subject, layout and presence are the truth, 0 where only
    the pictures are; ``recolour_known``: the same for ``recolour``. The teacher knows everything. ``word_vectors``,
    ``word_roles``: what each emoji is called and what is said of the pair, where words were asked for.
    """

    first: Tensor  # (B, 4, S, S)
    second: Tensor  # (B, 4, S, S)
    target: Tensor | None  # (B, 4, S, S)
    main: Tensor  # (B,) long, 0 or 1
    layout: Tensor  # (B, 3, 4)
    presence: Tensor  # (B, 3), 0 or 1
    recolour: Tensor  # (B,), 0 or 1
    painted_layout: Tensor  # (B, 3, 4)
    content: Tensor  # (B, 4)
    layout_known: Tensor  # (B,), 0 or 1
    recolour_known: Tensor  # (B,), 0 or 1
    families: list[str]
    keys: list[tuple[str, str]]
    word_vectors: Tensor | None = None  # (B, 2, T, D), see ``fusion.data.words``
    word_roles: Tensor | None = None  # (B, 2, T) long

    def __len__(self) -> int:
        return len(self.main)

    @property
    def painted_target(self) -> Tensor:
        """``target`` (B, 4, S, S) where it is known to be there. Raises ValueError in batches without pictures."""
        if self.target is None:
            raise ValueError("this batch was collated with paint=False: it has no target")
        return self.target

    def family(self, names: Sequence[str]) -> Tensor:
        """The family of each recipe, one-hot (B, len(names)); a row of zeros for those that are none of ``names``."""
        told = [[float(name == one) for name in names] for one in self.families]
        return torch.tensor(told, device=self.main.device).view(len(self), len(names))

    def tensors(self) -> dict[str, Tensor]:
        """The tensors by name, for moving and for saving."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, Tensor)}

    def to(self, device: torch.device | str) -> Batch:
        """The same batch on ``device``."""
        moved: dict[str, Any] = {name: value.to(device, non_blocking=True) for name, value in self.tensors().items()}
        return replace(self, **moved)

    @classmethod
    def join(cls, parts: Sequence[Batch]) -> Batch:
        """The pairs of several batches, one after the other; all painted, or none."""
        names = parts[0].tensors()
        values: dict[str, Any] = {name: torch.cat([getattr(part, name) for part in parts]) for name in names}
        values["families"] = [family for part in parts for family in part.families]
        values["keys"] = [key for part in parts for key in part.keys]
        return cls(**{"target": None, **values})


def encode(recipes: Sequence[Recipe]) -> dict[str, Tensor]:
    """The truth of B recipes: ``main`` (B,) long, ``layout`` (B, 3, 4), ``presence`` (B, 3), ``recolour`` (B,)."""
    layouts, presences = zip(*(recipe.slots() for recipe in recipes), strict=True)
    return {
        "main": torch.tensor([recipe.main for recipe in recipes], dtype=torch.long),
        "layout": torch.from_numpy(np.stack(layouts)),
        "presence": torch.from_numpy(np.stack(presences)),
        "recolour": torch.tensor([float(recipe.recolour) for recipe in recipes]),
    }


def jitter(layout: Tensor, frame: Frame, generator: np.random.Generator, share: float = JITTER_SHARE) -> Tensor:
    """``layout`` (B, K, 4) with a share of the pairs moved: scales by 12 %, offsets by 0.04, within the frame."""
    rows, slots = layout.shape[:2]
    moved = generator.random((rows, 1)) < share
    factor = np.exp(generator.uniform(-JITTER_SCALE, JITTER_SCALE, (rows, slots, 2))) ** moved[..., None]
    shift = generator.uniform(-JITTER_OFFSET, JITTER_OFFSET, (rows, slots, 2)) * moved[..., None]
    scale = (layout[..., :2] * torch.from_numpy(factor).float()).clamp(MIN_SCALE, MAX_SCALE)
    bound = frame.max_offset
    offset = (layout[..., 2:] + torch.from_numpy(shift).float()).clamp(-bound, bound)
    return torch.cat([scale, offset], dim=-1)


def unpainted(drawn: Sequence[PairSample], table: SpriteSource) -> Batch:
    """The tensors of ``drawn`` without targets; ``table``: where the pictures come from."""
    truth = encode([pair.recipe for pair in drawn])
    first, second = (
        table.take([Sprite(key) for key in keys]).float().div_(255)  # (B, 4, S, S)
        for keys in ([pair.first for pair in drawn], [pair.second for pair in drawn])
    )
    main = truth["main"].view(-1, 1, 1, 1).bool()
    return Batch(
        first=first,
        second=second,
        target=None,
        painted_layout=truth["layout"],
        content=content_box(torch.where(main, first, second)[:, 3]),
        layout_known=torch.ones(len(drawn)),
        recolour_known=torch.ones(len(drawn)),
        families=[pair.recipe.family for pair in drawn],
        keys=[(pair.first, pair.second) for pair in drawn],
        **truth,
    )


def collate(
    drawn: Sequence[PairSample],
    teacher: PairTeacher,
    size: int,
    *,
    paint: bool = True,
    generator: np.random.Generator | None = None,
) -> Batch:
    """The tensors of ``drawn``; painted (with jitter, where a ``generator`` is given) or without targets."""
    batch = unpainted(drawn, teacher.table(size))
    if not paint:
        return batch
    recipes = [pair.recipe for pair in drawn]
    if generator is None:
        return replace(batch, target=teacher.paint(recipes, size))
    painted = jitter(batch.layout, teacher.frame, generator)
    return replace(batch, painted_layout=painted, target=teacher.paint(recipes, size, painted))
