"""Recipes -> tensors: an endless stream of pairs, the same for the same seed and step.

Every batch is a pure function of (seed, process, step), so a resumed run sees the data that an uninterrupted
one would have seen, however far the prefetching had run ahead.

Source: design section 3; feasibility study (pairs are drawn on the fly; the layout branch needs no target picture).
"""

from __future__ import annotations

import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from fusion.errors import FusionError
from fusion.geometry import IDENTITY, MAX_SCALE, MIN_SCALE, STICKER_FRAME, Frame, content_box
from fusion.recipes.recipe import MAX_INSTANCES, Recipe, Sprite
from fusion.splits import Pools, belongs_to
from fusion.styled import StyledSprites, restyle

ANY = "any"
"""Name of the pairs drawn from the whole catalogue, whatever their family: what people who try random pairs meet."""

JITTER_SHARE, JITTER_SCALE, JITTER_OFFSET = 0.5, 0.12, 0.04
"""Half of the painted layouts are moved a little, so that the fusion learns to follow whatever layout it is given."""

TRIES = 24
"""How often a pair of a wanted family is looked for before any pair is taken."""


class SpriteSource(Protocol):
    """What :class:`fusion.recipes.sprites.SpriteTable` offers."""

    def take(self, sprites: Sequence[Sprite]) -> Tensor:
        """uint8 (n, 4, S, S), premultiplied RGBA."""


class Teacher(Protocol):
    """Where pairs, their recipes and their pictures come from."""

    frame: Frame

    def pools(self) -> Pools:
        """Family -> keys that can stand first, keys that can stand second."""

    def recipe(self, first: str, second: str) -> Recipe:
        """The one answer for a pair."""

    def table(self, size: int) -> SpriteSource:
        """Pictures of ``size`` pixels a side."""

    def paint(self, recipes: Sequence[Recipe], size: int, layouts: Tensor | None = None) -> Tensor:
        """Targets (B, 4, S, S) in [0, 1]; ``layouts`` (B, 3, 4) takes the place of the recipes' own."""


class RouterTeacher:
    """The procedural teacher: the router's recipes, painted from the cached sprites of the catalogue."""

    def __init__(self, frame: Frame = STICKER_FRAME) -> None:
        self.frame = frame
        self._tables: dict[int, SpriteSource] = {}

    def prepare(self) -> None:
        """Measure every emoji, so that forked workers share the result."""
        from fusion.catalog import Catalog
        from fusion.recipes.anatomy import anatomy

        for emoji in Catalog.default():
            anatomy(emoji.key)
        self.pools()

    def pools(self) -> Pools:
        from fusion.recipes import router

        return {name: pool for name, pool in router.pools().items() if router.FAMILIES[name].in_router}

    def recipe(self, first: str, second: str) -> Recipe:
        from fusion.recipes.router import recipe_for

        return recipe_for(first, second, self.frame)

    def table(self, size: int) -> SpriteSource:
        from fusion.recipes.sprites import SpriteTable

        if size not in self._tables:
            self._tables[size] = SpriteTable(size, self.frame)
        return self._tables[size]

    def paint(self, recipes: Sequence[Recipe], size: int, layouts: Tensor | None = None) -> Tensor:
        from fusion.recipes.paint import paint

        return paint(recipes, self.table(size), layouts)


class Drawn(NamedTuple):
    """One drawn pair and the teacher's answer."""

    first: str
    second: str
    recipe: Recipe


@dataclass
class Batch:
    """B pairs as tensors. Pictures are float32 premultiplied RGBA in [0, 1].

    ``layout``: the teacher's, absent instances at identity. ``painted_layout``: what ``target`` shows, the same or a
    jittered one. ``content``: box of the non-main before the warp (alpha > 0.5). ``target`` is ``None`` in batches
    for the layout branch alone.
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
    families: list[str]
    keys: list[tuple[str, str]]

    def __len__(self) -> int:
        return len(self.main)

    def tensors(self) -> dict[str, Tensor]:
        """The tensors by name, for moving and for saving."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, Tensor)}

    def to(self, device: torch.device | str) -> Batch:
        """The same batch on ``device``."""
        return replace(self, **{name: value.to(device, non_blocking=True) for name, value in self.tensors().items()})


