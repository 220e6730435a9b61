"""A trace as pictures: one view a stage, with what is to be read off it. The page and the bundle show these.

Source: design section 7. What each stage is stands in ``stages``, the numbers behind it in ``maps``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from fusion.trace import FusionTrace
from fusion.views import drawing, maps
from fusion.views.drawing import EFFECTIVE, PREDICTED, TRUTH, Scale
from fusion.views.maps import SIDES, present
from fusion.views.stages import STAGES, Stage

Box = tuple[float, float, float, float]
"""xyxy in [0, 1] of the canvas; it may reach beyond."""


@dataclass(frozen=True)
class View:
    """One stage of one trace.

    ``picture``: square RGBA of the trace's size. ``caption``: what is to be read off it in this case. ``scale``: what
    its colours mean, ``None`` for emoji in their own colours. A stage that the preset has not, or that is switched
    off, is not ``available`` and its picture is empty.
    """

    stage: Stage
    picture: Image.Image
    caption: str = ""
    scale: Scale | None = None
    available: bool = True


def view(trace: FusionTrace, stage: str, *, opacity: float = 0.6) -> View:
    """The view of one stage. ``opacity``: of heat maps that lie over a picture, in [0, 1]."""
    painter = PAINTERS[stage]
    made = painter(trace, opacity) if stage in trace.attention else painter(trace)
    return made or View(STAGES[stage], Image.new("RGBA", (trace.size,) * 2), missing(trace, stage), available=False)


def views(trace: FusionTrace, *, opacity: float = 0.6) -> list[View]:
    """All stages in their order."""
    return [view(trace, stage, opacity=opacity) for stage in STAGES]


def panels(trace: FusionTrace, stage: str) -> dict[str, Image.Image]:
    """The single maps behind a stage at full size, by name; empty for other stages.

    They are on the scale of the stage's view. Of attention there are all three kinds of weights, on one scale from 0
    to the largest of them, which the names tell.
    """
    if stage in trace.attention:
        return attention_panels(trace, stage)
    found = maps.MAPS[stage](trace) if stage in maps.MAPS else None
    if found is None:
        return {}
    return {name: drawing.heat(values, found.scale, trace.size) for name, values in found.values.items()}


def attention_panels(trace: FusionTrace, stage: str) -> dict[str, Image.Image]:
    found, scale = trace.attention[stage], maps.attention_scale(trace)
    pictures = {
        "channel": drawing.bars(found.channel, scale, trace.size),
        "spatial": drawing.heat(found.spatial, scale, trace.size),
        "joint": drawing.heat(maps.joint(found), scale, trace.size),
    }
    return {f"{name}, 0 to {scale.high:.2f}": picture for name, picture in pictures.items()}


def missing(trace: FusionTrace, stage: str) -> str:
    """Why a stage has nothing to show."""
    if stage in trace.disabled:
        return "switched off"
    if stage in ("teacher", "difference"):
        return "no teacher for this pair"
    if stage == "recoloured" and trace.gates is not None:
        return f"not wanted here ({trace.recolour:.2f})"
    return f"{trace.preset} has none"


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


# ------------------------------------------------------------------------------------------------- the stages


def show_emoji(stage: str, of: Callable[[FusionTrace], np.ndarray | None], caption=lambda trace: ""):
    """A painter for a stage that is an emoji in its own colours."""

    def paint(trace: FusionTrace) -> View | None:
        picture = of(trace)
        return None if picture is None else View(STAGES[stage], drawing.emoji_picture(picture), caption(trace))

    return paint


def show_separated(trace: FusionTrace) -> View:
    found, count = maps.separated(trace), len(trace.separated[0])
    columns = count if count <= 4 else -(-count // 2)
    side = trace.size // max(columns, 2 * -(-count // columns))
    shown = [drawing.heat(drawing.shrink(one, side), found.scale, side) for one in found.values.values()]
    spare = [Image.new("RGBA", (side, side))] * (-count % columns)
    board = drawing.tiles(shown[:count] + spare + shown[count:], columns, trace.size)
    return View(STAGES["separated"], board, f"{count} channels each, first above second", found.scale)


def show_main(trace: FusionTrace) -> View | None:
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
    return View(STAGES["main"], board, caption)


def draw_probability(board: Image.Image, share: float) -> None:
    """A bar under the two emoji, split by how probably each is the main subject. ``share``: the second's."""
    size = board.width
    top, low = size * 13 // 16, size * 14 // 16
    cut = round(size * (1 - share))
    board.paste((*EFFECTIVE, 255), (0, top, cut, low))
    board.paste((*PREDICTED, 255), (cut, top, size, low))


