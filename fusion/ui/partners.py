"""One emoji with its partners: whom people fuse it with, and what family each pair is.

The pictures come from the service for other programs, which keeps them on the disk. Source: DESIGN section 7.
"""

from __future__ import annotations

from collections import OrderedDict

from fusion.emoji.popular import popular
from fusion.recipes.router import recipe_for
from fusion.ui.backend import Backend, Json
from fusion.ui.inspect_answers import Partner, PartnersAnswer
from fusion.ui.request import DrawingRequest

KEPT = 40
"""Emoji whose partners are kept."""


class Partners:
    """Partners of the emoji of a backend, as a function from JSON to JSON."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self._kept: OrderedDict[str, list[Partner]] = OrderedDict()

    def partners(self, data: Json) -> PartnersAnswer:
        """The emoji that people like, each with the family that it is with ``key``. Raises UnknownEmoji."""
        key = self.backend.catalog.find(DrawingRequest.parse(data).key).key
        found = self._kept.get(key)
        if found is None:
            others = [emoji.key for emoji in popular(self.backend.catalog) if emoji.key != key]
            found = [{"key": other, "family": recipe_for(key, other).family} for other in others]
        self._kept[key] = found
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return {"key": key, "partners": found}
