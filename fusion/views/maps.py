"""The maps behind the stages of a trace: named arrays, and the one colour scale on which they may be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
from PIL import Image

from fusion.attention_contrast import contrast_of_masks
from fusion.names import SIDES
from fusion.trace import AttentionTrace, FusionTrace
from fusion.views import drawing
from fusion.views.drawing import Scale

CHANNELS = ("red", "green", "blue", "opacity")


class Maps(NamedTuple):
    """Arrays (h, w) by name, on one scale."""

    values: Mapping[str, np.ndarray]
    scale: Scale


def present(trace: FusionTrace) -> list[int]:
    """Indices of the instances that are there."""
    return [k for k, here in enumerate(trace.effective.presence) if here > 0.5]


def separated(trace: FusionTrace) -> Maps:
    """Every channel of both emoji, the first's before the second's."""
    named = {
        f"{side} {index + 1}": channel
        for side, channels in zip(SIDES, trace.separated, strict=True)
        for index, channel in enumerate(channels)
    }
    return Maps(named, drawing.symmetric(*trace.separated))


def words(trace: FusionTrace) -> Maps | None:
    """How much each word counted at each place of either emoji's map (4, 4), those that counted most first."""
    if trace.words is None:
        return None
    named = {
        f"{word} ({side})": plane
        for side, words in zip(SIDES, trace.words, strict=True)
        for word, plane in zip((*words.named, *words.said), words.attention, strict=True)
    }
    most = dict(sorted(named.items(), key=lambda item: -float(item[1].mean())))
    return Maps(most, drawing.from_zero(*most.values())) if most else None


def why_main(trace: FusionTrace) -> Maps | None:
    """Which pixels speak for the main subject, and which against it."""
    return None if trace.attribution is None else attributed(trace.attribution.main)


def why_here(trace: FusionTrace) -> Maps | None:
    """Which pixels make the first instance larger and move it, and which its place hangs on."""
    return None if trace.attribution is None else attributed(trace.attribution.here)


def attributed(planes: Mapping[str, np.ndarray]) -> Maps:
    """Attributions on one scale with zero in its middle."""
    return Maps(planes, drawing.symmetric(*planes.values()))


DENSITY_SIDE = 128
"""Pixels a side of the density of layouts: finer than anybody is sure of one."""
NEGLIGIBLE = 1e-4
"""Hypotheses less likely than this are left out of the density: all of them together would not make a step of 255."""


def density(trace: FusionTrace) -> Maps | None:
    """How probable it is that the non-main covers a place, over everything that the layout branch weighed."""
    if trace.mixture is None:
        return None
    side = min(DENSITY_SIDE, trace.size)
    alpha = Image.fromarray(np.ascontiguousarray(drawing.shrink(trace.inputs[1 - trace.main][..., 3], side)), "F")
    whole = np.zeros((side, side), np.float32)
    for share, layouts, presence in zip(
        trace.mixture.shares, trace.mixture.layouts, trace.mixture.presence, strict=True
    ):
        if share < NEGLIGIBLE:
            continue
        free = np.ones_like(whole)
        for layout in layouts[presence > 0.5]:
            free *= 1 - drawing.moved(alpha, layout)
        whole += share * (1 - free)
    return Maps({"covered": whole.clip(0, 1)}, Scale(0.0, 1.0))


def position(trace: FusionTrace) -> Maps | None:
    """The mean of the positional weights, then every channel, on a scale that clips none of them."""
    if trace.position is None:
        return None
    named = {f"channel {index + 1}": plane for index, plane in enumerate(trace.position)}
    mean = trace.position.mean(0)
    return Maps({"mean": mean, **named}, drawing.between(trace.position))


def attention(trace: FusionTrace, block: str) -> Maps | None:
    """Joint weights of an up block, mean over its channels, on a scale that all blocks share."""
    if block not in trace.attention:
        return None
    joints = {name: joint(found) for name, found in trace.attention.items()}
    return Maps({"joint": joints[block]}, drawing.between(*joints.values()))


def joint(found: AttentionTrace) -> np.ndarray:
    """Mean over the channels of channel times spatial weights, (h, w), without the whole (C, h, w) in between."""
    return found.channel.mean() * found.spatial


