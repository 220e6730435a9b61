"""Looks: which of several ways to draw a pair it gets, so that neighbours differ and the same pair never does.

Source: design section 3.
"""

from __future__ import annotations

import hashlib


def variant(family: str, first: str, second: str, count: int) -> int:
    """A number from 0 to ``count`` - 1 that looks random and depends on family and pair alone, order included."""
    digest = hashlib.blake2b(f"{family} {first} {second}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") % count
