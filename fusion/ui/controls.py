"""Taking over: the numbers behind the sliders and the box that can be dragged on the picture.

The browser moves layers itself: an untouched non-main picture, transformed by CSS exactly as the warp would (scale
about the canvas centre, then shift), so that a drag needs no network until it ends.
"""

from __future__ import annotations

from fusion.geometry import MAX_SCALE, MIN_SCALE, Frame
from fusion.trace import FusionTrace, HypothesisTrace
from fusion.ui.answers import Controls, Hypothesis
from fusion.ui.contract import PRESENT
from fusion.ui.pictures import small_url
from fusion.views.drawing import emoji_picture
from fusion.views.maps import present
from fusion.views.painters import content
from fusion.views.summary import layout_of, truth_layouts


def answer(trace: FusionTrace, frame: Frame, each: bool = False) -> Controls:
    """Layers, layouts and ranges. Boxes are xyxy in [0, 1]; ``content`` is the non-main's box before any layout.

    ``each``: whether every instance was put where it is by hand.
    """
    main, other = (emoji_picture(trace.inputs[index]) for index in (trace.main, 1 - trace.main))
    return {
        "layers": {"main": small_url(main), "other": small_url(other)},
        "content": grip(trace),
        "lead": lead(trace),
        "predicted": [layout_of(one) for one in trace.predicted.layouts],
        "effective": [layout_of(one) for one in trace.effective.layouts],
        "override": layout_of(trace.override) if trace.override is not None else None,
        "each": each,
        "presence": [round(float(value), 3) for value in trace.effective.presence],
        "predicted_presence": [round(float(value), 3) for value in trace.predicted.presence],
        "hypothesis": trace.hypothesis,
        "hypotheses": [hypothesis(one) for one in trace.hypotheses],
        "truth": truth(trace),
        "range": {"scale": [MIN_SCALE, MAX_SCALE], "offset": [-frame.max_offset, frame.max_offset]},
    }


def hypothesis(one: HypothesisTrace) -> Hypothesis:
    """A hypothesis for the browser: how likely, the layouts of what it places, and what family that is."""
    placed = one.layout.layouts[one.layout.presence > PRESENT]
    layouts = [layout_of(row) for row in placed]
    share = round(one.probability, 4)
    return {"probability": share, "layouts": layouts, "recolour": one.recolour, "family": one.family}


def lead(trace: FusionTrace) -> int:
    """Which instance the sliders place: the first that is present."""
    return next(iter(present(trace)), 0)


def truth(trace: FusionTrace) -> list[list[float]] | None:
    """The teacher's layouts where its main subject is the one in effect, else ``None``."""
    teacher = trace.teacher
    if teacher is None or teacher.main != trace.main:
        return None
    return truth_layouts(trace)


def grip(trace: FusionTrace) -> list[float]:
    """The non-main's box before any layout; the whole canvas for an empty picture, so that it can be held."""
    x0, y0, x1, y1 = (round(float(edge), 4) for edge in content(trace))
    return [x0, y0, x1, y1] if x1 > x0 and y1 > y0 else [0.0, 0.0, 1.0, 1.0]
