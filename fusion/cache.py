"""Caches that forget what was not used for longest, within a bound in bytes; safe to share between threads.

Several caches may share one ``Budget``: then it is the process that has a bound, not each of its caches.
"""

from __future__ import annotations

import dataclasses
import os
import threading
import weakref
from collections.abc import Callable, Hashable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from cachetools import LRUCache

Value = TypeVar("Value")


class Entry(NamedTuple):
    """A value and the bytes it counts for."""

    value: Any
    size: int


class Budget:
    """Bytes that caches share: what was not used for longest goes first, whichever cache it is in."""

    def __init__(self, limit: int) -> None:
        self.clear(limit)
        BUDGETS.add(self)

    def clear(self, limit: int) -> None:
        """Begin anew, with a lock that nobody holds."""
        self.entries: LRUCache = LRUCache(limit, getsizeof=lambda entry: entry.size)
        self.lock = threading.Lock()

    @property
    def held(self) -> int:
        """Bytes of everything that is kept."""
        return int(self.entries.currsize)

    @property
    def limit(self) -> int:
        """Bytes that everything may take together."""
        return int(self.entries.maxsize)


BUDGETS: weakref.WeakSet[Budget] = weakref.WeakSet()
"""Those of this process."""


def clear_after_fork() -> None:
    """In a forked process: what a thread of the other one held locked or had half written is not to be relied on."""
    for budget in list(BUDGETS):
        budget.clear(budget.limit)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=clear_after_fork)


class SharedCache(Generic[Value]):
    """Values by key. What is larger than the bound alone is made anew each time.

    ``limit``: bytes of a budget of its own, or a ``Budget`` that others use as well. ``size_of``: bytes of a value.
    """

    def __init__(self, limit: int | Budget, size_of: Callable[[Value], int]) -> None:
        self._budget = limit if isinstance(limit, Budget) else Budget(limit)
        self._size_of = size_of
        # Part of each key: two caches of one budget may know different things under the same name.
        self._own = object()

    def __len__(self) -> int:
        """How many values are kept."""
        with self._budget.lock:
            return sum(own is self._own for own, _ in self._budget.entries)

    def __contains__(self, key: Hashable) -> bool:
        """Whether the value of ``key`` is kept."""
        return (self._own, key) in self._budget.entries

    @property
    def held(self) -> int:
        """Bytes of all values that are kept here."""
        with self._budget.lock:
            return sum(entry.size for (own, _), entry in self._budget.entries.items() if own is self._own)

    @property
    def limit(self) -> int:
        """Bytes that the values may take, together with those of the caches that share the budget."""
        return self._budget.limit

    def kept(self, key: Hashable) -> Value | None:
        """The value of ``key`` if it is here."""
        with self._budget.lock:
            entry = self._budget.entries.get((self._own, key))
        return None if entry is None else entry.value

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of ``key``, made now if it is not here. Two threads may both make it; the first one is kept."""
        entries, place = self._budget.entries, (self._own, key)
        with self._budget.lock:
            if place in entries:
                return entries[place].value
        value = make()  # outside the lock: others need not wait for it
        entry = Entry(value, self._size_of(value))
        with self._budget.lock:
            if place in entries:
                return entries[place].value
            if entry.size <= self.limit:
                entries[place] = entry
        return value

    def put(self, key: Hashable, value: Value) -> Value:
        """Keep ``value`` in place of what was kept under ``key``, if anything was."""
        entry = Entry(value, self._size_of(value))
        with self._budget.lock:
            if entry.size <= self.limit:
                self._budget.entries[self._own, key] = entry
        return value


def held_bytes(value: object) -> int:
    """Bytes of the arrays and tensors in ``value``: those, dataclasses, mappings and sequences of them."""
    if hasattr(value, "nbytes"):
        return int(value.nbytes)
    if isinstance(value, Mapping):
        return sum(map(held_bytes, value.values()))
    if isinstance(value, tuple | list):
        return sum(map(held_bytes, value))
    if dataclasses.is_dataclass(value):
        return sum(held_bytes(getattr(value, field.name)) for field in dataclasses.fields(value))
    return 0
