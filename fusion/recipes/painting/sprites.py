"""The sprite table: every picture that recipes use, rendered once, kept in memory and on disk.

A pack is one safetensors file with a tensor for each sprite, which is mapped into memory without being read. Packs
are written beside their place and renamed, so a reader sees an old one or a new one, never half of one.

Source: DESIGN section 3 ("render once, cache sprites").
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from fusion.emoji.catalog import Catalog
from fusion.errors import FusionError
from fusion.files import cache_folder, write_beside
from fusion.geometry import STICKER_FRAME, Frame
from fusion.recipes.fingerprint import RENDERED_BY, fingerprint
from fusion.recipes.painting.parts import render_part
from fusion.recipes.recipe import Sprite

MEMORY_LIMIT = 1_500_000_000
"""Bytes that one table keeps in memory, besides what it maps from its pack."""
WORTH_WORKERS = 100
"""Fewer sprites than this are rendered sooner than workers start."""
ENDING = ".safetensors"


class SpritePackError(FusionError):
    """A sprite pack that is damaged, or made for another size or frame."""


class Window(NamedTuple):
    """A rectangle of the canvas in pixels, the ends excluded."""

    x0: int
    y0: int
    x1: int
    y1: int

    def cut(self, pictures: Tensor) -> Tensor:
        """The view of pictures (..., H, W) inside the window."""
        return pictures[..., self.y0 : self.y1, self.x0 : self.x1]


class SpriteTable:
    """Pictures of sprites at one size and frame, as uint8 premultiplied RGBA.

    ``cache_dir``: folder of the packs; ``None`` takes the user's cache folder, ``False`` keeps nothing on disk.
    ``device``: where :meth:`take` puts its tensors.
    """

    def __init__(
        self,
        size: int,
        frame: Frame = STICKER_FRAME,
        cache_dir: Path | str | Literal[False] | None = None,
        device: torch.device | str = "cpu",
        memory_limit: int = MEMORY_LIMIT,
    ) -> None:
        self.size, self.frame, self.device = size, frame, torch.device(device)
        self.memory_limit = memory_limit
        self._mapped: dict[Sprite, Tensor] = {}
        self._drawn: dict[Sprite, Tensor] = {}
        self._resident: dict[Sprite, Tensor] = {}
        self._windows: dict[Sprite, Window] = {}
        self._pack: Path | None = None
        if cache_dir is not False:
            folder = cache_folder() / "sprites" if cache_dir is None else Path(cache_dir)
            name = f"{size}-{frame.scale:g}-{frame.drop:g}-{fingerprint(RENDERED_BY)}{ENDING}"
            self._pack = folder / name
            self._map()

    def __len__(self) -> int:
        return len(self._mapped) + len(self._drawn)

    def __contains__(self, sprite: Sprite) -> bool:
        return sprite in self._drawn or sprite in self._mapped

    @property
    def nbytes(self) -> int:
        """Bytes of all pictures in the table, mapped ones included."""
        return len(self) * 4 * self.size * self.size

    def take(self, sprites: Sequence[Sprite], window: Window | None = None) -> Tensor:
        """uint8 (n, 4, S, S) on the table's device; what is missing is rendered now and kept.

        ``window`` cuts the pictures to that part of the canvas.
        """
        pictures = [self._get(sprite) for sprite in sprites]
        return torch.stack(pictures if window is None else [window.cut(picture) for picture in pictures])

    def window(self, sprite: Sprite) -> Window:
        """The part of the canvas that the sprite fills, outwards to multiples of four pixels; empty if it is."""
        found = self._windows.get(sprite)
        if found is None:
            rows, columns = (self._host(sprite)[3].amax(axis).nonzero()[:, 0].tolist() for axis in (1, 0))
            found = Window(0, 0, 0, 0)
            if rows:
                low, high = (columns[0], rows[0]), (columns[-1], rows[-1])
                found = Window(*(v // 4 * 4 for v in low), *(v // 4 * 4 + 4 for v in high))
            self._windows[sprite] = found
        return found

    def warm(self, sprites: Iterable[Sprite], progress: bool = True, processes: int = 2) -> None:
        """Render what is missing of ``sprites`` with several processes and put it all into the pack."""
        missing = [s for s in dict.fromkeys(sprites) if s not in self]
        if not missing:
            return
        for sprite, picture in _render_many(missing, self.size, self.frame, processes, progress):
            self._drawn[sprite] = picture
        if self._pack is not None:
            self.flush()

    def flush(self) -> None:
        """Write all pictures to the table's pack on disk, together with what other processes put there."""
        if self._pack is None or not self._drawn:
            return
        self._map()
        if any(sprite not in self._mapped for sprite in self._drawn):
            self.save(self._pack)
            self._map()
        self._drawn.clear()

    def save(self, path: Path | str) -> None:
        """Write every picture of the table into one pack at ``path``."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        pictures = {json.dumps(sprite): picture for sprite, picture in {**self._mapped, **self._drawn}.items()}
        with write_beside(path) as partial:
            save_file(pictures, partial, metadata=_maker(self.size, self.frame))

    def load(self, path: Path | str) -> None:
        """Add the pictures of a pack made by :meth:`save`. Raises SpritePackError if it does not fit."""
        self._mapped.update(read_pack(Path(path), self.size, self.frame))

    def _map(self) -> None:
        if self._pack is not None and self._pack.exists():
            try:
                self._mapped = read_pack(self._pack, self.size, self.frame)
            except SpritePackError:
                self._mapped = {}

    def _get(self, sprite: Sprite) -> Tensor:
        if self.device.type == "cpu":
            return self._host(sprite)
        if sprite not in self._resident:
            self._resident[sprite] = self._host(sprite).to(self.device)
            _bound(self._resident, self.memory_limit)
        return self._resident[sprite]

    def _host(self, sprite: Sprite) -> Tensor:
        found = self._drawn.get(sprite)
        if found is None:
            found = self._mapped.get(sprite)
        if found is None:
            found = self._drawn[sprite] = _render((sprite, self.size, self.frame))
            _bound(self._drawn, self.memory_limit)
        return found


def read_pack(path: Path, size: int, frame: Frame) -> dict[Sprite, Tensor]:
    """The pictures of a pack, uint8 (4, S, S), mapped and not read. Raises SpritePackError."""
    remedy = "make it again with SpriteTable.warm and save"
    try:
        with safe_open(path, framework="pt") as file:
            fits = file.metadata() == _maker(size, frame)
            pictures = {Sprite(*json.loads(name)): file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, TypeError, ValueError) as error:
        raise SpritePackError(f"{path} cannot be read as a sprite pack: {remedy}.") from error
    if not fits:
        raise SpritePackError(f"{path} was made for another size or frame: {remedy}.")
    return pictures


def _maker(size: int, frame: Frame) -> dict[str, str]:
    """What a pack is only good for, as the text that safetensors keeps in its header."""
    return {"size": str(size), "frame": json.dumps([frame.scale, frame.drop])}


def _bound(pictures: dict[Sprite, Tensor], limit: int) -> None:
    """Drop the oldest pictures until the rest fits into ``limit`` bytes; the newest always stays."""
    each = next(iter(pictures.values())).numel()
    while len(pictures) > max(limit // each, 1):
        del pictures[next(iter(pictures))]


def _render(job: tuple[Sprite, int, Frame]) -> Tensor:
    sprite, size, frame = job
    # A whole emoji was often drawn already, as what is fused.
    picture = Catalog.default().render(sprite.emoji, size, frame) if sprite.part == "full" else render_part(*job)
    return torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1)))


def _render_bytes(job: tuple[Sprite, int, Frame]) -> np.ndarray:
    return _render(job).numpy()


def _render_many(
    sprites: list[Sprite], size: int, frame: Frame, processes: int, progress: bool
) -> Iterator[tuple[Sprite, Tensor]]:
    """Each of ``sprites`` with its picture; few are rendered here, many by worker processes.

    Workers cannot start from a script without a main guard; what they leave undone is rendered here.
    """
    from tqdm import tqdm

    jobs = [(sprite, size, frame) for sprite in sprites]
    with tqdm(total=len(jobs), desc=f"sprites {size}", disable=not progress) as bar:
        done = 0
        if processes > 1 and len(jobs) >= WORTH_WORKERS:
            with suppress(BrokenProcessPool), ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
                for picture in pool.map(_render_bytes, jobs, chunksize=16):
                    yield jobs[done][0], torch.from_numpy(picture)
                    done += 1
                    bar.update()
        for job in jobs[done:]:
            yield job[0], _render(job)
            bar.update()
