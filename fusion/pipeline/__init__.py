"""Two emoji, and whatever a person overrides, to one trace."""

from fusion.pipeline.fuser import Fuser

__all__ = ["Fuser"]
