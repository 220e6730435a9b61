"""What a person may ask of a fusion beyond the pair: checked, and laid over what the network predicted.

Numbers only, so that every runtime shares it: no torch.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from fusion.errors import FusionError
from fusion.frame import MAX_SCALE, Frame, Layout
from fusion.names import SIDES

SIZES = range(64, 1025, 16)


class RequestError(FusionError):
    """A fusion that cannot be made as it was asked for."""


class UnknownHypothesis(RequestError):
    """The network has fewer hypotheses about the pair than the rank that was asked for."""


@dataclass(frozen=True)
class Override:
    """Layouts in place of the predicted ones: of the first instance, which takes the others along, or of each."""

    layouts: tuple[Layout, ...]
    each: bool
    frame: Frame

    @property
    def lead(self) -> Layout | None:
        """Where the first instance is put; ``None`` where none is to be."""
        return self.layouts[0] if self.layouts else None

    def apply(self, layouts: np.ndarray, presence: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Layouts (K, 4) and presence (K,) in effect, from those predicted. Raises RequestError."""
        if self.each:
            return place_each(layouts, self.layouts)
        return carry_along(layouts, presence, self.layouts[0], self.frame)


@dataclass(frozen=True)
class Request:
    """What a fusion is asked for beyond its pair, as in ``Fuser.fuse``."""

    main: str | None
    override: Override | None
    hypothesis: int
    size: int
    disabled: frozenset[str]


def read_override(
    layout: Sequence[float] | None, instances: Sequence[Sequence[float]] | None, frame: Frame
) -> Override | None:
    """A checked override, or ``None`` where nothing is asked for. Raises RequestError."""
    if layout is not None and instances is not None:
        raise RequestError("Give a layout for the first instance or one for each, not both.")
    if layout is not None:
        return Override((check_layout(layout, frame),), each=False, frame=frame)
    if instances is not None:
        if isinstance(instances, str) or not isinstance(instances, Iterable):
            raise RequestError("Instances are a list of layouts, each four numbers SH,SW,OY,OX.")
        return Override(tuple(check_layout(one, frame) for one in instances), each=True, frame=frame)
    return None


def check_layout(layout: Sequence[float], frame: Frame) -> Layout:
    """``layout`` as four numbers in the range of ``frame``. Raises RequestError."""
    reach = (
        f"SH,SW,OY,OX: two scales above 0 and up to {MAX_SCALE:g}, two offsets from "
        f"{-frame.max_offset:g} to {frame.max_offset:g}"
    )
    try:
        # Text has characters, and True is 1: both could pass for numbers that nobody gave.
        if isinstance(layout, str) or any(isinstance(number, bool | str) for number in layout):
            raise TypeError("a layout is numbers")
        scale_h, scale_w, offset_y, offset_x = (float(number) for number in layout)
    except (TypeError, ValueError, OverflowError) as error:
        raise RequestError(f"A layout is four numbers {reach}.") from error
    numbers = Layout(scale_h, scale_w, offset_y, offset_x)
    shown = ",".join(f"{number:g}" for number in numbers)
    if not all(math.isfinite(number) for number in numbers) or not frame.allows(numbers, tolerance=1e-3):
        raise RequestError(f"The layout {shown} is out of range; it must be {reach}.")
    return frame.clamp(numbers)


def read_disabled(disabled: object) -> frozenset[str]:
    """Names of parts to leave out, as a set; which names there are is for each engine to say. Raises RequestError."""
    if isinstance(disabled, frozenset | set | list | tuple) and all(isinstance(one, str) for one in disabled):
        return frozenset(disabled)
    raise RequestError("Parts to switch off are a set of names, such as {'up3'}.")


def check_request(request: Request) -> Request:
    """``request`` itself. Raises RequestError for what is not in the choice."""
    main, size, hypothesis = request.main, request.size, request.hypothesis
    if main is not None and main not in SIDES:
        raise RequestError(f"The main subject cannot be {main!r}; it is first, second or left out.")
    if size not in SIZES:
        raise RequestError(f"The size cannot be {size}; it is a multiple of 16 from {SIZES[0]} to {SIZES[-1]}.")
    if not isinstance(hypothesis, int) or isinstance(hypothesis, bool) or hypothesis < 1:
        raise RequestError(f"The hypothesis cannot be {hypothesis!r}; it is a rank, 1 for the likeliest.")
    return request


def carry_along(
    layouts: np.ndarray, presence: np.ndarray, wanted: Layout, frame: Frame
) -> tuple[np.ndarray, np.ndarray]:
    """Layouts (K, 4) and presence (K,), float32, once the first present instance is put at ``wanted``.

    The others keep their place relative to it: they are scaled and shifted by what carries its old layout to the
    new one. Where no instance is present, the first becomes so.
    """
    layouts, presence = layouts.copy(), presence.copy()
    if not presence.any():
        presence[0], layouts[0] = 1, wanted
        return layouts, presence
    first = int(np.flatnonzero(presence)[0])
    old, new = layouts[first].copy(), np.asarray(wanted, layouts.dtype)
    ratio = new[:2] / old[:2]
    scales, offsets = layouts[:, :2] * ratio, (layouts[:, 2:] - old[2:]) * ratio + new[2:]
    for k, row in enumerate(np.concatenate([scales, offsets], axis=1).tolist()):
        if presence[k]:
            layouts[k] = frame.clamp(Layout(*row))
    layouts[first] = new
    return layouts, presence


def place_each(layouts: np.ndarray, wanted: Sequence[Layout]) -> tuple[np.ndarray, np.ndarray]:
    """Layouts (K, 4) and presence (K,) with the instances of ``wanted`` and no other. Raises RequestError."""
    if len(wanted) > len(layouts):
        raise RequestError(f"This preset places at most {len(layouts)}; {len(wanted)} layouts were given.")
    layouts, presence = layouts.copy(), np.zeros(len(layouts), layouts.dtype)
    for k, one in enumerate(wanted):
        layouts[k], presence[k] = one, 1
    return layouts, presence
