"""Emoji that stand a little elsewhere on their canvas, larger or smaller, and their layouts with them.

There is one drawing of each emoji, so a network may learn where things go on it by heart instead of looking. A nudged
one goes where it goes only for who looks.

Source: DESIGN section 3.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from fusion.data.batch import Batch
from fusion.geometry import MAX_SCALE, MIN_SCALE, content_box, warp

SCALES, SHIFT = (0.8, 1.1), 0.06
"""How large a nudged emoji is, relative to its drawing, and how far it is moved at most, in canvas fractions."""


def nudge(batch: Batch, share: float, max_offset: float, generator: np.random.Generator) -> None:
    """Move a ``share`` of the inputs of an unpainted ``batch``, in place, with layouts and boxes to match.

    Layouts stay within ``max_offset`` of the canvas; what would lie beyond is held at its edge.
    """
    moves = torch.stack([draw_moves(len(batch), share, generator) for _ in range(2)])  # first, second: (2, B, 4)
    for pictures, move in zip((batch.first, batch.second), moves, strict=True):
        moved = (move != move.new_tensor([1.0, 1.0, 0.0, 0.0])).any(1).nonzero()[:, 0]
        pictures[moved] = warp(pictures[moved], move[moved])
    row = torch.arange(len(batch))
    main, other = moves[batch.main, row], moves[1 - batch.main, row]
    layout = carried(batch.layout, main[:, None], other[:, None])
    scale, offset = layout.split(2, dim=2)
    layout = torch.cat([scale.clamp(MIN_SCALE, MAX_SCALE), offset.clamp(-max_offset, max_offset)], dim=2)
    batch.layout = torch.where(batch.presence[..., None] > 0, layout, batch.layout)
    batch.painted_layout = batch.layout
    second_is_other = (batch.main == 0)[:, None, None]
    batch.content = content_box(torch.where(second_is_other, batch.second[:, 3], batch.first[:, 3]))


def draw_moves(count: int, share: float, generator: np.random.Generator) -> Tensor:
    """Layouts (count, 4) that move a picture on its canvas; the identity for all but a ``share`` of them."""
    scale = generator.uniform(*SCALES, (count, 1)).repeat(2, axis=1)
    shift = generator.uniform(-SHIFT, SHIFT, (count, 2))
    moved = generator.random((count, 1)) < share
    layout = np.where(moved, np.concatenate([scale, shift], axis=1), [1.0, 1.0, 0.0, 0.0])
    return torch.from_numpy(layout).float()


def carried(layout: Tensor, main: Tensor, other: Tensor) -> Tensor:
    """Where ``layout`` (..., 4) goes when main subject and non-main are moved by the layouts ``main`` and ``other``.

    A moved non-main has to be moved back first; then comes its layout, and last what moves the main subject.
    """
    (scale, offset), (grown, shift), (own, aside) = (one.split(2, dim=-1) for one in (layout, main, other))
    scale = grown * scale / own
    return torch.cat([scale, grown * offset + shift - scale * aside], dim=-1)
