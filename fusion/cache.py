"""A cache that forgets what was not used for longest, within a bound in bytes; safe to share between threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

Value = TypeVar("Value")


class LruCache:
    """Values by key, together at most ``limit`` bytes; the newest always stays.

    ``size_of``: bytes of a value.
    """

    def __init__(self, limit: int, size_of: Callable[[object], int]) -> None:
        self.limit, self._size_of = limit, size_of
        self._values: OrderedDict[Hashable, object] = OrderedDict()
        self._lock = threading.Lock()
        self.held = 0

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._values

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of ``key``, made now if it is not here. Two threads may both make it; the first one is kept."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            if key in self._values:
                return self._values[key]
            self._values[key] = value
            self.held += self._size_of(value)
            while self.held > self.limit and len(self._values) > 1:
                self.held -= self._size_of(self._values.popitem(last=False)[1])
        return value
