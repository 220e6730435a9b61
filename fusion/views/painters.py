"""How each stage of a trace is painted, and what is to be read off it in this case.

A painter takes a trace and gives what it paints, or ``None`` where the trace has nothing for its stage. Which painter
belongs to which stage stands in ``stages``, the numbers behind them in ``maps``. Source: DESIGN section 7.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from fusion.frame import Fit
from fusion.names import SIDES
from fusion.trace import FusionTrace
from fusion.views import drawing, maps
from fusion.views.drawing import EFFECTIVE, PREDICTED, TRUTH, Scale
from fusion.views.maps import present

Box = tuple[float, float, float, float]
"""xyxy in [0, 1] of the canvas; it may reach beyond."""
WHOLE: tuple[Box, ...] = ((0.0, 0.0, 1.0, 1.0),)


@dataclass(frozen=True)
class Painted:
    """``picture``: square RGBA; ``caption``: what is to be read off it; ``scale``: what its colours mean.

    ``scale`` is ``None`` for emoji in their own colours. ``over``: the picture that a heat map lies over; the map
    itself then has the resolution of its values, so that whoever shows it chooses how opaque it is. ``places``: where
    in the picture the network's canvas lies, once for each tile; together they say where in each stage a place is.
    """

    picture: Image.Image
    caption: str = ""
    scale: Scale | None = None
    over: Image.Image | None = None
    places: tuple[Box, ...] = WHOLE


Painter = Callable[[FusionTrace], Painted | None]


def content(trace: FusionTrace) -> Box:
    """Box that the non-main fills before any layout; empty for an empty picture."""
    inside = trace.inputs[1 - trace.main][..., 3] > 0.5
    if not inside.any():
        return (0.0, 0.0, 0.0, 0.0)
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    height, width = inside.shape
    return columns[0] / width, rows[0] / height, (columns[-1] + 1) / width, (rows[-1] + 1) / height


def landing(layout: np.ndarray, box: Box) -> Box:
    """Where a layout carries a box: ``geometry.layout_to_box`` for one box, since views do without torch."""
    scale_h, scale_w, offset_y, offset_x = (float(number) for number in layout)
    x0, y0, x1, y1 = (edge - 0.5 for edge in box)
    x, y = 0.5 + offset_x, 0.5 + offset_y
    return scale_w * x0 + x, scale_h * y0 + y, scale_w * x1 + x, scale_h * y1 + y


def show_emoji(
    of: Callable[[FusionTrace], np.ndarray | None], caption: Callable[[FusionTrace], str] = lambda trace: ""
) -> Painter:
    """A painter for a stage that is an emoji in its own colours."""

    def paint(trace: FusionTrace) -> Painted | None:
        picture = of(trace)
        return None if picture is None else Painted(drawing.emoji_picture(picture), caption(trace))

    return paint


def show_fitted(trace: FusionTrace) -> Painted | None:
    """The sticker, and how many times larger it became."""
    if trace.fitted is None or trace.fit is None:
        return None
    fit = Fit(*trace.fit)
    place = (*fit.to_fitted(0.0, 0.0), *fit.to_fitted(1.0, 1.0))
    return Painted(drawing.emoji_picture(trace.fitted), f"{fit.scale:.2f} times as large", places=(place,))


def show_separated(trace: FusionTrace) -> Painted:
    """Every channel of both emoji as tiles, the first above the second."""
    found, count = maps.separated(trace), len(trace.separated[0])
    columns = count if count <= 4 else -(-count // 2)
    side = trace.size // max(columns, 2 * -(-count // columns))
    shown = [drawing.heat(drawing.shrink(one, side), found.scale, side) for one in found.values.values()]
    spare = [Image.new("RGBA", (side, side))] * (-count % columns)
    board = drawing.tiles(shown[:count] + spare + shown[count:], columns, trace.size)
    boxes = drawing.tile_boxes(len(shown) + len(spare), columns, trace.size)
    places = (*boxes[:count], *boxes[count + len(spare) :])
    return Painted(board, f"{count} channels each, first above second", found.scale, places=places)


def show_main(trace: FusionTrace) -> Painted | None:
    """Both emoji, the main subject framed, over a bar of their probabilities."""
    if not trace.aligns:
        return None
    side = trace.size // 2
    board = Image.new("RGBA", (trace.size, trace.size))
    for index, premultiplied in enumerate(trace.inputs):
        picture = drawing.emoji_picture(premultiplied).resize((side, side), Image.Resampling.BOX)
        if index != trace.main:
            picture.putalpha(picture.getchannel("A").point(lambda value: value * 2 // 5))
        board.paste(picture, (index * side, side // 4))
    draw_probability(board, trace.main_confidence if trace.predicted_main == 1 else 1 - trace.main_confidence)
    left = trace.main * side
    drawing.draw_box(board, [v / trace.size for v in (left + 2, side // 4, left + side - 2, side * 5 // 4)], EFFECTIVE)
    said = f"{SIDES[trace.predicted_main]} {trace.main_confidence:.2f}"
    caption = said if trace.main == trace.predicted_main else f"{SIDES[trace.main]} forced (network: {said})"
    return Painted(board, caption, places=((0.0, 0.125, 0.5, 0.625), (0.5, 0.125, 1.0, 0.625)))


def draw_probability(board: Image.Image, share: float) -> None:
    """A bar under the two emoji, split by how probably each is the main subject. ``share``: the second's."""
    size = board.width
    top, low = size * 13 // 16, size * 14 // 16
    cut = round(size * (1 - share))
    board.paste((*EFFECTIVE, 255), (0, top, cut, low))
    board.paste((*PREDICTED, 255), (cut, top, size, low))


