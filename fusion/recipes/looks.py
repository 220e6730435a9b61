"""Which of several looks a pair gets: a hash of the two, so that neighbours differ and every process agrees.

Source: DESIGN section 3.
"""

from __future__ import annotations

import zlib


def look(first: str, second: str, count: int, family: str = "") -> int:
    """One of ``count`` looks, 0 to ``count - 1``, for the pair in role order."""
    return zlib.crc32(f"{family}:{first}+{second}".encode()) % count