class PairSampler:
    """Draws pairs of one split, families in fixed shares, the order of the two emoji by a coin.

    ``weights``: family (or ``ANY``) -> relative share, 1 where none is given. A drawn pair that the router gives to
    another family than the one it was drawn for is drawn again, so that the shares hold.
    """

    def __init__(
        self, teacher: Teacher, split: str = "train", weights: Mapping[str, float] | None = None, tries: int = TRIES
    ) -> None:
        self.teacher, self.split, self.tries = teacher, split, tries
        pools = {name: tuple(map(tuple, pool)) for name, pool in sorted(teacher.pools().items())}
        everyone = tuple(sorted({key for pool in pools.values() for role in pool for key in role}))
        pools[ANY] = (everyone, everyone)
        weights = weights or {}
        shares = {name: weights.get(name, 1.0) for name, pool in pools.items() if pool[0] and pool[1]}
        self.names = [name for name, share in shares.items() if share > 0]
        if not self.names:
            raise FusionError("No family is left to draw pairs from: give at least one a weight above zero.")
        total = np.array([shares[name] for name in self.names])
        self.edges = np.cumsum(total / total.sum())
        self.pools = pools

    def draw(self, count: int, *stream: int) -> list[Drawn]:
        """``count`` pairs, always the same for the same ``stream`` of integers (seed, process, step)."""
        generator = np.random.default_rng(stream)
        picks = np.minimum(np.searchsorted(self.edges, generator.random(count), side="right"), len(self.names) - 1)
        return [self.draw_one(self.names[pick], generator) for pick in picks]

    def draw_one(self, family: str, generator: np.random.Generator) -> Drawn:
        """One pair of ``family``, or of any where its pools are too poor to give one."""
        for wanted, tries in ((family, self.tries), (ANY, 100 * TRIES)):
            firsts, seconds = self.pools[wanted]
            for u, v, coin in generator.random((tries, 3)):
                first, second = firsts[int(u * len(firsts))], seconds[int(v * len(seconds))]
                if coin < 0.5:
                    first, second = second, first
                if first == second or not belongs_to(self.split, first, second):
                    continue
                recipe = self.teacher.recipe(first, second)
                if wanted in (ANY, recipe.family):
                    return Drawn(first, second, recipe)
        raise FusionError(f"No pair of the split '{self.split}' could be drawn: the pools of emoji are too small.")


def encode(recipes: Sequence[Recipe]) -> dict[str, Tensor]:
    """The truth of B recipes: ``main`` (B,) long, ``layout`` (B, 3, 4), ``presence`` (B, 3), ``recolour`` (B,)."""
    layout = np.tile(np.array(IDENTITY, np.float32), (len(recipes), MAX_INSTANCES, 1))
    presence = np.zeros((len(recipes), MAX_INSTANCES), np.float32)
    for row, recipe in enumerate(recipes):
        for slot, instance in enumerate(recipe.instances[:MAX_INSTANCES]):
            layout[row, slot], presence[row, slot] = instance, 1
    return {
        "main": torch.tensor([recipe.main for recipe in recipes], dtype=torch.long),
        "layout": torch.from_numpy(layout),
        "presence": torch.from_numpy(presence),
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


def collate(
    drawn: Sequence[Drawn],
    teacher: Teacher,
    size: int,
    *,
    paint: bool = True,
    generator: np.random.Generator | None = None,
) -> Batch:
    """The tensors of ``drawn``; painted (with jitter, where a ``generator`` is given) or without targets."""
    recipes = [pair.recipe for pair in drawn]
    truth = encode(recipes)
    table = teacher.table(size)
    first, second = (
        table.take([Sprite(pair[side]) for pair in drawn]).float().div_(255)  # (B, 4, S, S)
        for side in (0, 1)
    )
    main = truth["main"].view(-1, 1, 1, 1).bool()
    painted, target = truth["layout"], None
    if paint:
        if generator is not None:
            painted = jitter(painted, teacher.frame, generator)
        target = teacher.paint(recipes, size, painted if generator is not None else None)
    return Batch(
        first=first,
        second=second,
        target=target,
        painted_layout=painted,
        content=content_box(torch.where(main, first, second)[:, 3]),
        families=[recipe.family for recipe in recipes],
        keys=[(pair.first, pair.second) for pair in drawn],
        **truth,
    )


@dataclass
class TrainingSteps(Dataset):
    """Batch number ``step`` of a phase, made on demand.

    ``stream``: integers (seed, phase, process) that tell this stream from others. ``paint`` off gives batches for the
    layout branch alone; ``styles`` redraw some of their inputs.
    """

    sampler: PairSampler
    batch: int
    size: int
    paint: bool
    stream: tuple[int, ...]
    styles: Sequence[StyledSprites] = ()

    def __getitem__(self, step: int) -> Batch:
        drawn = self.sampler.draw(self.batch, *self.stream, step)
        generator = np.random.default_rng((*self.stream, step, 1)) if self.paint else None
        with torch.no_grad():
            batch = collate(drawn, self.sampler.teacher, self.size, paint=self.paint, generator=generator)
            if self.styles and not self.paint:
                restyle(batch, self.styles, np.random.default_rng((*self.stream, step, 2)))
            return batch


def loader(steps: TrainingSteps, start: int, stop: int, workers: int = 1) -> DataLoader:
    """Batches ``start`` to ``stop`` in order, prepared by ``workers`` processes ahead of time (0: on demand)."""
    return DataLoader(
        steps,
        batch_size=None,
        sampler=range(start, stop),
        num_workers=workers,
        prefetch_factor=4 if workers else None,
        collate_fn=unchanged,
        worker_init_fn=leave_signals_alone,
        # Left to itself, each loader takes a number from the stream that dropout lives on, a resumed run one more.
        generator=torch.Generator(),
    )


def unchanged(batch: Batch) -> Batch:
    """Batches come ready from the dataset."""
    return batch


def leave_signals_alone(_: int) -> None:
    """Workers end with their parent: what interrupts it must not break a batch off, nor keep a worker alive."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
