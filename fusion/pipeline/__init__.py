"""Two emoji, and whatever a person overrides, to one trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fusion.pipeline.fuser import Fuser

__all__ = ["Fuser"]


def __getattr__(name: str) -> object:
    """``Fuser`` on first use: it needs torch, and its neighbours here do not."""
    if name == "Fuser":
        from fusion.pipeline.fuser import Fuser

        return Fuser
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