def show_layout(trace: FusionTrace) -> Painted | None:
    """Silhouettes and boxes of the instances on the main subject."""
    if not trace.aligns:
        return None
    picture, box = drawing.emoji_picture(trace.inputs[trace.main]), content(trace)
    for k in present(trace):
        picture.alpha_composite(drawing.silhouette(trace.instances[k][..., 3], EFFECTIVE))
    others = []
    if trace.teacher is not None and trace.teacher.main == trace.main:
        others.append((trace.teacher.layout, TRUTH))
    if trace.override is not None:
        others.append((trace.predicted, PREDICTED))
    for layout, colour in others:
        for row, here in zip(layout.layouts, layout.presence, strict=True):
            if here > 0.5:
                drawing.draw_box(picture, landing(row, box), colour, dashed=True)
    for k in present(trace):
        drawing.draw_box(picture, landing(trace.effective.layouts[k], box), EFFECTIVE)
    count = len(present(trace))
    caption = {0: "nothing placed", 1: "one instance"}.get(count, f"{count} instances")
    if trace.teacher is not None:
        caption += f", IoU to teacher {trace.teacher.alignment.iou:.2f}"
    return Painted(picture, caption)


def show_density(trace: FusionTrace) -> Painted | None:
    """The density of all layouts over the main subject."""
    found = maps.density(trace)
    if found is None or trace.mixture is None:
        return None
    plane = found.values["covered"]
    count = int((trace.mixture.shares > 0.01).sum())
    caption = f"{count} of {len(trace.mixture.shares)} hypotheses above 1 %"
    picture = drawing.heat(plane, found.scale, len(plane))
    return Painted(picture, caption, found.scale, over=drawing.emoji_picture(trace.inputs[trace.main]))


