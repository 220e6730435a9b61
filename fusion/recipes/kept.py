"""Pictures that recipes look at again and again: all are kept for training, few where memory has a bound.

All of them together are half a gigabyte. Source: DESIGN section 3.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec

import numpy as np

FEW = 128
"""Pictures of each kind where memory has a bound: some 50 MB in all."""

Given = ParamSpec("Given")

_bounds: set[int] = set()


def keep_few() -> None:
    """From now on in this process."""
    _bounds.add(FEW)


def kept(make: Callable[Given, np.ndarray]) -> Callable[Given, np.ndarray]:
    """``make`` with its pictures kept by its arguments, not to be written to."""
    whole, few = lru_cache(maxsize=None)(make), lru_cache(maxsize=FEW)(make)

    @wraps(make)
    def look(*args: Given.args, **kwargs: Given.kwargs) -> np.ndarray:
        return (few if _bounds else whole)(*args, **kwargs)  # type: ignore[arg-type]

    look.cache_info = lambda: (few if _bounds else whole).cache_info()  # type: ignore[attr-defined]
    return look
