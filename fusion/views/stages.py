"""The registry of stages: whoever adds one adds an entry here, with its painter, and no more.

Page, bundle and tests walk this table. Source: DESIGN section 7.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from fusion.names import ATTENTION_BLOCKS
from fusion.trace import FusionTrace
from fusion.views import maps, painters
from fusion.views.maps import Maps
from fusion.views.painters import Painter, show_attention, show_emoji


def not_in_preset(trace: FusionTrace) -> str:
    """Why a stage is empty, unless it says something else."""
    return f"{trace.preset} has none"


def not_told(trace: FusionTrace) -> str:
    """Why there are no words: the network reads none, or neither emoji has a name and nobody said anything."""
    return "no words" if trace.words is not None else "these weights read none"


def not_explained(trace: FusionTrace) -> str:
    """Why there are no attributions: they take longer than a fusion, so somebody has to ask."""
    return "not asked for" if trace.aligns else not_in_preset(trace)


def not_weighed(trace: FusionTrace) -> str:
    """Why there is no density of layouts."""
    return "one hypothesis only"


def no_teacher(trace: FusionTrace) -> str:
    """Why a stage of the teacher is empty."""
    return "no teacher for this pair"


def not_recoloured(trace: FusionTrace) -> str:
    """Why the recoloured main subject is empty: the preset cannot, or the switch is off."""
    return not_in_preset(trace) if trace.gates is None else f"not wanted here ({trace.recolour:.2f})"


def not_fitted(trace: FusionTrace) -> str:
    """Why the fitted sticker is empty."""
    return "not wanted here"


@dataclass(frozen=True)
class Stage:
    """One stage of every fusion, whatever the pair: what stands beside its picture, and how that is painted."""

    id: str
    title: str
    values: str
    """The range that its values can take."""
    sentence: str
    """What am I looking at."""
    paint: Painter
    maps: Callable[[FusionTrace], Maps | None] | None = None
    """The numbers behind it, for stages that are numbers rather than pictures of emoji."""
    absence: Callable[[FusionTrace], str] = not_in_preset
    """Why there is nothing to show, where ``paint`` gives nothing."""
    numbers: Callable[[FusionTrace], Maps | None] | None = None
    """Every channel that can be read at a place; left out, those of ``maps``."""
    fitted: bool = False
    """Whether its numbers lie on the fitted canvas instead of on the network's."""

    def read(self, trace: FusionTrace) -> Maps | None:
        """Every channel of this stage by name, ``None`` where it has no numbers."""
        found = self.numbers or self.maps
        return None if found is None else found(trace)


COLOUR = "colour 0 to 1"


def emoji_stage(
    name: str,
    title: str,
    sentence: str,
    of: Callable[[FusionTrace], np.ndarray | None],
    caption: Callable[[FusionTrace], str] = lambda trace: "",
    absence: Callable[[FusionTrace], str] = not_in_preset,
) -> Stage:
    """A stage that is an emoji in its own colours."""
    return Stage(name, title, COLOUR, sentence, show_emoji(of, caption), absence=absence, numbers=maps.colours(of))


def attention_stage(block: str, sentence: str) -> Stage:
    """The stage of one up block's attention."""
    return Stage(
        block,
        f"Attention at {block.capitalize()}",
        "0 to 1",
        sentence,
        show_attention(block),
        partial(maps.attention, block=block),
        numbers=partial(maps.weights, block=block),
    )


def attention_stages() -> list[Stage]:
    """One stage for each up block whose attention is published."""
    half, full = ATTENTION_BLOCKS
    seen = "What multiplied the decoder's features at"
    sentences = {
        half: f"{seen} half size, mean over the channels; dark places are held back.",
        full: f"{seen} full size, on the same scale as {half.capitalize()}.",
    }
    return [attention_stage(block, sentence) for block, sentence in sentences.items()]