def show_attribution(of: Callable[[FusionTrace], maps.Maps | None], said: str) -> Painter:
    """A painter for attributions: tiles by method, the first emoji's beside the second's."""

    def paint(trace: FusionTrace) -> Painted | None:
        found = of(trace)
        if found is None:
            return None
        columns = max(2, math.ceil(math.sqrt(len(found.values))) // 2 * 2)
        board = drawing.named_tiles(found.values, found.scale, columns, trace.size)
        places = tuple(drawing.tile_boxes(len(found.values), columns, trace.size))
        return Painted(board, said, found.scale, places=places)

    return paint


def show_transformed(trace: FusionTrace) -> Painted:
    """The instances alone, each in its box."""
    picture = drawing.emoji_picture(trace.transformed)
    for k in present(trace):
        drawing.draw_box(picture, trace.instance_boxes[k], EFFECTIVE)
    return Painted(picture, trace.names[1 - trace.main])


WORDS_SHOWN = 9


def show_words(trace: FusionTrace) -> Painted | None:
    """A tile for each of the words that counted most."""
    found = maps.words(trace)
    if found is None:
        return None
    shown = dict(list(found.values.items())[:WORDS_SHOWN])
    board = drawing.named_tiles(shown, found.scale, 3, trace.size)
    said = f"told “{trace.say}”; " if trace.say else ""
    return Painted(board, f"{said}{len(found.values)} words, those that counted most", found.scale)


def show_position(trace: FusionTrace) -> Painted | None:
    """The mean of the positional weights."""
    found = maps.position(trace)
    if found is None or trace.position is None:
        return None
    mean = found.values["mean"]
    caption = f"{mean.min():.2f} to {mean.max():.2f}, mean of {len(trace.position)} channels"
    return Painted(drawing.heat(mean, found.scale, trace.size), caption, found.scale)


def show_attention(block: str) -> Painter:
    """A painter for the joint weights of an up block, which lie over the composite."""

    def paint(trace: FusionTrace) -> Painted | None:
        found = maps.attention(trace, block)
        if found is None:
            return None
        channel, spatial = trace.attention[block].channel, trace.attention[block].spatial
        ratio = maps.focus(trace, block)
        # What most people want to know comes first: the strip shows two lines.
        caption = ("" if ratio is None else f"non-main {ratio:.2f} times the rest, ") + (
            f"places {spatial.min():.2f} to {spatial.max():.2f}, "
            f"{len(channel)} channels {channel.min():.2f} to {channel.max():.2f}"
        )
        weights = found.values["joint"]
        picture = drawing.heat(weights, found.scale, len(weights))
        return Painted(picture, caption, found.scale, over=drawing.emoji_picture(trace.composite))

    return paint


def show_gates(trace: FusionTrace) -> Painted | None:
    """A tile for the main subject and for each instance that is there."""
    found = maps.gates(trace)
    if found is None:
        return None
    columns = 1 if len(found.values) == 1 else 2
    least = min(float(one.min()) for one in found.values.values())
    board = drawing.named_tiles(found.values, found.scale, columns, trace.size)
    places = tuple(drawing.tile_boxes(len(found.values), columns, trace.size))
    return Painted(board, f"least {least:.2f}", found.scale, places=places)


def show_correction(trace: FusionTrace) -> Painted | None:
    """A tile for each channel."""
    found = maps.correction(trace)
    if found is None or trace.correction is None:
        return None
    size = np.abs(trace.correction)
    board = drawing.named_tiles(found.values, found.scale, 2, trace.size)
    places = tuple(drawing.tile_boxes(len(found.values), 2, trace.size))
    return Painted(board, f"largest {size.max():.2f}, mean {size.mean():.3f}", found.scale, places=places)


def show_teacher(trace: FusionTrace) -> Painted | None:
    """The teacher's target, named by its family."""
    teacher = trace.teacher
    return None if teacher is None else Painted(drawing.emoji_picture(teacher.target), teacher.family)


def show_difference(trace: FusionTrace) -> Painted | None:
    """The largest difference to the teacher's target at each pixel."""
    found = maps.difference(trace)
    if found is None:
        return None
    gap = found.values["difference"]
    return Painted(drawing.heat(gap, found.scale, trace.size), f"mean {gap.mean():.3f}", found.scale)
