"""Training phases as data: what is trained, on what, for how long, with which weights, and when to stop.

Source: DESIGN sections 1 and 2; AdamW (Loshchilov and Hutter 2019) with a cosine; section 8 for rates and weights.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from fusion.errors import FusionError
from fusion.model import PRESETS, FusionConfig

LAYOUT_MODULES = ("layout_trunk", "center_detector", "center_aware_scale")
"""What phase one trains. Everything else is frozen, BatchNorm statistics included."""

SIZES = (64, 128, 256)
"""Most of the learning is cheap at 64 pixels; the larger stages refine."""


@dataclass(frozen=True)
class Switch:
    """When a phase ends before its time.

    ``similarity``: the mean pixel similarity of transformed layout and target over ``window`` steps reaches ``bound``
    (published: 0.92). ``adaptive``: the loss, averaged over ``window`` steps, fell by less than the share ``bound``
    against the window before.
    """

    kind: str
    bound: float
    window: int

    def reached(self, history: Sequence[float]) -> bool:
        """Whether the phase is to end; ``history``: similarities or losses of the phase's steps so far."""
        if self.kind == "similarity":
            recent = history[-self.window :]
            return len(recent) == self.window and sum(recent) / self.window >= self.bound
        if len(history) < 2 * self.window:
            return False
        before, now = sum(history[-2 * self.window : -self.window]), sum(history[-self.window :])
        return (before - now) < self.bound * abs(before)


@dataclass(frozen=True)
class Phase:
    """One phase of training.

    ``trains``: names of the network's parts that learn; empty means all. ``fuses``: whether the U-Net runs and
    targets are painted. ``weights``: loss term -> weight. ``share``: of the run's minutes, where those are limited.
    ``minutes``: limit of this phase alone. ``families``: relative share of a family among the pairs, 1 where none is
    given. ``wishes``: share of the pairs that get a sentence and the recipe which obeys it, where words are read.
    ``beta``: error up to which the picture's L1 is rounded off to a square. Rates fall by a cosine to ``floor`` of
    ``learning_rate``.
    """

    name: str
    size: int
    batch: int
    steps: float
    weights: Mapping[str, float]
    share: float
    trains: tuple[str, ...] = ()
    fuses: bool = True
    learning_rate: float = 2e-3
    warmup: int = 50
    floor: float = 0.01
    minutes: float | None = None
    families: Mapping[str, float] = field(default_factory=dict)
    wishes: float = 0.5
    beta: float = 0.0
    switch: Switch | None = None

    @property
    def paints(self) -> bool:
        """Whether the phase needs target pictures."""
        watches = self.switch is not None and self.switch.kind == "similarity"
        return self.fuses or watches or self.weights.get("composite", 0) > 0

    def rate(self, step: int, elapsed_minutes: float) -> float:
        """Learning rate: linear warm-up, then a cosine over the larger of the step share and the time share."""
        share = self.fraction(step, elapsed_minutes)
        cosine = 0.5 * (1 + math.cos(math.pi * share))
        return self.learning_rate * min(1.0, (step + 1) / self.warmup) * (self.floor + (1 - self.floor) * cosine)

    def fraction(self, step: int, elapsed_minutes: float) -> float:
        """How much of the phase is over, in [0, 1]."""
        spent = elapsed_minutes / self.minutes if self.minutes else 0.0
        return min(1.0, max(step / self.steps, spent))


LAYOUT_WEIGHTS = {
    "main": 1.0,
    "layout": 4.0,
    "box": 1.0,
    "presence": 1.0,
    "recolour": 1.0,
    "choice": 1.0,
    "family": 0.5,
}
IMAGE_WEIGHTS = {"l1": 3.0, "gradient": 3.0, "mse": 3.0, "changed": 2.0, "attention": 0.02}
STAGES = {  # size -> batch, steps, learning rate, share of the time
    64: (32, 6000, 2e-3, 0.35),
    128: (16, 6000, 1e-3, 0.30),
    256: (8, 3000, 5e-4, 0.15),
}
ROUND = 0.05
"""Plain L1 has a kink where the error is zero. Most pixels of most pairs are exactly right from the start, and their
signs, which are noise, hold the learned correction at zero for good; so the early stages round it off. The last of
several does not, once the correction has learned its places: the kink is what leaves alone what is right."""

SUPERVISION = 0.25
"""Weight of the layout terms beside the picture's, where everything learns together."""

PAINTED = {
    **dict.fromkeys(("material", "pattern", "shape", "hybrid", "creature", "expression"), 3.0),
    **dict.fromkeys(("face on object", "face on thing", "two steps", "guise", "mix", "part swap"), 2.0),
    **dict.fromkeys(("motif eyes", "print", "topping"), 4.0),
    "face swap": 8.0,  # most pairs drawn for it get another family, and others are taken
    **dict.fromkeys(("behind", "inlay", "peek", "sign", "together"), 2.0),
}
"""Families whose targets have to be painted come more often: of most others the plain composite, or the recoloured
main subject, is nearly the answer. The lower a family's ``composite_psnr`` in ``evaluate``, the larger its share."""

HARD = {
    **dict.fromkeys(("sign", "dressed", "together", "behind", "print"), 2.5),
    **dict.fromkeys(("sky", "peek", "part swap", "ride", "wearable", "topping"), 1.5),
}
"""Families whose places are many and small come more often where layouts are learned: the lower a family's alignment
in ``evaluate``, the larger its share."""

