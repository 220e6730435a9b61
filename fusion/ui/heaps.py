"""The memory that the process holds though nothing in it is used: how much, and when it goes back to the system.

A fusion makes some hundred arrays of 1 to 12 MB one after the other. Each of them would come from the system, page by
page, and go back at once if only the process's size counted, and the kernel would compute much of the time (``python
-m tests.load.profile`` says how much). So the heaps keep what is freed, hand it to the next array, and what they hold
beyond a bound goes back now and then. Other C libraries than glibc have no such settings and are left alone.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import threading
from pathlib import Path

ARENAS = 2
"""Heaps that threads share: by default each thread has one of its own, with holes of its own."""
MAPPED = 32 * 2**20
"""Bytes from which an array comes from the system instead of a heap: the most that glibc takes."""
HELD = 640 * 2**20
"""Resident bytes of the process from which holes go back."""
EVERY = 5.0
"""Seconds between two looks at that."""
STATM = Path("/proc/self/statm")


def bound_memory() -> None:
    """Set up the heaps of this process, and give back what they hold beyond ``HELD`` from now on."""
    with contextlib.suppress(OSError, AttributeError):
        tune = ctypes.CDLL(None).mallopt
        arena_max, mmap_threshold, trim_threshold = -8, -3, -1  # malloc.h
        for setting, value in ((arena_max, ARENAS), (mmap_threshold, MAPPED), (trim_threshold, 2 * MAPPED)):
            tune(setting, value)
        threading.Thread(target=give_back_for_good, name="heaps", daemon=True).start()


def give_back_for_good() -> None:
    """Look every few seconds, until the process ends."""
    look = threading.Event()
    while not look.wait(EVERY):
        if resident() > HELD:
            give_back()


def give_back() -> None:
    """Return every page of the heaps that nothing lies on; the next arrays fetch theirs anew."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def resident() -> int:
    """Bytes of the process that are in memory; 0 where the system does not tell."""
    try:
        return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, AttributeError):
        return 0
