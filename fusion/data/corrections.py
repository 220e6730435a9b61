"""Corrections as tensors: examples for the layout branch, and cases with a person's answer as the truth."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from fusion.alignment import left_to_right
from fusion.corrections import PICTURE, Correction, read_corrections
from fusion.data.batch import Batch, unpainted
from fusion.data.sampler import PairSample, PairTeacher
from fusion.emoji.sources import PictureError, open_picture, picture_source, place
from fusion.errors import FusionError
from fusion.geometry import Frame
from fusion.recipes.recipe import Recipe, Sprite
from fusion.recipes.teacher import SpriteSource

FAMILY = "correction"
"""What the recipes of corrections are called."""
LARGEST = 20 * 2**20
"""Bytes up to which a file beside the corrections is looked at as a picture."""


class CorrectedPairs:
    """Corrections of one file as pairs with their truth.

    ``folder``: where their pictures lie, under whatever names. Raises FusionError for a picture that is not there and
    for an emoji that nobody knows.
    """

    def __init__(self, corrections: Sequence[Correction], teacher: PairTeacher, folder: Path) -> None:
        self.corrections, self.teacher = list(corrections), teacher
        self.pictures = find_pictures({key for one in corrections for key in one.pair}, folder)
        self.pairs = [PairSample(*one.pair, recipe_of(one, teacher.frame)) for one in corrections]
        self.lessons = [row for row, one in enumerate(corrections) if one.verdict != "wrong"]
        self._known = {one.pair: one.recolour is not None for one in corrections}

    def draw(self, count: int, size: int, generator: np.random.Generator) -> Batch:
        """``count`` pairs whose answer is known, unpainted, each as often as the others. Raises FusionError."""
        if not self.lessons:
            raise FusionError("Every correction only says that something is wrong; correct some of them first.")
        picked = generator.integers(len(self.lessons), size=count)
        return self.collate([self.pairs[self.lessons[row]] for row in picked], size)

    def collate(self, pairs: Sequence[PairSample], size: int) -> Batch:
        """The tensors of some of ``pairs``, without targets; instances from left to right, as the teacher has them."""
        table = self.teacher.table(size)
        batch = unpainted(pairs, PictureTable(table, self.pictures, size, self.teacher.frame))
        layout, present = left_to_right(batch.layout, batch.presence, batch.content)
        known = torch.tensor([float(self._known[pair.first, pair.second]) for pair in pairs])
        return replace(
            batch, layout=layout, painted_layout=layout, presence=present.to(batch.presence), recolour_known=known
        )


class PictureTable:
    """Pictures of emoji from ``table``, and those of files from ``pictures``: SHA-256 -> cropped premultiplied RGBA."""

    def __init__(self, table: SpriteSource, pictures: dict[str, np.ndarray], size: int, frame: Frame) -> None:
        self.table, self.pictures, self.size, self.frame = table, pictures, size, frame

    def take(self, sprites: Sequence[Sprite]) -> Tensor:
        """uint8 (n, 4, S, S), premultiplied."""
        return torch.stack([self.one(sprite) for sprite in sprites])

    def one(self, sprite: Sprite) -> Tensor:
        """uint8 (4, S, S), premultiplied."""
        if sprite.emoji not in self.pictures:
            return self.table.take([sprite])[0]
        drawn = place(self.pictures[sprite.emoji], self.size, self.frame)
        return torch.from_numpy(np.ascontiguousarray(drawn.transpose(2, 0, 1)))


def corrected_pairs(path: Path, teacher: PairTeacher) -> CorrectedPairs:
    """The corrections of a file, whose pictures lie beside it. Raises FusionError."""
    return CorrectedPairs(read_corrections(path), teacher, path.resolve().parent)


def recipe_of(correction: Correction, frame: Frame) -> Recipe:
    """A recipe without strokes: what the layout branch is to say. Layouts are brought into the range of ``frame``."""
    placed = tuple(frame.clamp(one) for one in correction.layouts)
    main = 0 if correction.main == "first" else 1
    return Recipe(FAMILY, main, (), placed, bool(correction.recolour), correction.note)


def find_pictures(keys: set[str], folder: Path) -> dict[str, np.ndarray]:
    """Those of ``keys`` that stand for pictures, with the pictures: cropped premultiplied RGBA, uint8 (h, w, 4).

    Raises FusionError where one is not in ``folder`` or cannot be read.
    """
    wanted = {key for key in keys if key.startswith(PICTURE)}
    found: dict[str, np.ndarray] = {}
    for path in sorted(folder.iterdir()) if wanted else ():
        if not path.is_file() or path.stat().st_size > LARGEST:
            continue
        key = PICTURE + hashlib.sha256(path.read_bytes()).hexdigest()
        if key in wanted:
            picture = picture_source(open_picture(path), path.stem).picture
            if picture is None:
                raise PictureError(f"{path} cannot be read as a picture; give a sound PNG, WebP or JPEG file.")
            found[key] = picture
    if missing := sorted(wanted - set(found)):
        raise FusionError(
            f"{len(missing)} of the pictures are not in {folder} (the first is {missing[0][:20]}...); put them beside "
            "the corrections."
        )
    return found
