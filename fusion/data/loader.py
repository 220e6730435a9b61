"""Batches made on demand, ahead of time, in processes of their own.

Every batch is a pure function of (seed, phase, process, step), so a resumed run sees the data that an uninterrupted
one would have seen, however far the prefetching had run ahead.
"""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from fusion.data.art_styles import StyledSprites, restyle
from fusion.data.batch import Batch, collate
from fusion.data.disguises import disguise
from fusion.data.foreign_pairs import FOREIGN_SHARE, ForeignPairs
from fusion.data.nudges import nudge
from fusion.data.sampler import PairSampler
from fusion.data.words import add_words

T = TypeVar("T")

STICKER_SHARE = 0.25
"""How many pairs of a batch are stickers, where there are any."""


class StickerSource(Protocol):
    """Real stickers to mix in."""

    def draw(self, count: int, generator: np.random.Generator) -> Batch:
        """``count`` of them, painted; what is not known of them is marked."""


class CorrectionSource(Protocol):
    """Corrections to mix in."""

    def draw(self, count: int, size: int, generator: np.random.Generator) -> Batch:
        """``count`` of them, unpainted, with pictures of ``size`` pixels a side."""


@dataclass
class TrainingSteps(Dataset):
    """Batch number ``step`` of a phase, made on demand.

    ``stream``: integers (seed, phase, process) that tell this stream from others. ``paint`` off gives batches for the
    layout branch alone; ``styles`` redraw some of their inputs, and ``foreign`` pairs take the place of a share of
    theirs; ``stickers`` take the place of a share of the pairs in painted batches. ``words``: dimensions of the word
    vectors that batches carry, 0 for none. ``corrections`` take the place of ``correction_share`` of the pairs in
    unpainted batches. ``nudges``: share of the emoji in unpainted batches that stand a little elsewhere
    (``fusion.data.nudges``), ``disguises``: of those that are drawn otherwise (``fusion.data.disguises``).
    """

    sampler: PairSampler
    batch: int
    size: int
    paint: bool
    stream: tuple[int, ...]
    styles: Sequence[StyledSprites] = ()
    stickers: StickerSource | None = None
    words: int = 0
    corrections: CorrectionSource | None = None
    correction_share: float = 0.0
    nudges: float = 0.0
    disguises: float = 0.0
    foreign: ForeignPairs | None = None

    def mixed_in(self) -> int:
        """How many pairs of a batch are not the teacher's."""
        if self.paint:
            return round(STICKER_SHARE * self.batch) if self.stickers is not None else 0
        return round(self.correction_share * self.batch) if self.corrections is not None else 0

    def __getitem__(self, step: int) -> Batch:
        mixed = self.mixed_in()
        strange = round(FOREIGN_SHARE * self.batch) if self.foreign is not None and not self.paint else 0
        drawn = self.sampler.draw(self.batch - mixed - strange, *self.stream, step)
        generator = np.random.default_rng((*self.stream, step, 1)) if self.paint else None
        with torch.no_grad():
            batch = collate(drawn, self.sampler.teacher, self.size, paint=self.paint, generator=generator)
            if self.styles and not self.paint:
                restyle(batch, self.styles, np.random.default_rng((*self.stream, step, 2)))
            if self.foreign is not None and strange:
                found = self.foreign.draw(strange, np.random.default_rng((*self.stream, step, 7)))
                batch = Batch.join([batch, found])
            if self.disguises and not self.paint:
                disguise(batch, self.disguises, np.random.default_rng((*self.stream, step, 6)))
            if self.nudges and not self.paint:
                reach = self.sampler.teacher.frame.max_offset
                nudge(batch, self.nudges, reach, np.random.default_rng((*self.stream, step, 5)))
            if mixed:
                batch = Batch.join([batch, self.others(mixed, np.random.default_rng((*self.stream, step, 3)))])
            sentences = [pair.sentence for pair in drawn] + [""] * (strange + mixed)
            add_words(batch, self.words, sentences, np.random.default_rng((*self.stream, step, 4)))
            return batch

    def others(self, count: int, generator: np.random.Generator) -> Batch:
        """``count`` pairs that are not the teacher's: stickers where batches are painted, else corrections."""
        if self.paint and self.stickers is not None:
            return self.stickers.draw(count, generator)
        if self.corrections is None:
            raise ValueError("there is nothing to mix in")
        return self.corrections.draw(count, self.size, generator)


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


def unchanged(batch: T) -> T:
    """Batches come ready from the dataset."""
    return batch


def leave_signals_alone(_: int) -> None:
    """Workers end with their parent: what interrupts it must not break a batch off, nor keep a worker alive."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
