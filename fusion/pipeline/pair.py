"""The two emoji of one fusion, as they were found and as the network sees them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusion.emoji.sources import Source


@dataclass(frozen=True)
class Pair:
    """``sources``: where they come from; ``pictures``: premultiplied RGBA, uint8 (S, S, 4), on the network's canvas."""

    sources: tuple[Source, Source]
    pictures: tuple[np.ndarray, np.ndarray]

    @property
    def names(self) -> tuple[str, str]:
        """What people call them."""
        return self.sources[0].name, self.sources[1].name

    @property
    def keys(self) -> tuple[str, str]:
        """What tells them from all others: codepoints, or a hash of the picture."""
        return self.sources[0].key, self.sources[1].key

    @property
    def size(self) -> int:
        """Pixels a side."""
        return len(self.pictures[0])

    @property
    def in_catalog(self) -> bool:
        """Whether both are emoji of the catalogue, so that the teacher has an answer."""
        return all(source.picture is None for source in self.sources)
