"""A trace as pictures: one view a stage, with what is to be read off it. The page and the bundle show these.

Source: DESIGN section 7. Everything about a single stage stands in ``stages``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from PIL import Image

from fusion.trace import FusionTrace
from fusion.views import drawing, maps
from fusion.views.drawing import Scale
from fusion.views.painters import WHOLE, Box
from fusion.views.stages import Stage, stages_of

OPACITY = 0.6
"""Of heat maps that lie over a picture, unless asked otherwise."""


@dataclass(frozen=True)
class Layers:
    """A heat map at the resolution of its values, and the picture it lies over."""

    heat: Image.Image
    under: Image.Image


@dataclass(frozen=True)
class View:
    """One stage of one trace.

    ``painted``: what the stage's painter made. ``caption``: what is to be read off it in this case. ``scale``: what
    its colours mean, ``None`` for emoji in their own colours. A stage that the preset has not, or that is disabled, is
    not ``available`` and its picture is empty. ``layers``: the two parts of a picture that is a heat map over another,
    which lies there with ``opacity``. ``places``: where in the picture the network's canvas lies, once for each tile.
    """

    stage: Stage
    painted: Image.Image
    caption: str = ""
    scale: Scale | None = None
    available: bool = True
    layers: Layers | None = None
    places: tuple[Box, ...] = WHOLE
    opacity: float = OPACITY

    @cached_property
    def picture(self) -> Image.Image:
        """Square RGBA of the trace's size. Made when asked for: the page lays heat maps over pictures by itself."""
        if self.layers is None:
            return self.painted
        return drawing.overlay(self.layers.under, self.layers.heat, self.opacity)


def view(trace: FusionTrace, stage: str, *, opacity: float = OPACITY) -> View:
    """The view of one stage. ``opacity``: of heat maps that lie over a picture, in [0, 1]."""
    entry = stages_of(trace)[stage]
    painted = entry.paint(trace)
    if painted is None:
        empty = Image.new("RGBA", (trace.size, trace.size))
        return View(entry, empty, missing(trace, entry), available=False)
    if painted.over is None:
        return View(entry, painted.picture, painted.caption, painted.scale, places=painted.places)
    layers = Layers(painted.picture, painted.over)
    return View(entry, painted.picture, painted.caption, painted.scale, layers=layers, opacity=opacity)


def views(trace: FusionTrace, *, opacity: float = OPACITY) -> list[View]:
    """All stages in their order."""
    return [view(trace, stage, opacity=opacity) for stage in stages_of(trace)]


def missing(trace: FusionTrace, stage: Stage) -> str:
    """Why a stage has nothing to show."""
    return "switched off" if stage.id in trace.disabled else stage.absence(trace)


def panels(trace: FusionTrace, stage: str) -> dict[str, Image.Image]:
    """The single maps behind a stage at full size, by name; empty for other stages.

    They are on the scale of the stage's view. Of attention there are all three kinds of weights, on one scale from 0
    to the largest of them, which the names tell.
    """
    if stage in trace.attention:
        return attention_panels(trace, stage)
    entry = stages_of(trace).get(stage)
    found = entry.maps(trace) if entry is not None and entry.maps is not None else None
    if found is None:
        return {}
    return {name: drawing.heat(values, found.scale, trace.size) for name, values in found.values.items()}


def attention_panels(trace: FusionTrace, stage: str) -> dict[str, Image.Image]:
    """Channel, spatial and joint weights of an up block on one scale."""
    found, scale = trace.attention[stage], maps.attention_scale(trace)
    pictures = {
        "channel": drawing.bars(found.channel, scale, trace.size),
        "spatial": drawing.heat(found.spatial, scale, trace.size),
        "joint": drawing.heat(maps.joint(found), scale, trace.size),
    }
    return {f"{name}, 0 to {scale.high:.2f}": picture for name, picture in pictures.items()}
