"""Sticker packs on the page: of the latest fusions, or of one emoji with its best partners.

Source: DESIGN section 7.
"""

from __future__ import annotations

import base64
import tempfile
from itertools import chain, zip_longest
from pathlib import Path
from typing import cast

from pydantic import Field

from fusion.emoji.catalog import Catalog, Emoji
from fusion.emoji.popular import popular
from fusion.frame import Frame
from fusion.packs.archive import zip_pack
from fusion.packs.check import check_pack
from fusion.packs.folder import make_pack
from fusion.packs.kept import Kept
from fusion.packs.services import SERVICES, PackError, Service
from fusion.pipeline.runtimes import AnyFuser
from fusion.recipes.rosters import ROSTERS, Roster
from fusion.recipes.router import route
from fusion.ui.answers import ZipAnswer
from fusion.ui.backend import Backend, Json
from fusion.ui.contract import PARTNERS
from fusion.ui.request import Request

MOST_PAIRS = 60
DULL = ("companion", "recolour")
"""Families that take whatever no other wanted: their pairs come last."""


class PackRequest(Request):
    """A pack for ``service``: of ``pairs`` of keys, or where there are none of ``of`` and its best partners."""

    service: str = ""
    pairs: list[tuple[str, str]] = Field(default=[], max_length=MOST_PAIRS)
    of: str = Field(default="", max_length=200)


class Packing:
    """Packs by the first preset of a backend. ``kept``: stickers that were made before."""

    def __init__(self, backend: Backend, kept: Kept | None = None) -> None:
        self.backend, self.kept = backend, kept

    def pack(self, data: Json) -> ZipAnswer:
        """A pack as one zip, base64, checked against the service's rules. Raises PackError or RequestError."""
        request = PackRequest.parse(data)
        if request.service not in SERVICES:
            raise PackError(f"There are no packs for {request.service[:40]!r}; there are for {', '.join(SERVICES)}.")
        service, catalog = SERVICES[request.service], self.backend.catalog
        fuser = self.backend.fuser(self.backend.presets[0])
        if request.pairs:
            pairs = distinct([(catalog.find(first), catalog.find(second)) for first, second in request.pairs])
            title = "Emoji Fusion"
        else:
            emoji = catalog.find(request.of)
            pairs = [(emoji, other) for other in partners(emoji, catalog, fuser.frame, ROSTERS[fuser.roster])]
            title = f"Emoji Fusion {emoji.name}"[:60]
        content = make(cast(AnyFuser, fuser), service, pairs, title, self.kept)
        return {"name": f"{title} for {service.title}.zip", "zip": base64.b64encode(content).decode("ascii")}


def make(engine: AnyFuser, service: Service, pairs: list[tuple[Emoji, Emoji]], title: str, kept: Kept | None) -> bytes:
    """The checked pack as a zip. Raises PackError or OutputError."""
    with tempfile.TemporaryDirectory(prefix="pack-") as scratch:
        folder = Path(scratch) / "pack"
        make_pack(engine, service, pairs, folder, title, kept=kept)
        check_pack(folder, service)
        return zip_pack(folder)


def distinct(pairs: list[tuple[Emoji, Emoji]]) -> list[tuple[Emoji, Emoji]]:
    """Each pair once, in its first place; an emoji with itself is none."""
    return list({(one.key, other.key): (one, other) for one, other in pairs if one.key != other.key}.values())


def partners(emoji: Emoji, catalog: Catalog, frame: Frame, roster: Roster, count: int = PARTNERS) -> list[Emoji]:
    """The popular emoji that most can be made of with ``emoji``: every family in turn, those that take all last."""
    groups: dict[tuple[bool, int], list[Emoji]] = {}
    for other in popular(catalog):
        if other.key != emoji.key:
            recipe, index = route(emoji.key, other.key, frame, roster)
            groups.setdefault((recipe.family in DULL, index), []).append(other)
    ideas, dull = ([groups[key] for key in sorted(groups) if key[0] == last] for last in (False, True))
    in_turn = [*chain(*zip_longest(*ideas)), *chain(*zip_longest(*dull))]
    return [other for other in in_turn if other is not None][:count]
