"""What a person should know about an answer: sentences beside the sticker."""

from __future__ import annotations

from fusion.emoji.catalog import SKIN_TONES, key_of
from fusion.trace import FusionTrace
from fusion.ui.pictures import has_background
from fusion.ui.request import EmojiInput, FuseRequest, Upload


def has_skin_tone(given: EmojiInput) -> bool:
    """Whether text asks for an emoji in a skin tone: as a character, or as code points."""
    return isinstance(given, str) and not SKIN_TONES.isdisjoint(
        [*key_of(given).split("-"), *given.casefold().split("-")]
    )


def notices(request: FuseRequest, trace: FusionTrace) -> list[str]:
    """What a person should know about this answer, one sentence each."""
    found = list(trace.notices)
    for given in request.inputs:
        if isinstance(given, Upload) and has_background(given.picture):
            found.append(f"{given.name} has no transparency, so its background counts as part of the emoji.")
    asked, used = request.layout, trace.override
    if asked and used and max(abs(a - b) for a, b in zip(asked, used, strict=True)) > 1e-4:
        found.append("The layout was brought into the range of this preset.")
    if request.hypothesis != trace.hypothesis:
        found.append("The network has no such idea any more, so this is its likeliest.")
    if any(has_skin_tone(text) for text in request.inputs):
        found.append("The skin tone was dropped: emoji here have one look.")
    if request.style:
        found.append("Drawn in another art style; the teacher's picture is in Noto's, and so is the difference to it.")
    if trace.disabled:
        found.append("Ablation: parts of the network are switched off, so this is not its own answer.")
    return found
