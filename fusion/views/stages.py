"""The stages of one fusion as data: title, range of values, and a sentence that says what one is looking at.

Source: design section 7.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """What stands beside the picture of a stage, whatever the pair."""

    id: str
    title: str
    values: str
    """The range that its values can take."""
    sentence: str
    """What am I looking at."""


STAGES: dict[str, Stage] = {
    stage.id: stage
    for stage in (
        Stage("first", "First emoji", "colour 0 to 1", "The first emoji exactly as the network sees it."),
        Stage("second", "Second emoji", "colour 0 to 1", "The second emoji exactly as the network sees it."),
        Stage(
            "separated",
            "Separated",
            "any; blue below zero, red above",
            "Each emoji after a convolution of its own; one tile a channel, all on one scale with white at zero.",
        ),
        Stage(
            "main",
            "Main subject",
            "probability 0.5 to 1",
            "Which of the two stays where it is; the other is scaled and moved.",
        ),
        Stage(
            "layout",
            "Layout",
            "scale 0 to 2",
            "Where the other emoji lands on the main subject, silhouette and box; a dashed box is where it is not.",
        ),
        Stage(
            "transformed",
            "Transformed",
            "colour 0 to 1",
            "The other emoji after the warp, alone; outside it there is nothing.",
        ),
        Stage(
            "position",
            "Positional weights",
            "0 to 1",
            "By how much the aligned features are multiplied at each place, averaged over the channels.",
        ),
        Stage(
            "up3",
            "Attention at Up3",
            "0 to 1",
            "What multiplied the decoder's features at half size, mean over the channels; dark places are held back.",
        ),
        Stage(
            "up4",
            "Attention at Up4",
            "0 to 1",
            "What multiplied the decoder's features at full size, on the same scale as Up3.",
        ),
        Stage(
            "gates",
            "Gates",
            "0 to 1",
            "How much of the main subject and of each instance is kept; dark means painted away.",
        ),
        Stage(
            "correction",
            "Correction",
            "-1 to 1; white is zero",
            "What the network paints on top, a tile for each of red, green, blue and opacity.",
        ),
        Stage(
            "recoloured",
            "Recoloured",
            "colour 0 to 1",
            "The main subject in the other's palette, mixed in where the recolour switch is on.",
        ),
        Stage(
            "composite",
            "Composite",
            "colour 0 to 1",
            "The transformed emoji simply laid over the main subject, before the network paints.",
        ),
        Stage("output", "Output", "colour 0 to 1", "What the network makes of it."),
        Stage(
            "teacher",
            "Teacher's",
            "colour 0 to 1",
            "What the procedural teacher paints for this pair: the network's model, not always better.",
        ),
        Stage(
            "difference",
            "Difference",
            "0 to 1",
            "How far the output lies from the teacher's target at each pixel, the largest of all channels.",
        ),
    )
}
"""All stages by id, in their order."""
