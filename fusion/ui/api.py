"""The public endpoints: few, typed, and the only ones that others script against.

Source: design section 6 (``/fuse``).
"""

from __future__ import annotations

from fusion.ui.desk import Desk


def expose(desk: Desk) -> None:
    """Add the endpoints to the Blocks under construction."""
