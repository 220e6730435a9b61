"""A pack as a folder: sets of stickers with what the service reads. A killed run goes on where it stopped.

Every sticker is written beside its place and renamed, and what is there already is not made again; the request is kept
in the folder, so that two packs cannot mix. The same request gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image

from fusion.emoji.catalog import Emoji
from fusion.files import OutputError, write_beside
from fusion.packs.choice import split
from fusion.packs.encode import encode, encode_picture, fused_side
from fusion.packs.kept import Kept, name_of
from fusion.packs.metadata import ATTRIBUTION, MANIFEST, WRITERS, Sticker, StickerSet, index, json_bytes, whatsapp
from fusion.packs.services import Picture, Service
from fusion.pipeline.runtimes import AnyFuser

REQUEST, INDEX = ".request.json", "index.json"
BATCH, WRITERS_AT_ONCE = 8, 4
Place = tuple[str, Sticker]
"""The folder of a sticker's set, and the sticker."""


def request_of(
    engine: AnyFuser, service: Service, pairs: Sequence[tuple[Emoji, Emoji]], title: str
) -> dict[str, object]:
    """What decides every byte of a pack."""
    keys = "\n".join(f"{first.key} {second.key}" for first, second in pairs)
    return {
        "title": title,
        "engine": type(engine).__name__,
        "preset": engine.preset,
        "weights": engine.weights_hash,
        "side": service.sticker.side,
        "format": service.sticker.format,
        "count": len(pairs),
        "pairs": hashlib.sha256(keys.encode()).hexdigest()[:16],
    }


def claim(folder: Path, request: dict[str, object]) -> None:
    """Make ``folder`` that of the request. Raises OutputError where it holds anything else."""
    file = folder / REQUEST
    if file.is_file():
        if json.loads(file.read_text(encoding="utf-8")) != request:
            raise OutputError(f"{folder} holds another pack or one of other weights; name a new folder.")
        return
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(f"{folder} holds other files; name an empty or a new folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written ({error.strerror}); choose another place.") from error
    with write_beside(file) as path:
        path.write_bytes(json_bytes(request))


def make_sets(service: Service, pairs: Sequence[tuple[Emoji, Emoji]], title: str) -> list[StickerSet]:
    """The sets of a pack, its stickers numbered in the order of the pairs. Raises PackError."""
    parts = split(len(pairs), service.least, service.most)
    sets = []
    for number, part in enumerate(parts, 1):
        stickers = []
        for place, (first, second) in enumerate((pairs[n] for n in part), 1):
            stem = f"{first.key}_{second.key}" if service.name == "files" else f"{place:03d}-{first.key}_{second.key}"
            stickers.append(Sticker(stem + service.sticker.suffix, first, second))
        sets.append(StickerSet(title, number, len(parts), tuple(stickers)))
    return sets


def make_pack(
    engine: AnyFuser,
    service: Service,
    pairs: Sequence[tuple[Emoji, Emoji]],
    folder: Path,
    title: str,
    progress: Callable[[int], object] = lambda done: None,
    kept: Kept | None = None,
) -> None:
    """Write the pack, or what is still missing of it, into ``folder``; ``progress`` is told of stickers as they end.

    ``kept``: where stickers may lie that were made before, and are put. Raises PackError or OutputError.
    """
    sets = make_sets(service, pairs, title)
    request = request_of(engine, service, pairs, title)
    claim(folder, request)
    folders = [made.identifier if len(sets) > 1 or service.name == "whatsapp" else "" for made in sets]
    for name in folders:
        (folder / name / ("emoji" if service.emoji else "")).mkdir(parents=True, exist_ok=True)
    places = [(name, one) for name, made in zip(folders, sets, strict=True) for one in made.stickers]
    missing = [place for place in places if not all(file.is_file() for file in files_of(folder, service, place))]
    if kept is not None:
        missing = [place for place in missing if not take(kept, engine, folder, service, place)]
    progress(len(places) - len(missing))
    with ThreadPoolExecutor(WRITERS_AT_ONCE) as writers:
        for batch in batches(missing, BATCH):
            keys = [(one.first.key, one.second.key) for _, one in batch]
            outputs = engine.outputs(keys, fused_side(service.sticker))
            list(writers.map(partial(write_sticker, engine, folder, service, kept), batch, outputs))
            progress(len(batch))
    write_beside_stickers(folder, service, sets, folders, request)


def batches(places: Sequence[Place], size: int) -> Iterator[list[Place]]:
    """``places`` by ``size`` at a time."""
    rest = iter(places)
    while batch := list(islice(rest, size)):
        yield batch


def files_of(folder: Path, service: Service, place: Place) -> list[Path]:
    """The files of one sticker: itself, and where the service has it, the emoji."""
    name, one = place
    return [folder / name / one.file, *([folder / name / "emoji" / one.file] if service.emoji else [])]


def kinds_of(service: Service) -> list[Picture]:
    """What kinds of files a sticker has there, in the order of ``files_of``."""
    return [service.sticker, *([service.emoji] if service.emoji else [])]


def take(kept: Kept, engine: AnyFuser, folder: Path, service: Service, place: Place) -> bool:
    """Write a sticker that was made before, if it was and is short enough; whether that is so."""
    kinds, (_, sticker) = kinds_of(service), place
    found = [kept.read(name_of(engine, sticker.first.key, sticker.second.key, kind)) for kind in kinds]
    contents = [one for one, kind in zip(found, kinds, strict=True) if one and len(one) <= kind.most_bytes]
    if len(contents) < len(kinds):
        return False
    for file, content in zip(files_of(folder, service, place), contents, strict=True):
        with write_beside(file) as path:
            path.write_bytes(content)
    return True


def write_sticker(
    engine: AnyFuser, folder: Path, service: Service, kept: Kept | None, place: Place, output: np.ndarray
) -> None:
    """One sticker, and its emoji where the service has them. What is kept is not bounded by the service's rules."""
    _, one = place
    for file, kind in zip(files_of(folder, service, place), kinds_of(service), strict=True):
        content = encode(output, kind.unbounded)
        if kept is not None:
            kept.write(name_of(engine, one.first.key, one.second.key, kind), content)
        with write_beside(file) as path:
            path.write_bytes(content if len(content) <= kind.most_bytes else encode(output, kind))


def write_beside_stickers(
    folder: Path, service: Service, sets: list[StickerSet], folders: list[str], request: dict[str, object]
) -> None:
    """Icons, metadata, licence and manifest: last, so that a folder with a manifest is whole."""

    def write(place: Path, content: bytes) -> None:
        with write_beside(place) as path:
            path.write_bytes(content)

    for name, made in zip(folders, sets, strict=True):
        if service.icon is not None:
            first = Image.open(folder / name / made.stickers[0].file).convert("RGBA")
            write(folder / name / service.icon_file, encode_picture(first, service.icon))
        if service.name in WRITERS:
            write(folder / name / MANIFEST, json_bytes(WRITERS[service.name](made)))
    if service.name == "whatsapp":
        write(folder / "contents.json", json_bytes(whatsapp(sets, folders)))
    write(folder / "ATTRIBUTION.txt", ATTRIBUTION.encode())
    write(folder / INDEX, json_bytes(index(service, request, sets, folders)))