def show_layout(trace: FusionTrace) -> View | None:
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
    return View(STAGES["layout"], picture, caption)


def show_transformed(trace: FusionTrace) -> View:
    picture = drawing.emoji_picture(trace.transformed)
    for k in present(trace):
        drawing.draw_box(picture, trace.instance_boxes[k], EFFECTIVE)
    return View(STAGES["transformed"], picture, trace.names[1 - trace.main])


def show_position(trace: FusionTrace) -> View | None:
    found = maps.position(trace)
    if found is None:
        return None
    mean = found.values["mean"]
    caption = f"{mean.min():.2f} to {mean.max():.2f}, mean of {len(trace.position)} channels"
    return View(STAGES["position"], drawing.heat(mean, found.scale, trace.size), caption, found.scale)


def show_attention(stage: str):
    def paint(trace: FusionTrace, opacity: float = 0.6) -> View | None:
        found = maps.attention(trace, stage)
        if found is None:
            return None
        channel, spatial = trace.attention[stage].channel, trace.attention[stage].spatial
        under = drawing.emoji_picture(trace.composite)
        picture = drawing.overlay(under, found.values["joint"], found.scale, opacity)
        ratio = maps.focus(trace, stage)
        # What most people want to know comes first: the strip shows two lines.
        caption = ("" if ratio is None else f"non-main {ratio:.2f} times the rest, ") + (
            f"places {spatial.min():.2f} to {spatial.max():.2f}, "
            f"{len(channel)} channels {channel.min():.2f} to {channel.max():.2f}"
        )
        return View(STAGES[stage], picture, caption, found.scale)

    return paint


def show_gates(trace: FusionTrace) -> View | None:
    found = maps.gates(trace)
    if found is None:
        return None
    columns = 1 if len(found.values) == 1 else 2
    least = min(float(one.min()) for one in found.values.values())
    board = drawing.named_tiles(found.values, found.scale, columns, trace.size)
    return View(STAGES["gates"], board, f"least {least:.2f}", found.scale)


def show_correction(trace: FusionTrace) -> View | None:
    found = maps.correction(trace)
    if found is None:
        return None
    size = np.abs(trace.correction)
    board = drawing.named_tiles(found.values, found.scale, 2, trace.size)
    return View(STAGES["correction"], board, f"largest {size.max():.2f}, mean {size.mean():.3f}", found.scale)


def show_difference(trace: FusionTrace) -> View | None:
    found = maps.difference(trace)
    if found is None:
        return None
    gap = found.values["difference"]
    return View(STAGES["difference"], drawing.heat(gap, found.scale, trace.size), f"mean {gap.mean():.3f}", found.scale)


PAINTERS: dict[str, Callable[..., View | None]] = {
    "first": show_emoji("first", lambda trace: trace.inputs[0], lambda trace: trace.names[0]),
    "second": show_emoji("second", lambda trace: trace.inputs[1], lambda trace: trace.names[1]),
    "separated": show_separated,
    "main": show_main,
    "layout": show_layout,
    "transformed": show_transformed,
    "position": show_position,
    "up3": show_attention("up3"),
    "up4": show_attention("up4"),
    "gates": show_gates,
    "correction": show_correction,
    "recoloured": show_emoji("recoloured", lambda trace: trace.recoloured, lambda trace: f"{trace.recolour:.2f}"),
    "composite": show_emoji("composite", lambda trace: trace.composite),
    "output": show_emoji("output", lambda trace: trace.output),
    "teacher": show_emoji(
        "teacher", lambda trace: trace.teacher and trace.teacher.target, lambda trace: trace.teacher.family
    ),
    "difference": show_difference,
}
"""How each stage is painted: ``None`` where the trace has nothing for it."""
