"""FusionConfig: every switch of the network as data, and a sentence for each combination that makes no sense."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from fusion.errors import FusionError
from fusion.geometry import Frame

Setting = str | int | float | bool
"""A value that a field of FusionConfig may have."""


class ConfigError(FusionError):
    """A setting of the network that is unknown or contradicts another."""


CHOICES = {
    "layout_head": ("none", "pooled", "trunk"),
    "position": ("off", "before", "middle"),
    "position_planes": (2, 4),
    "attention": ("off", "se", "gate", "position", "layout"),
    "attention_blocks": ("last-two", "all"),
    "output": ("direct", "residual", "alpha-over"),
    "output_activation": ("tanh", "sigmoid"),
    "roster": ("classic", "taste"),
}


WIDEST = 1024
"""Channels: a damaged settings file is not to ask for more memory than there is."""


def fits(value: object, default: object) -> bool:
    """Whether a setting is of its default's type; whole numbers may stand for fractions, truth values for nothing."""
    if isinstance(value, bool) or isinstance(default, bool):
        return isinstance(value, bool) and isinstance(default, bool)
    return isinstance(value, int | float) if isinstance(default, float) else isinstance(value, type(default))


@dataclass(frozen=True)
class FusionConfig:
    """Settings of one FusionNet; JSON-serialisable, stored beside the weights.

    The defaults are the published network (DESIGN section 1); ``presets`` holds the named variants.
    """

    preset: str = "unet-se-po"
    size: int = 256
    """Side of the canvas the preset is meant for, in pixels. The network takes any multiple of 16."""
    has_alpha: bool = False
    """Premultiplied RGBA in [0, 1] throughout, or RGB over black in [-1, 1]."""
    separator_width: int = 3
    """Channels of each separated emoji; 0 leaves the separator out."""
    separator_activation: bool = True
    layout_head: str = "pooled"
    """``none``: inputs are only concatenated; ``pooled``: as published; ``trunk``: siamese, 64-pixel view."""
    instances: int = 1
    hypotheses: int = 1
    """So many layouts the layout branch weighs against each other; the likeliest is taken."""
    words: int = 0
    """Dimensions of the word vectors that the layout branch reads; 0: it looks at the pictures alone."""
    sentence: bool = False
    """What a person says also reaches the layout head by itself, not only among all the words that the maps read."""
    families: str = ""
    """Names of the teacher's recipe families, with commas between: the layout branch says which of them each of its
    layouts is, and the U-Net is told. Empty: neither."""
    recolour: bool = False
    """The path that shows the main subject in the other's palette, with its supervised switch."""
    frame_scale: float = 1.0
    frame_drop: float = 0.0
    max_offset: float = 0.2
    prefilter: bool = False
    """Average a picture before it is shrunk."""
    position: str = "before"
    position_planes: int = 2
    attention: str = "position"
    attention_blocks: str = "last-two"
    skips: bool = True
    residual: bool = False
    """Residual double convolutions (``res-unet``)."""
    context: bool = False
    """Global context in the bottleneck: what is decided for the whole picture is then known at every place."""
    width: int = 64
    output: str = "direct"
    output_activation: str = "tanh"
    roster: str = "classic"
    """The teacher's roster of families that the weights learned from: whom to ask for the truth of a pair."""

    def __post_init__(self) -> None:
        for one in fields(self):
            if not fits(getattr(self, one.name), one.default):
                kind = type(one.default).__name__
                raise ConfigError(f"{one.name} is {getattr(self, one.name)!r}; it must be of type {kind}.")
        for name, allowed in CHOICES.items():
            if getattr(self, name) not in allowed:
                raise ConfigError(f"{name} is {getattr(self, name)!r}; it can be {', '.join(map(repr, allowed))}.")
        for wrong, sentence in self._contradictions():
            if wrong:
                raise ConfigError(sentence)

    def _contradictions(self) -> list[tuple[bool, str]]:
        """Whether a value or a combination makes no sense, and what is then to be said."""
        return self._out_of_range() + self._at_odds() + self._unsaid()

    def _out_of_range(self) -> list[tuple[bool, str]]:
        """Of each number by itself: whether it lies outside its range, and the sentence that gives the range."""
        odd = self.size <= 0 or self.size % 16 != 0
        beyond = abs(self.frame_drop) > (1 - self.frame_scale) / 2 + 1e-9
        return [
            (odd, f"size is {self.size}; four poolings need a positive multiple of 16."),
            (
                not 1 <= self.width <= WIDEST,
                f"width is {self.width}; it must be at least 1 and at most {WIDEST}.",
            ),
            (
                not 0 <= self.separator_width <= WIDEST,
                f"separator_width is {self.separator_width}; it must be 0 (off) or more, at most {WIDEST}.",
            ),
            (self.instances not in (1, 2, 3), f"instances is {self.instances}; it can be 1, 2 or 3."),
            (not 1 <= self.hypotheses <= 64, f"hypotheses is {self.hypotheses}; it can be 1 to 64."),
            (not 0 <= self.words <= 64, f"words is {self.words}; it can be 0 (none) to 64, what the word table has."),
            (not 0 < self.max_offset <= 0.5, f"max_offset is {self.max_offset}; it must lie in (0, 0.5]."),
            (not 0 < self.frame_scale <= 1, f"frame_scale is {self.frame_scale}; it must lie in (0, 1]."),
            (beyond, f"frame_drop is {self.frame_drop}; the framed emoji would leave the canvas."),
        ]

    def _at_odds(self) -> list[tuple[bool, str]]:
        """Of parts that need one another: whether one stands without the other, and the sentence that says so."""
        aligned, over = self.layout_head != "none", self.output == "alpha-over"
        return [
            (
                self.hypotheses > 1 and self.layout_head != "trunk",
                "hypotheses above 1 need layout_head 'trunk': the published head has four numbers to say.",
            ),
            (over and not self.has_alpha, "output 'alpha-over' needs has_alpha=True: it lays over by alpha."),
            (over and not aligned, "output 'alpha-over' needs a layout_head: otherwise nothing says what lies on top."),
            (self.recolour and not over, "recolour needs output 'alpha-over', whose gates mix the recoloured in."),
            (self.instances > 1 and not aligned, "instances above 1 need a layout_head that can place them."),
            (
                self.attention == "layout" and not aligned,
                "attention 'layout' needs a layout_head: its coordinates come from the layout.",
            ),
            (
                self.attention == "gate" and not self.skips,
                "attention 'gate' sits on the skips; it needs skips=True.",
            ),
            (
                self.layout_head == "pooled" and self.separator_width == 0,
                "layout_head 'pooled' works on the separated features; separator_width must be above 0.",
            ),
        ]

    def _unsaid(self) -> list[tuple[bool, str]]:
        """Of words and names: whether there is nothing that could read or say them, and the sentence for it."""
        return [
            (
                self.words > 0 and self.layout_head != "trunk",
                "words need layout_head 'trunk', whose maps they change.",
            ),
            (
                self.sentence and not self.words,
                "sentence needs words above 0: the dimensions of what is said.",
            ),
            (
                bool(self.families) and (self.layout_head != "trunk" or self.hypotheses == 1),
                "families need layout_head 'trunk' and hypotheses above 1: each hypothesis names its own.",
            ),
            (
                len(set(self.family_names)) < len(self.family_names) or "" in self.family_names,
                f"families is {self.families!r}; it must be different names with commas between.",
            ),
        ]

    @property
    def family_names(self) -> tuple[str, ...]:
        """The recipe families that the network tells apart, in the order of its numbers."""
        return tuple(self.families.split(",")) if self.families else ()

    @property
    def frame(self) -> Frame:
        """How emoji sit on this network's canvas."""
        return Frame(self.frame_scale, self.frame_drop, self.max_offset)

    @property
    def image_channels(self) -> int:
        """Channels of a picture in this network's image space: RGBA or RGB."""
        return 4 if self.has_alpha else 3

    @property
    def feature_channels(self) -> int:
        """Channels of one separated emoji."""
        return self.separator_width or self.image_channels

    @property
    def head_channels(self) -> int:
        """Channels that leave the decoder: 6 as published; the alpha-over head has more to say and keeps the width."""
        return self.width if self.output == "alpha-over" else 2 * self.image_channels

    @classmethod
    def from_dict(cls, settings: dict[str, Any]) -> FusionConfig:
        """A config from JSON. Unknown keys are refused: they would silently build another network."""
        unknown = sorted(set(settings) - {f.name for f in fields(cls)})
        if unknown:
            raise ConfigError(f"Unknown network settings: {', '.join(unknown)}. Known are the fields of FusionConfig.")
        return cls(**settings)