PAINTED_WISHES = 0.2
"""A wish often asks for a family that any pair has, whose target is the plain composite: nothing to learn."""

PUBLISHED_SWITCH = Switch("similarity", 0.92, 50)
ADAPTIVE_SWITCH = Switch("adaptive", 0.02, 250)


def layout_phase(config: FusionConfig) -> Phase:
    """Phase one: the layout branch alone, on pairs that nobody has to paint."""
    trains = LAYOUT_MODULES if config.layout_head == "trunk" else LAYOUT_MODULES[1:]
    return Phase("layout", 64, 128, 1500, LAYOUT_WEIGHTS, 0.2, trains=trains, fuses=False, families=HARD)


def image_phases(size: int, perceptual: float = 0.0) -> list[Phase]:
    """Phase two, in stages of growing size.

    Only the first stage goes on teaching the layout branch: it always looks at 64 pixels, so that larger stages have
    nothing new to show it, and their small batches would spoil its statistics.
    """
    stages: list[Phase] = []
    for side in (*(s for s in SIZES if s < size), size):
        batch, steps, rate, share = STAGES[max(s for s in SIZES if s <= max(side, SIZES[0]))]
        weights = {**IMAGE_WEIGHTS, "perceptual": perceptual} if perceptual else dict(IMAGE_WEIGHTS)
        if not stages:
            weights |= {name: SUPERVISION * value for name, value in LAYOUT_WEIGHTS.items()}
        trains = () if not stages else ("separator", "position", "unet", "head")
        stages.append(
            Phase(
                f"image-{side}",
                side,
                batch,
                steps,
                weights,
                share,
                trains,
                learning_rate=rate,
                families=PAINTED,
                wishes=PAINTED_WISHES,
                beta=0.0 if side == size and stages else ROUND,
            )
        )
    return stages


def published_phases(size: int) -> list[Phase]:
    """The published two phases: MSE of the transformed layout alone, then MSE + perceptual on everything."""
    batch, steps, _, _ = STAGES[max(s for s in SIZES if s <= max(size, SIZES[0]))]
    layout = Phase(
        "published-layout",
        size,
        batch,
        3000,
        {"composite": 1.0},
        0.3,
        LAYOUT_MODULES[2:],
        False,
        switch=PUBLISHED_SWITCH,
    )
    image = Phase("published-image", size, batch, steps, {"mse": 1.0, "perceptual": 0.1}, 0.7)
    return [layout, image]


def schedule(
    preset: str,
    size: int,
    settings: Mapping[str, object] | None = None,
    *,
    switch: str | None = None,
    published: bool = False,
    perceptual: float = 0.0,
) -> list[Phase]:
    """The phases that train ``preset`` at ``size`` pixels, smaller sizes first.

    ``settings``: fields of FusionConfig that differ from the preset's.
    ``switch``: ``"adaptive"`` or a similarity such as ``"0.92"`` ends phase one before its time.
    """
    config = FusionConfig.from_dict({"preset": preset, **PRESETS.get(preset, {}), **(settings or {})})
    if size % 16 or size < 32:
        raise FusionError(f"The size {size} does not work: choose a multiple of 16, at least 32.")
    if published:
        phases = published_phases(size)
    else:
        phases = [layout_phase(config)] if config.layout_head != "none" else []
        phases += image_phases(size, perceptual)
    if switch is not None and config.layout_head != "none":
        phases[0] = replace(phases[0], switch=parse_switch(switch))
    return phases


def parse_switch(text: str) -> Switch:
    """``"adaptive"``, or the similarity at which phase one ends."""
    if text == "adaptive":
        return ADAPTIVE_SWITCH
    try:
        bound = float(text)
    except ValueError:
        bound = math.nan
    if not 0 < bound <= 1:
        raise FusionError(f"--phase-switch is '{text}': give 'adaptive' or a similarity between 0 and 1, such as 0.92.")
    return replace(PUBLISHED_SWITCH, bound=bound)


def choose(phases: list[Phase], wanted: str) -> list[Phase]:
    """Pick and size phases by hand: ``"layout=12,image-64=2000steps"`` (minutes, or steps; alone: as they are).

    ``"none"`` leaves nothing to train: for putting two networks together.
    """
    if wanted.strip() == "none":
        return []
    known = {phase.name: phase for phase in phases}
    chosen = []
    for item in wanted.split(","):
        name, _, amount = item.strip().partition("=")
        if name not in known:
            raise FusionError(f"There is no phase '{name}' in this schedule: choose from {', '.join(known)}.")
        try:
            if amount.endswith("steps"):
                chosen.append(replace(known[name], steps=positive(int(amount.removesuffix("steps")))))
            elif amount:
                chosen.append(replace(known[name], steps=math.inf, minutes=positive(float(amount))))
            else:
                chosen.append(known[name])
        except ValueError as error:
            raise FusionError(f"'{item}' is not a length: write {name}=12 (minutes) or {name}=2000steps.") from error
    return chosen


def positive(length: float) -> float:
    """``length``, if it is one. Raises ValueError."""
    if not 0 < length < math.inf:
        raise ValueError(length)
    return length


def within(phases: list[Phase], minutes: float) -> list[Phase]:
    """The phases with ``minutes`` shared out among those that have no limit of their own."""
    total = sum(phase.share for phase in phases if phase.minutes is None)
    left = max(minutes - sum(phase.minutes or 0 for phase in phases), 0.01)
    return [p if p.minutes is not None else replace(p, minutes=left * p.share / total) for p in phases]
