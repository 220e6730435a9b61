"""The film strip: the views of one trace as cards for the browser.

Heat maps of the attention lie over the composite in the browser, so that their opacity follows a slider without a
question to the server. What a card shows in parts (single channels, single gates) is sent only when it is opened.
"""

from __future__ import annotations

from fusion.trace import FusionTrace
from fusion.ui import controls
from fusion.ui.answers import Card, ColourScale, Part, StagesAnswer
from fusion.ui.pictures import data_url, small_url
from fusion.views import pictures as views
from fusion.views.drawing import Scale
from fusion.views.summary import summary


def answer(trace: FusionTrace) -> StagesAnswer:
    """The film strip of a trace that has the teacher's answer, and what that adds to the numbers beside the sticker."""
    return {
        "cards": cards(trace),
        "facts": summary(trace),
        "truth": controls.truth(trace),
        "hypotheses": [controls.hypothesis(one) for one in trace.hypotheses],
    }


def cards(trace: FusionTrace) -> list[Card]:
    """One card a stage, in their order, whether or not the preset has it: the strip never changes its length."""
    return [card(one) for one in views.views(trace)]


def card(one: views.View) -> Card:
    """``picture`` lies over ``base`` where there is one. ``scale`` is what the colours mean, as CSS stops."""
    made: Card = {
        "id": one.stage.id,
        "title": one.stage.title,
        "caption": one.caption,
        "explain": one.stage.sentence,
        "values": one.stage.values,
        "available": one.available,
        "picture": None,
        "base": None,
        "scale": None,
        "places": [[round(edge, 5) for edge in place] for place in one.places],
    }
    if not one.available:
        return made
    if one.scale is not None:
        made["scale"] = bar(one.scale)
    if one.layers is not None:
        return {**made, "picture": small_url(one.layers.heat), "base": small_url(one.layers.under)}
    return {**made, "picture": small_url(one.picture)}


def bar(scale: Scale) -> ColourScale:
    """The colour bar under a picture."""
    return {"low": short(scale.low), "high": short(scale.high), "stops": scale.stops()}


def short(value: float) -> str:
    """A number for the end of a colour bar."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def parts(trace: FusionTrace, stage: str) -> list[Part]:
    """The single pictures behind a card: ``[{name, picture}]``, empty where it is whole already."""
    return [{"name": name, "picture": data_url(picture)} for name, picture in views.panels(trace, stage).items()]
