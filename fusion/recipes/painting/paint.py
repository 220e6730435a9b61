"""Painting recipes: many at once, stroke by stroke, on any device.

Stroke i of every recipe is painted in one go: gather the sprites, recolour, warp, clip, lay over. Only what
needs a step takes it, so that a stroke at the identity is a copy.

Source: DESIGN sections 3 and 8 (luminance curve).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from fusion import colour
from fusion.geometry import IDENTITY, PREFILTER, Layout, over
from fusion.recipes.painting.sprites import SpriteTable, Window
from fusion.recipes.recipe import Recipe, Stroke

_CACHE_PIXELS = 1 << 16
"""On a CPU so many pixels are painted at a time, so that the work stays in the cache."""


Placed = tuple[int, Stroke, Layout]
"""The recipe's row, its stroke, and where that goes."""


def paint(recipes: Sequence[Recipe], table: SpriteTable, layouts: Tensor | None = None) -> Tensor:
    """Paint ``recipes``: float (B, 4, S, S) on the table's device, premultiplied RGBA in [0, 1].

    ``layouts``: (B, 3, 4) replaces the layouts of the strokes that follow an instance.
    """
    canvas = torch.zeros(len(recipes), 4, table.size, table.size, device=table.device)
    moved = None if layouts is None else layouts.detach().cpu()
    chunk = max(_CACHE_PIXELS // table.size**2, 1) if table.device.type == "cpu" else len(recipes)
    for start in range(0, len(recipes), max(chunk, 1)):
        rows = slice(start, start + chunk)
        _paint_chunk(recipes[rows], table, canvas[rows], None if moved is None else moved[rows])
    return canvas


def _paint_chunk(recipes: Sequence[Recipe], table: SpriteTable, canvas: Tensor, moved: Tensor | None) -> None:
    """Paint into ``canvas`` (B, 4, S, S), which is empty: stroke i of every recipe before stroke i + 1 of any."""
    for depth in range(max(len(recipe.strokes) for recipe in recipes)):
        still: list[Placed] = []
        warped: list[Placed] = []
        for row, recipe in enumerate(recipes):
            if len(recipe.strokes) > depth:
                stroke = recipe.strokes[depth]
                layout = stroke.layout
                if moved is not None and stroke.instance is not None:
                    layout = Layout(*moved[row, stroke.instance].tolist())
                (still if layout == IDENTITY else warped).append((row, stroke, layout))
        for group in filter(None, (still, warped)):
            rows, strokes, where = zip(*group, strict=True)
            picture, window = _draw(strokes, where, table)
            if picture is None:
                continue
            target = window.cut(canvas)
            if len(rows) == len(canvas):
                target.mul_(1 - picture[:, 3:]).add_(picture)
            else:
                index = torch.tensor(rows, device=canvas.device)
                target[index] = over(picture, target[index])


def luminance_curve(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """``colour.luminance_curve`` from one palette to another, both (8, 4) as in ``Anatomy.palette``: (8, 4) float32.

    In double precision: knots that lie close together are divided by.
    """
    palettes = (torch.from_numpy(each).double() for each in (source, target))
    return colour.luminance_curve(*palettes).float().numpy()


def _draw(strokes: Sequence[Stroke], where: Sequence[Layout], table: SpriteTable) -> tuple[Tensor | None, Window]:
    """Strokes where they go, all moved or none: pictures (n, 4, h, w) and the window of the canvas they fill.

    ``None`` for the pictures if nothing of them is on the canvas.
    """
    size, device = table.size, table.device
    sprites = [stroke.sprite for stroke in strokes]
    source = window = _union([table.window(sprite) for sprite in sprites])
    if where[0] != IDENTITY:
        window = _union([_landing(table.window(s), at, size) for s, at in zip(sprites, where, strict=True)])
    if window.x0 >= window.x1 or window.y0 >= window.y1:
        return None, window
    picture = table.take(sprites, source).float().div_(255)

    curved = {i: s.curve for i, s in enumerate(strokes) if s.curve is not None}
    if curved:
        curves = torch.from_numpy(np.stack(list(curved.values()))).to(device, torch.float32)
        _change(picture, list(curved), lambda part: colour.recolour(part, curves))
    if where[0] != IDENTITY:
        picture = _warp(picture, torch.tensor(where, device=device), source, window, size)
    clipped = {i: s.clip for i, s in enumerate(strokes) if s.clip is not None}
    if clipped:
        masks = table.take(list(clipped.values()), window)[:, 3:].float().div_(255)
        _change(picture, list(clipped), lambda part: part * masks)
    if any(stroke.opacity != 1 for stroke in strokes):
        picture *= picture.new_tensor([stroke.opacity for stroke in strokes])[:, None, None, None]
    return picture, window


def _change(pictures: Tensor, chosen: list[int], result: Callable[[Tensor], Tensor]) -> None:
    """Put ``result`` of the chosen pictures in their place."""
    if len(chosen) == len(pictures):
        pictures.copy_(result(pictures))
    else:
        index = torch.tensor(chosen, device=pictures.device)
        pictures.index_copy_(0, index, result(pictures.index_select(0, index)))


def _warp(pictures: Tensor, layouts: Tensor, source: Window, window: Window, size: int) -> Tensor:
    """What ``geometry.warp`` does, from pictures cut to ``source`` straight to the cut ``window`` of the canvas."""
    layouts = layouts.float()
    scale_h, scale_w, offset_y, offset_x = (column[:, None] for column in layouts.T)

    def coordinates(low: int, high: int, scale: Tensor, offset: Tensor, start: int, stop: int) -> Tensor:
        points = (torch.arange(low, high, device=pictures.device) + 0.5) / size - 0.5
        inside = ((points - offset) / scale + 0.5) * size
        return (inside - start) * (2 / (stop - start)) - 1

    x = coordinates(window.x0, window.x1, scale_w, offset_x, source.x0, source.x1)
    y = coordinates(window.y0, window.y1, scale_h, offset_y, source.y0, source.y1)
    grid = torch.stack([x[:, None].expand(-1, y.shape[1], -1), y[..., None].expand(-1, -1, x.shape[1])], dim=-1)
    shrink = layouts[:, :2].amax(dim=1).tolist()
    warped = pictures.new_empty(len(pictures), 4, *grid.shape[1:3])
    for factor in {1, *(factor for _, factor in PREFILTER)}:
        chosen = [i for i, scale in enumerate(shrink) if _prefilter(scale) == factor]
        if chosen:
            everything = len(chosen) == len(pictures)
            part, at = (pictures, grid) if everything else (pictures[chosen], grid[chosen])
            done = F.grid_sample(_average(part, factor), at, padding_mode="zeros", align_corners=False)
            if everything:
                return done
            warped[chosen] = done
    return warped


def _average(pictures: Tensor, factor: int) -> Tensor:
    """Mean over squares of ``factor`` pixels, a power of two: average pooling, but fast on a CPU."""
    scale = 1 / factor**2
    while factor > 1:
        pictures = pictures[..., ::2, :] + pictures[..., 1::2, :]
        pictures = pictures[..., ::2] + pictures[..., 1::2]
        factor //= 2
    return pictures * scale if scale < 1 else pictures


def _prefilter(scale: float) -> int:
    """How many pixels ``geometry.warp`` averages at this scale."""
    return next((factor for bound, factor in reversed(PREFILTER) if scale < bound), 1)


def _landing(window: Window, layout: Layout, size: int) -> Window:
    """The part of the canvas that a sprite's window can reach after the warp, bilinear fringes included."""
    fringe = _prefilter(max(layout.scale_h, layout.scale_w)) + 1

    def span(low: int, high: int, scale: float, offset: float) -> tuple[int, int]:
        start = scale * (low - fringe - size / 2) + size * (0.5 + offset)
        stop = scale * (high + fringe - size / 2) + size * (0.5 + offset)
        return min(max(math.floor(start), 0), size), min(max(math.ceil(stop), 0), size)

    x0, x1 = span(window.x0, window.x1, layout.scale_w, layout.offset_x)
    y0, y1 = span(window.y0, window.y1, layout.scale_h, layout.offset_y)
    return Window(x0, y0, x1, y1)


def _union(windows: Sequence[Window]) -> Window:
    """The smallest window that holds all non-empty ones."""
    filled = [w for w in windows if w.x0 < w.x1 and w.y0 < w.y1]
    if not filled:
        return Window(0, 0, 0, 0)
    x0, y0, x1, y1 = zip(*filled, strict=True)
    return Window(min(x0), min(y0), max(x1), max(y1))
