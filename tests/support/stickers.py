"""Synthetic stickers: known emoji at known places, and a folder of them as ``kitchen fetch`` leaves it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from fusion.emoji.catalog import Catalog
from fusion.geometry import STICKER_FRAME, Layout, over, warp
from fusion.kitchen import match
from fusion.kitchen.dataset import tensor

CAT, PIZZA, GLOBE, HAT = "1f431", "1f355", "1f30d", "1f3a9"
DATE = "20230418"
Scene = tuple[str, str, int, list[Layout], Layout]
"""First and second emoji, which is main, where the other goes, and where the main subject lies on the sticker."""

SCENES: list[Scene] = [
    (CAT, HAT, 0, [Layout(0.62, 0.62, -0.28, 0.02)], Layout(1.1, 1.1, -0.02, 0.0)),
    (PIZZA, GLOBE, 1, [Layout(0.5, 0.42, 0.1, 0.2)], Layout(1.0, 1.0, 0.0, 0.05)),
    (GLOBE, PIZZA, 0, [Layout(0.4, 0.4, -0.05, -0.22), Layout(0.4, 0.4, 0.05, 0.25)], Layout(1.15, 1.15, -0.06, 0.0)),
]


def picture(key: str, size: int = match.VIEW) -> Tensor:
    return tensor(Catalog.default().render(key, size, STICKER_FRAME))


def put(image: Tensor, layout: Layout) -> Tensor:
    return warp(image[None], torch.tensor([layout]))[0]


def compose(
    first: str, second: str, main: int, instances: Sequence[Layout], placement: Layout, size: int = match.VIEW
) -> Tensor:
    """A sticker made of known emoji at known places."""
    images = (picture(first, size), picture(second, size))
    sticker = images[main]
    for instance in instances:
        sticker = over(put(images[1 - main], instance), sticker)
    return put(sticker, placement)


def noise(side: int = 96) -> Tensor:
    """A picture in which nothing can be found."""
    image = torch.rand(4, side, side, generator=torch.Generator().manual_seed(3))
    image[:3] *= image[3:]
    return image


def write(path: Path, image: Tensor) -> None:
    """A premultiplied picture as a straight-alpha PNG."""
    array = (image.permute(1, 2, 0).clamp(0, 1) * 255).round().byte().numpy()
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.ascontiguousarray(array), "RGBa").convert("RGBA").save(path)


def write_folder(folder: Path, stickers: Mapping[tuple[str, str], Tensor | None]) -> Path:
    """Pairs of emoji and their stickers (``None``: one that never came), with the metadata."""
    entries = []
    for (left, right), image in stickers.items():
        entries.append({"leftEmoji": left, "rightEmoji": right, "date": DATE})
        if image is not None:
            write(folder / "stickers" / left / f"{left}_{right}_{DATE}.png", image)
    (folder / "metadata.json").write_text(json.dumps({CAT: entries}))
    return folder
