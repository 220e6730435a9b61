"""Painting recipes: many at once, stroke by stroke, on any device.

Stroke i of every recipe is painted in one go: gather the sprites, recolour, warp, clip, lay over. Only what
needs a step takes it, so that a stroke at the identity is a copy.

Source: design section 3; study, part three (luminance curve).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from fusion.geometry import IDENTITY, over, warp
from fusion.recipes.recipe import Recipe, Stroke
from fusion.recipes.sprites import SpriteTable

KNOTS = 8
_LUMINANCE = (0.299, 0.587, 0.114)
_KNOT_GAP = 0.02
"""Least distance of two knots: a nearly flat emoji would otherwise turn its noise into the whole palette."""
_FLAT = 0.45
"""A palette whose luminance spans less than this is stretched, so that shading stays visible."""


def paint(recipes: Sequence[Recipe], table: SpriteTable, layouts: Tensor | None = None) -> Tensor:
    """Paint ``recipes``: float (B, 4, S, S) on the table's device, premultiplied RGBA in [0, 1].

    ``layouts``: (B, 3, 4) replaces the layouts of the strokes that follow an instance.
    """
    canvas = torch.zeros(len(recipes), 4, table.size, table.size, device=table.device)
    moved = None if layouts is None else layouts.detach().cpu()
    for depth in range(max((len(r.strokes) for r in recipes), default=0)):
        rows = [b for b, recipe in enumerate(recipes) if len(recipe.strokes) > depth]
        strokes = [recipes[b].strokes[depth] for b in rows]
        where = _layouts(strokes, rows, moved)
        picture = _draw(strokes, where, table)
        index = torch.tensor(rows, device=table.device)
        canvas.index_copy_(0, index, over(picture, canvas.index_select(0, index)))
    return canvas


def recolour(pictures: Tensor, curves: Tensor) -> Tensor:
    """Recolour premultiplied pictures (B, 4, H, W) by curves (B, 8, 4) of luminance -> RGB.

    Colours are interpolated linearly between the knots and stay constant beyond the outermost ones.
    """
    alpha = pictures[:, 3:]
    weights = pictures.new_tensor(_LUMINANCE)
    light = torch.einsum("bchw,c->bhw", pictures[:, :3], weights) / alpha[:, 0].clamp_min(1e-3)
    knots, colours = curves[..., 0], curves[..., 1:]
    span = (knots[:, 1:] - knots[:, :-1]).clamp_min(1e-6)
    steps = (colours[:, 1:] - colours[:, :-1]) / span[..., None]
    rise = (light.flatten(1)[:, None] - knots[:, :-1, None]).clamp_min(0).minimum(span[..., None])
    colour = torch.baddbmm(colours[:, 0, :, None], steps.transpose(1, 2), rise)
    return torch.cat([colour.unflatten(2, light.shape[1:]).clamp(0, 1) * alpha, alpha], dim=1)


def luminance_curve(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The curve that gives an emoji with palette ``source`` the palette ``target``: (8, 4) float32.

    Both: (8, 4) as in ``Anatomy.palette``. The source's luminances are the knots, the target's colours the
    values; a flat target is stretched by what the source's shading asks for.
    Source: study, part three.
    """
    knots = spread(source[:, 0])
    colours = target[:, 1:].astype(np.float64)
    light = target[:, 0].astype(np.float64)
    strength = np.clip((_FLAT - (light[-1] - light[0])) / _FLAT, 0, 1) * 0.8
    strength *= np.clip((source[-1, 0] - source[0, 0] - (light[-1] - light[0])) / _FLAT, 0, 1)
    wanted = 0.6 * (knots - knots[0]) / (knots[-1] - knots[0]) - 0.3 + light.mean()
    factor = (1 - strength) + strength * wanted / np.maximum(light, 0.05)
    colours = np.clip(colours * np.clip(factor, 0.5, 1.5)[:, None], 0, 1)
    return np.column_stack([knots, colours]).astype(np.float32)


def tint_curve(palette: np.ndarray) -> np.ndarray:
    """The curve that tints features in a palette's hue, dark strokes to a deep tone of it: (8, 4) float32."""
    colour = palette[len(palette) // 2, 1:].astype(np.float64)
    knots = np.linspace(0, 1, KNOTS)
    tones = np.stack([0.42 * colour, 0.9 * colour, 0.75 + 0.25 * colour])
    colours = np.stack([np.interp(knots, [0, 0.5, 1], tones[:, c]) for c in range(3)], axis=1)
    return np.column_stack([knots, colours]).astype(np.float32)


def spread(knots: np.ndarray) -> np.ndarray:
    """``knots`` ascending with at least the least gap between them, about the same mean."""
    ascending = np.sort(knots.astype(np.float64))
    steps = np.maximum(np.diff(ascending), _KNOT_GAP)
    raised = np.concatenate([[0.0], np.cumsum(steps)])
    return raised + ascending.mean() - raised.mean()


def _layouts(strokes: list[Stroke], rows: list[int], moved: Tensor | None) -> Tensor:
    own = torch.tensor([tuple(stroke.layout) for stroke in strokes], dtype=torch.float32)
    if moved is not None:
        for i, (stroke, row) in enumerate(zip(strokes, rows, strict=True)):
            if stroke.instance is not None:
                own[i] = moved[row, stroke.instance]
    return own


def _draw(strokes: list[Stroke], where: Tensor, table: SpriteTable) -> Tensor:
    """The pictures (n, 4, S, S) of strokes, each where it goes."""
    picture = table.take([stroke.sprite for stroke in strokes]).float().div_(255)

    def change(chosen: list[int], result) -> None:
        if chosen:
            index = torch.tensor(chosen, device=picture.device)
            picture.index_copy_(0, index, result(picture.index_select(0, index)))

    curved = [i for i, s in enumerate(strokes) if s.curve is not None]
    moved = (where != torch.tensor(tuple(IDENTITY))).any(1).nonzero()[:, 0].tolist()
    clipped = [i for i, s in enumerate(strokes) if s.clip is not None]
    faded = [i for i, s in enumerate(strokes) if s.opacity != 1]

    def curves() -> Tensor:
        return torch.from_numpy(np.stack([strokes[i].curve for i in curved]).astype(np.float32)).to(picture.device)

    change(curved, lambda part: recolour(part, curves()))
    change(moved, lambda part: warp(part, where[moved].to(picture.device)))
    change(clipped, lambda part: part * table.take([strokes[i].clip for i in clipped])[:, 3:].float().div_(255))
    change(faded, lambda part: part * part.new_tensor([strokes[i].opacity for i in faded])[:, None, None, None])
    return picture
