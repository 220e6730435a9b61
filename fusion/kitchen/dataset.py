"""Real stickers as tensors: the same batches as the teacher's, main subject and layout estimated by matching."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import Dataset

from fusion.data.batch import Batch
from fusion.data.splits import belongs_to
from fusion.emoji.catalog import Catalog
from fusion.geometry import IDENTITY, STICKER_FRAME, Frame, Layout, content_box, warp
from fusion.kitchen import match
from fusion.kitchen.folder import png_error, write_text
from fusion.kitchen.match import Estimate, Template, estimate, inverse
from fusion.kitchen.metadata import METADATA, KitchenError, Sticker, read_metadata
from fusion.recipes.recipe import MAX_INSTANCES

ESTIMATES = "estimates.json"
THRESHOLD = 0.7
FAMILY = "sticker"


class KitchenDataset(Dataset):
    """The stickers of ``folder`` whose two emoji the catalogue draws, each as a :class:`Batch` of one.

    What matching could not tell is marked by ``layout_known``: there ``main`` is 0, no instance is present, and only
    the picture teaches. ``recolour`` is never known.

    ``size``: side of the pictures. ``frame``: how the emoji sit on the canvas; the sticker is moved so that its main
    subject lies where the frame draws it. ``threshold``: confidence from which main subject and layout supervise.
    ``split``: which pairs to take (see ``data.splits``), ``None`` for all.
    Estimates are kept in ``estimates.json`` once :meth:`prepare` or :meth:`save` was called.
    """

    def __init__(
        self,
        folder: Path | str,
        size: int,
        frame: Frame = STICKER_FRAME,
        threshold: float = THRESHOLD,
        catalog: Catalog | None = None,
        split: str | None = None,
    ) -> None:
        self.folder, self.size, self.frame, self.threshold = Path(folder), size, frame, threshold
        self.catalog = catalog or Catalog.default()
        listed = read_metadata(self.folder / METADATA)
        known = [sticker for sticker in listed if all(key in self.catalog for key in sticker.keys)]
        known = [sticker for sticker in known if split is None or belongs_to(split, *sticker.keys)]
        self.stickers = [sticker for sticker in known if (self.folder / sticker.file).exists()]
        if not self.stickers:
            wanted = "are drawn here" if split is None else f"are drawn here and belong to the split '{split}'"
            raise KitchenError(f"{self.folder} holds no sticker of two emoji that {wanted}: run kitchen fetch first.")
        self.estimates = self.read_estimates()
        self.templates = lru_cache(maxsize=64)(self.draw_templates)

    def __len__(self) -> int:
        return len(self.stickers)

    def __getitem__(self, index: int) -> Batch:
        return self.batch([index])

    def draw(self, count: int, generator: np.random.Generator) -> Batch:
        """``count`` stickers at random."""
        return self.batch(generator.integers(len(self), size=count).tolist())

    def batch(self, indices: Sequence[int]) -> Batch:
        """The stickers at ``indices`` as tensors."""
        stickers = [self.stickers[index] for index in indices]
        guesses = [self.estimate(sticker) for sticker in stickers]
        first, second = (torch.stack([self.emoji(s.keys[side], self.size) for s in stickers]) for side in (0, 1))
        known = [guess.layout_confidence >= self.threshold for guess in guesses]
        main = torch.tensor([guess.main * sure for guess, sure in zip(guesses, known, strict=True)])
        layout = torch.tensor(IDENTITY).repeat(len(stickers), MAX_INSTANCES, 1)
        presence = torch.zeros(len(stickers), MAX_INSTANCES)
        for row, guess in enumerate(guesses):
            for slot, instance in enumerate(guess.instances if known[row] else ()):
                layout[row, slot], presence[row, slot] = torch.tensor(instance), 1.0
        return Batch(
            first=first,
            second=second,
            target=torch.stack([self.target(s, g) for s, g in zip(stickers, guesses, strict=True)]),
            main=main,
            layout=layout,
            presence=presence,
            recolour=torch.zeros(len(stickers)),
            painted_layout=layout,
            content=content_box(torch.where(main.view(-1, 1, 1, 1).bool(), first, second)[:, 3]),
            families=[FAMILY] * len(stickers),
            keys=[sticker.keys for sticker in stickers],
            layout_known=torch.tensor(known).float(),
            recolour_known=torch.zeros(len(stickers)),
        )

    def emoji(self, key: str, size: int) -> Tensor:
        """The catalogue's picture (4, size, size) of one emoji."""
        return tensor(self.catalog.render(key, size, self.frame))

    def target(self, sticker: Sticker, guess: Estimate) -> Tensor:
        """The sticker (4, S, S), its main subject where the frame draws it.

        Where the main subject is unknown, the whole sticker is drawn as the frame draws an emoji.
        """
        picture = load(self.folder / sticker.file, self.size)
        place = Layout(self.frame.scale, self.frame.scale, self.frame.drop, 0.0)
        if guess.main_confidence >= self.threshold:
            place = inverse(guess.placement)
        return warp(picture[None], torch.tensor([place]))[0].clamp(0, 1)

    def estimate(self, sticker: Sticker) -> Estimate:
        """Main subject and layout of one sticker; worked out on first use."""
        if sticker.file not in self.estimates:
            both = (self.templates(sticker.keys[0]), self.templates(sticker.keys[1]))
            picture = load(self.folder / sticker.file, match.VIEW)
            with torch.no_grad():
                self.estimates[sticker.file] = estimate(both, picture, self.frame)
        return self.estimates[sticker.file]

    def draw_templates(self, key: str) -> tuple[Template, ...]:
        """What to look for: the emoji, and a smiley's features without its disc."""
        from fusion.recipes.anatomy.anatomy import anatomy
        from fusion.recipes.painting.parts import render_part
        from fusion.recipes.recipe import Sprite

        pictures = [self.emoji(key, match.VIEW)]
        if anatomy(key).is_smiley:
            pictures.append(tensor(render_part(Sprite(key, "features"), match.VIEW, self.frame)))
        return tuple(Template(picture) for picture in pictures if (picture[3] > 0.1).any())

    def prepare(self, stickers: Iterable[Sticker] | None = None, save_every: int = 500) -> None:
        """Estimate all (or some) stickers ahead of training and keep the result in the folder. Resumable."""
        missing = [s for s in stickers or self.stickers if s.file not in self.estimates]
        for done, sticker in enumerate(missing, start=1):
            self.estimate(sticker)
            if done % save_every == 0 or done == len(missing):
                self.save()

    def save(self) -> None:
        """Write the estimates so far, with what they depend on."""
        content = {"made_by": self.maker(), "stickers": {file: asdict(e) for file, e in self.estimates.items()}}
        write_text(self.folder / ESTIMATES, json.dumps(content))

    def read_estimates(self) -> dict[str, Estimate]:
        """Estimates of an earlier run; none where the file is missing, damaged or made otherwise."""
        try:
            content = json.loads((self.folder / ESTIMATES).read_text(encoding="utf-8"))
            if content["made_by"] != self.maker():
                return {}
            return {file: from_json(entry) for file, entry in content["stickers"].items()}
        except (OSError, ValueError, KeyError, TypeError):
            return {}

    def maker(self) -> str:
        """Changes whenever old estimates no longer hold: with the frame and with the matching itself."""
        source = Path(match.__file__).read_bytes()
        return hashlib.blake2b(source + repr(self.frame).encode(), digest_size=8).hexdigest()


def from_json(entry: dict) -> Estimate:
    """An estimate from its JSON form."""
    places = {"instances": tuple(Layout(*row) for row in entry["instances"]), "placement": Layout(*entry["placement"])}
    return Estimate(**(entry | places))


def tensor(picture: np.ndarray) -> Tensor:
    """A picture (S, S, 4) of bytes as (4, S, S) in [0, 1]."""
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1).float() / 255


def load(path: Path, size: int) -> Tensor:
    """A sticker from disk as premultiplied RGBA (4, size, size), its longer side filling the canvas."""
    try:
        with Image.open(path, formats=["PNG"]) as file:
            picture = file.convert("RGBa")
    except (OSError, SyntaxError, ValueError) as error:
        reason = png_error(path) or error
        raise KitchenError(f"{path} is no usable sticker ({reason}): run kitchen check --remove-damaged.") from None
    side = max(picture.size)
    square = Image.new("RGBa", (side, side))
    square.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    filtering = Image.Resampling.BOX if side >= size else Image.Resampling.BILINEAR
    return tensor(np.asarray(square.resize((size, size), filtering)))
