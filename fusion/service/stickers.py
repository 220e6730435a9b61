"""What a request for a sticker means, and the bytes that answer it: kept from before, or fused when its turn comes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from fusion.emoji.catalog import Catalog, Emoji, UnknownEmoji
from fusion.errors import FusionError
from fusion.packs.encode import encode_picture, fused_side
from fusion.packs.kept import Kept, name_of
from fusion.packs.services import MOST_BYTES, Picture
from fusion.pipeline.overrides import SIZES, RequestError
from fusion.trace import FusionTrace
from fusion.turns import Turns
from fusion.views.bundle import sticker_picture


class NotReady(FusionError):
    """The network cannot be loaded."""


class StickerFuser(Protocol):
    """What is needed of an engine: see ``fusion.pipeline.runtimes.AnyFuser``."""

    weights_hash: str

    def fuse(
        self,
        first: str,
        second: str,
        *,
        main: str | None = None,
        layout: Sequence[float] | None = None,
        hypothesis: int = 1,
        size: int = 256,
        teacher: bool = True,
        say: str | None = None,
        fit: bool = True,
    ) -> FusionTrace:
        """One fusion; see ``Fuser.fuse``."""
        ...


@dataclass(frozen=True)
class Wanted:
    """A sticker: the pair, the file, and what is asked beyond the pair."""

    first: Emoji
    second: Emoji
    picture: Picture
    main: str | None = None
    layout: tuple[float, ...] | None = None
    hypothesis: int = 1
    say: str | None = None
    fit: bool = True

    @property
    def asked(self) -> dict[str, object]:
        """What differs from a plain fusion: nothing where packs would make the same file."""
        all_of_it = {name: getattr(self, name) for name in ("main", "layout", "hypothesis", "say", "fit")}
        return {name: value for name, value in all_of_it.items() if value != getattr(Wanted, name)}


class Stickers:
    """Makes the bytes of stickers. ``make_fuser`` is called once, at the first request; ``turns``: where it waits."""

    def __init__(self, make_fuser: Callable[[], StickerFuser], catalog: Catalog, turns: Turns, kept: Kept) -> None:
        self.catalog = catalog
        self._make, self._turns, self._kept = make_fuser, turns, kept
        self._fuser: StickerFuser | None = None
        self._loading = threading.Lock()

    async def fuser(self) -> StickerFuser:
        """The network, loaded beside the requests that need none. Raises NotReady."""
        loaded = self._fuser
        return await asyncio.to_thread(self._load) if loaded is None else loaded

    def _load(self) -> StickerFuser:
        with self._loading:
            try:
                fuser = self._fuser or self._make()
            except FusionError as error:
                raise NotReady(str(error)) from error
            self._fuser = fuser
            return fuser

    async def version(self) -> str:
        """The hash of the weights: another one, and every sticker is another."""
        return (await self.fuser()).weights_hash

    async def name(self, wanted: Wanted) -> str:
        """What tells a sticker from all others, without making it. Raises NotReady."""
        fuser = await self.fuser()
        return name_of(fuser, wanted.first.key, wanted.second.key, wanted.picture, **wanted.asked)

    async def length(self, wanted: Wanted) -> int:
        """Bytes of a sticker that is kept; 0 while it was never made."""
        return self._kept.length(await self.name(wanted))

    async def content(self, wanted: Wanted) -> bytes:
        """The file of a sticker. Raises Busy, NotReady, or RequestError for what the network cannot do."""
        name = await self.name(wanted)
        found = await asyncio.to_thread(self._kept.read, name)
        if found is not None:
            return found
        return await self._turns.run(partial(self._made, wanted, name, await self.fuser()))

    def _made(self, wanted: Wanted, name: str, fuser: StickerFuser) -> bytes:
        found = self._kept.read(name)  # who waited behind the same request
        if found is not None:
            return found
        trace = fuser.fuse(
            wanted.first.char,
            wanted.second.char,
            main=wanted.main,
            layout=wanted.layout,
            hypothesis=wanted.hypothesis,
            size=fused_side(wanted.picture),
            teacher=False,
            say=wanted.say,
            fit=wanted.fit,
        )
        content = encode_picture(sticker_picture(trace.sticker), wanted.picture)
        self._kept.write(name, content)
        return content


# ---------------------------------------------------------------------------------------------- reading requests


def find_pair(text: str, catalog: Catalog) -> tuple[Emoji, Emoji]:
    """The two emoji of ``first_second``: each as a character, code points, or a name, which may hold "_" as well.

    Raises UnknownEmoji.
    """
    parts = text.split("_")
    if len(parts) < 2:
        raise UnknownEmoji(f"{text[:80]!r} is no pair; write two emoji with _ between them, such as 1f600_1f355.")
    problem: UnknownEmoji | None = None
    for cut in range(1, len(parts)):
        try:
            return find_emoji("_".join(parts[:cut]), catalog), find_emoji("_".join(parts[cut:]), catalog)
        except UnknownEmoji as error:
            problem = problem or error
    raise problem or UnknownEmoji(text)


def find_emoji(text: str, catalog: Catalog) -> Emoji:
    """One emoji; code points may begin with "u", as sticker servers write them (``u1f600``). Raises UnknownEmoji."""
    codes = "-".join(part.removeprefix("u") for part in text.lower().split("-"))
    return catalog[codes] if codes in catalog else catalog.find(text)


def picture_for(suffix: str, size: int) -> Picture:
    """The file of that suffix and size. Raises RequestError."""
    if suffix not in ("png", "webp"):
        raise RequestError(f"Stickers are .png or .webp, not .{suffix[:20]}.")
    if size not in SIZES:
        raise RequestError(f"The size cannot be {size}; it is a multiple of 16 from {SIZES[0]} to {SIZES[-1]}.")
    return Picture(size, suffix.upper(), MOST_BYTES)


def read_layout(text: str | None) -> tuple[float, ...] | None:
    """``"SH,SW,OY,OX"`` as numbers; whether they make sense is for the engine to say. Raises RequestError."""
    if not text:
        return None
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        raise RequestError(f"The layout {text[:60]!r} is not four numbers SH,SW,OY,OX such as 0.5,0.5,0.1,0.") from None
    if len(numbers) != 4:
        raise RequestError("A layout is four numbers SH,SW,OY,OX such as 0.5,0.5,0.1,0.")
    return numbers