def focus(trace: FusionTrace, block: str) -> float | None:
    """How much more weight the non-main's silhouette gets than the rest of the main subject: a ratio of means.

    Above 1 attention does what it is there for. ``None`` where the block has none, or one of the two is not seen.
    Source: DESIGN section 1 (the joint map raises the non-main's regions and lowers the main subject's).
    """
    if block not in trace.attention:
        return None
    weights = joint(trace.attention[block])
    size = weights.shape[0]
    other = drawing.shrink(trace.transformed[..., 3], size) > 0.5
    rest = (drawing.shrink(trace.inputs[trace.main][..., 3], size) > 0.5) & ~other
    return contrast_of_masks(weights, other, rest)


def attention_scale(trace: FusionTrace) -> Scale:
    """From 0 to the largest weight in any block: the scale on which channel, spatial and joint weights compare."""
    return drawing.from_zero(*(array for maps in trace.attention.values() for array in (maps.channel, maps.spatial)))


def gates(trace: FusionTrace) -> Maps | None:
    """Gate of the main subject and of each instance that is there."""
    if trace.gates is None:
        return None
    named = {"main": trace.gates[0], **{f"instance {k + 1}": trace.gates[k + 1] for k in present(trace)}}
    return Maps(named, Scale(0.0, 1.0))


def correction(trace: FusionTrace) -> Maps | None:
    """The correction by colour channel; a scale of at least 0.05, so that noise does not look like much."""
    if trace.correction is None:
        return None
    planes = np.moveaxis(trace.correction, -1, 0)
    scale = drawing.symmetric(trace.correction, np.array([0.05], np.float32))
    return Maps(dict(zip(CHANNELS, planes, strict=False)), scale)


def difference(trace: FusionTrace) -> Maps | None:
    """Largest absolute difference of output and teacher's target over the channels."""
    if trace.teacher is None:
        return None
    # A preset without alpha is opaque over black: there only colour can be compared.
    channels = 4 if trace.output[..., 3].min() < 1 else 3
    # Channel by channel: numpy is slow along an axis of four.
    gaps = [np.abs(trace.output[..., k] - trace.teacher.target[..., k]) for k in range(channels)]
    gap = np.maximum.reduce(gaps)
    return Maps({"difference": gap}, drawing.from_zero(gap, least=0.1))


# ---------------------------------------------------------------------------------------------- every number


class Weights(Mapping[str, np.ndarray]):
    """What multiplied the features of an up block: their mean, the weights of the places, then every channel.

    A channel (h, w) is made when it is asked for: all of them together are several megabytes.
    """

    def __init__(self, found: AttentionTrace) -> None:
        self.found = found
        self._names = ("mean", "places", *(f"channel {index + 1}" for index in range(len(found.channel))))

    def __getitem__(self, name: str) -> np.ndarray:
        """Weights (h, w) in [0, 1]. Raises KeyError for a channel that is none."""
        if name == "mean":
            return joint(self.found)
        if name == "places":
            return self.found.spatial
        if name not in self._names:
            raise KeyError(name)
        return self.found.channel[self._names.index(name) - 2] * self.found.spatial

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        """How many arrays there are."""
        return len(self._names)


def weights(trace: FusionTrace, block: str) -> Maps | None:
    """Every channel of an up block's attention, on the scale that all blocks share."""
    return Maps(Weights(trace.attention[block]), attention_scale(trace)) if block in trace.attention else None


def colours(of: Callable[[FusionTrace], np.ndarray | None]) -> Callable[[FusionTrace], Maps | None]:
    """The four planes of a picture, premultiplied as the network has them."""

    def planes(trace: FusionTrace) -> Maps | None:
        picture = of(trace)
        if picture is None:
            return None
        return Maps(dict(zip(CHANNELS, np.moveaxis(picture, -1, 0), strict=True)), Scale(0.0, 1.0))

    return planes


def silhouettes(trace: FusionTrace) -> Maps | None:
    """Opacity of each instance that is there."""
    if not trace.aligns:
        return None
    return Maps({f"instance {k + 1}": trace.instances[k][..., 3] for k in present(trace)}, Scale(0.0, 1.0))