STAGES: dict[str, Stage] = {
    stage.id: stage
    for stage in (
        emoji_stage(
            "first",
            "First emoji",
            "The first emoji exactly as the network sees it.",
            lambda trace: trace.inputs[0],
            lambda trace: trace.names[0],
        ),
        emoji_stage(
            "second",
            "Second emoji",
            "The second emoji exactly as the network sees it.",
            lambda trace: trace.inputs[1],
            lambda trace: trace.names[1],
        ),
        Stage(
            "separated",
            "Separated",
            "any; blue below zero, red above",
            "Each emoji after a convolution of its own; one tile a channel, all on one scale with white at zero.",
            painters.show_separated,
            maps.separated,
        ),
        Stage(
            "words",
            "Words",
            "0 to 1",
            "Which word moved which place of an emoji's 4 x 4 map in the layout branch; at each place they share 1.",
            painters.show_words,
            maps.words,
            not_told,
        ),
        Stage(
            "main",
            "Main subject",
            "probability 0.5 to 1",
            "Which of the two stays where it is; the other is scaled and moved.",
            painters.show_main,
        ),
        Stage(
            "why main",
            "Why this main subject",
            "red for it, blue against; logits",
            "Which pixels speak for the main subject: shares of the answer, and what is lost where a patch is missing.",
            painters.show_attribution(maps.why_main, "integrated gradients, occlusion"),
            maps.why_main,
            not_explained,
        ),
        Stage(
            "layout",
            "Layout",
            "scale 0 to 2",
            "Where the other emoji lands on the main subject, silhouette and box; a dashed box is where it is not.",
            painters.show_layout,
            numbers=maps.silhouettes,
        ),
        Stage(
            "why here",
            "Why here",
            "red larger or further, blue less",
            "Which pixels the layout rests on: its scale and shifts, and how far it moves where a patch is missing.",
            painters.show_attribution(maps.why_here, "occlusion, integrated gradients"),
            maps.why_here,
            not_explained,
        ),
        Stage(
            "mixture",
            "All hypotheses",
            "probability 0 to 1",
            "How probable it is that the other emoji covers a place, over every layout that the network weighed.",
            painters.show_density,
            maps.density,
            not_weighed,
        ),
        Stage(
            "transformed",
            "Transformed",
            COLOUR,
            "The other emoji after the warp, alone; outside it there is nothing.",
            painters.show_transformed,
            numbers=maps.colours(lambda trace: trace.transformed),
        ),
        Stage(
            "position",
            "Positional weights",
            "0 to 1",
            "By how much the aligned features are multiplied at each place, averaged over the channels.",
            painters.show_position,
            maps.position,
        ),
        *attention_stages(),
        Stage(
            "gates",
            "Gates",
            "0 to 1",
            "How much of the main subject and of each instance is kept; dark means painted away.",
            painters.show_gates,
            maps.gates,
        ),
        Stage(
            "correction",
            "Correction",
            "-1 to 1; white is zero",
            "What the network paints on top, a tile for each of red, green, blue and opacity.",
            painters.show_correction,
            maps.correction,
        ),
        emoji_stage(
            "recoloured",
            "Recoloured",
            "The main subject in the other's palette, mixed in where the recolour switch is on.",
            lambda trace: trace.recoloured,
            lambda trace: f"{trace.recolour:.2f}",
            not_recoloured,
        ),
        emoji_stage(
            "composite",
            "Composite",
            "The transformed emoji simply laid over the main subject, before the network paints.",
            lambda trace: trace.composite,
        ),
        emoji_stage(
            "output",
            "Output",
            "What the network makes of it.",
            lambda trace: trace.output,
        ),
        Stage(
            "fit",
            "Fitted",
            COLOUR,
            "The output cropped and enlarged until its long side fills 96 % of the canvas; this is the sticker.",
            painters.show_fitted,
            absence=not_fitted,
            numbers=maps.colours(lambda trace: trace.fitted),
            fitted=True,
        ),
        Stage(
            "teacher",
            "Teacher's",
            COLOUR,
            "What the procedural teacher paints for this pair: the network's model, not always better.",
            painters.show_teacher,
            absence=no_teacher,
            numbers=maps.colours(lambda trace: trace.teacher.target if trace.teacher else None),
        ),
        Stage(
            "difference",
            "Difference",
            "0 to 1",
            "How far the output lies from the teacher's target at each pixel, the largest of all channels.",
            painters.show_difference,
            maps.difference,
            no_teacher,
        ),
    )
}
"""All stages by id, in their order."""


def stages_of(trace: FusionTrace) -> dict[str, Stage]:
    """The stages of one trace: all of them, and further up blocks where its preset attends there too."""
    extra = [block for block in sorted(trace.attention) if block not in STAGES]
    if not extra:
        return STAGES
    found: dict[str, Stage] = {}
    for name, stage in STAGES.items():
        if name == ATTENTION_BLOCKS[0]:
            sentence = "What multiplied the decoder's features, here at a smaller size, mean over the channels."
            found |= {block: attention_stage(block, sentence) for block in extra}
        found[name] = stage
    return found
