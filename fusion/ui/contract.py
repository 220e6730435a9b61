"""The constants that the page and Python share, in one answer; no script of the page writes them again."""

from __future__ import annotations

from fusion.data.splits import SPLITS
from fusion.evaluation.report import KINDS
from fusion.model import ABLATIONS, PRESETS, FusionConfig
from fusion.names import ATTENTION_BLOCKS, SIDES
from fusion.packs.services import SERVICES
from fusion.pipeline.words import LONGEST
from fusion.ui.answers import Choice, Contract
from fusion.ui.fusers import HELD_OUT
from fusion.ui.pictures import READABLE
from fusion.views.summary import NUMBERS

OPENING = ("1f600", "1f355")
"""The pair that the page opens with."""

LIMITS = (10, 2000)
"""Fewest and most pairs of an evaluation on the page."""
LIMIT = 100
"""Pairs of an evaluation for which nobody named a number."""
WORST = 20
"""Pairs in the zip of the worst, for which nobody named a number."""

UPLOAD_SIDE = 512
"""Pixels a side to which the browser shrinks a picture: enough for 256 a canvas, small enough to send each time."""

SCREEN_SIZES, FILE_SIZES = (256, 384, 512), (256, 512, 1024)
"""Pixels a side in which a sticker is painted for a screen, the first of them at once; and for a file."""

UPLOAD_NAME = 60
"""Characters of what a picture is called that are kept."""

SWEPT = ("scale", "offset x", "offset y", "main", "hypothesis", "instances")
"""What a sheet of variants can change."""

PRESENT = 0.5
"""Presence above which an instance is there."""

SAYINGS = ("on its head, small", "as eyes", "behind it", "three of them around", "in its colours", "to the upper left")
"""Sentences that the page offers."""

PRESET_SENTENCES = {
    "fusion": "The network of this project: first it lays one emoji on the other, then it paints.",
    "unet-se-po": "The published network, with positional attention, as it was described.",
    "unet": "A plain U-Net: it lays nothing anywhere and paints both emoji where they are.",
    "unet-se": "The plain U-Net with attention to channels and places.",
    "attention-unet": "The plain U-Net with attention gates on what it passes along.",
    "res-unet": "The plain U-Net with residual blocks.",
}
HELD_OUT_SENTENCE = "The same network, trained without the held-out emoji: what it makes of them it has never seen."

PARTNERS = 30
"""Stickers in a pack of one emoji."""

AXES = ("height", "width", "down", "right")
SPLIT_LABELS = {"pairs": "held-out pairs", "emoji": "held-out emoji", "style": "another art style"}
ABLATION_LABELS = {"layout": "layout module", "position": "positional encoding"}


def contract() -> Contract:
    """Opening pair, sides, ablations, the layout's numbers, what can be evaluated, what can be uploaded."""
    return {
        "opening": {"first": OPENING[0], "second": OPENING[1]},
        "sides": list(SIDES),
        "ablations": [{"id": name, "label": ablation_label(name)} for name in ABLATIONS],
        "layout": list(NUMBERS),
        "axes": list(AXES),
        "present": PRESENT,
        "sayings": list(SAYINGS),
        "saying": LONGEST,
        "evaluation": {
            "splits": [Choice(id=name, label=SPLIT_LABELS.get(name, name)) for name in SPLITS],
            "limits": list(LIMITS),
            "limit": LIMIT,
            "worst": WORST,
            "kinds": [Choice(id=name, label=label) for name, label in KINDS.items()],
        },
        "networks": PRESET_SENTENCES | {f"{name}{HELD_OUT}": HELD_OUT_SENTENCE for name in PRESET_SENTENCES},
        "swept": list(SWEPT),
        "sizes": {"screen": list(SCREEN_SIZES), "file": list(FILE_SIZES)},
        "packs": {
            "services": [Choice(id=name, label=service.title) for name, service in SERVICES.items()],
            "partners": PARTNERS,
        },
        "upload": {
            "types": [*(f"image/{kind.lower()}" for kind in READABLE), "image/svg+xml"],
            "side": UPLOAD_SIDE,
            "name": UPLOAD_NAME,
        },
    }


def parts_of(preset: str) -> list[str]:
    """What a preset has of ABLATIONS; all of them for weights that no preset describes."""
    name = preset.removesuffix(HELD_OUT)
    if name not in PRESETS:
        return list(ABLATIONS)
    config = FusionConfig.from_dict({"preset": name, **PRESETS[name]})
    lacking = {"layout"} if config.layout_head == "none" else set()
    lacking |= {"position"} if config.position == "off" else set()
    lacking |= set(ATTENTION_BLOCKS) if config.attention == "off" else set()
    return [name for name in ABLATIONS if name not in lacking]


def ablation_label(name: str) -> str:
    """What the page calls a part that can be switched off; the others are attention in a block of the decoder."""
    return ABLATION_LABELS.get(name, f"attention {name.capitalize()}")
