"""Pictures that recipes look at again and again: all are kept for training, few where memory has a bound.

All of them together are half a gigabyte. Source: DESIGN section 3.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

import numpy as np

FEW = 128
"""Pictures of each kind where memory has a bound: some 50 MB in all."""

Look = TypeVar("Look", bound=Callable[..., np.ndarray])

_bounds: set[int] = set()


def keep_few() -> None:
    """From now on in this process."""
    _bounds.add(FEW)


def kept(make: Look) -> Look:
    """``make`` with its pictures kept by its arguments, not to be written to."""
    whole, few = lru_cache(maxsize=None)(make), lru_cache(maxsize=FEW)(make)

    @wraps(make)
    def look(*given: Hashable) -> np.ndarray:
        return (few if _bounds else whole)(*given)

    cast(Any, look).cache_info = lambda: (few if _bounds else whole).cache_info()
    return cast(Look, look)
