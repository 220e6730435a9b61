"""A cache that forgets what was not used for longest, within a bound in bytes; safe to share between threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from cachetools import LRUCache

Value = TypeVar("Value")


class SharedCache(Generic[Value]):
    """Values by key, together at most ``limit`` bytes. What is larger than that alone is made anew each time.

    ``size_of``: bytes of a value.
    """

    def __init__(self, limit: int, size_of: Callable[[Value], int]) -> None:
        self._kept: LRUCache = LRUCache(limit, getsizeof=size_of)
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """How many values are kept."""
        return len(self._kept)

    def __contains__(self, key: Hashable) -> bool:
        """Whether the value of ``key`` is kept."""
        return key in self._kept

    @property
    def held(self) -> int:
        """Bytes of all values that are kept."""
        return int(self._kept.currsize)

    @property
    def limit(self) -> int:
        """Bytes that the values may take together."""
        return int(self._kept.maxsize)

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of ``key``, made now if it is not here. Two threads may both make it; the first one is kept."""
        with self._lock:
            if key in self._kept:
                return self._kept[key]
        value = make()  # outside the lock: others need not wait for it
        with self._lock:
            if key in self._kept:
                return self._kept[key]
            if self._kept.getsizeof(value) <= self.limit:
                self._kept[key] = value
        return value
