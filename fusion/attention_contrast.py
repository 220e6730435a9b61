"""How much more weight attention gives one region of a picture than another: the one definition.

Training asks for it, evaluation reports it, the debugger shows it. No torch here: arrays and tensors alike go in.
Source: DESIGN section 1 (the joint map raises the non-main's regions and lowers the main subject's).
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

Values = TypeVar("Values", bound=Any)
"""A numpy array or a torch tensor."""


def attention_contrast(weights: Values, region: Values, rest: Values, least: float = 0.0) -> Values:
    """Mean of ``weights`` (..., h, w) in ``region`` over that in ``rest``: (...).

    ``region``, ``rest``: masks of that shape, or shares in [0, 1]. Where one of them is empty there is no contrast: the
    result is then NaN or infinite, unless ``least`` keeps every divisor from falling below it, as a gradient needs.
    """
    inside, outside = mean_within(weights, region, least), mean_within(weights, rest, least)
    return inside / outside.clip(min=least)


def contrast_of_masks(weights: np.ndarray, region: np.ndarray, rest: np.ndarray) -> float | None:
    """The same for one map (h, w) and hard masks; ``None`` where one of them is empty.

    The pixels are picked out, not multiplied with a mask: the order of a sum shows in the last digit of a trace.
    """
    if not region.any() or not rest.any():
        return None
    return float(weights[region].mean() / max(weights[rest].mean(), 1e-9))


def mean_within(weights: Values, region: Values, least: float = 0.0) -> Values:
    """Mean of ``weights`` (..., h, w) over ``region``, each pixel counting by its share: (...)."""
    return (weights * region).sum((-2, -1)) / region.sum((-2, -1)).clip(min=least)
