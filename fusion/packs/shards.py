"""Very many pairs as tar shards for WebDataset, made by one process or by several machines.

Shard n belongs to the process of rank n modulo the number of processes; each shard is written beside its place and
renamed when it is whole, so that a killed run goes on with the shards that are missing. All processes write the same
manifest. Nothing in a shard depends on the time or on who made it.

Source: https://github.com/webdataset/webdataset (files of one sample share their stem, within one tar).
"""

from __future__ import annotations

import io
import json
import os
import tarfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fusion.emoji.catalog import Emoji
from fusion.files import write_beside
from fusion.packs.encode import encode, fused_side
from fusion.packs.folder import BATCH, WRITERS_AT_ONCE, claim, request_of
from fusion.packs.metadata import ATTRIBUTION, LICENCE, json_bytes
from fusion.packs.services import PackError, Service
from fusion.pipeline.runtimes import AnyFuser

SHARD = 1000
"""Pairs a shard."""
MANIFEST = "manifest.json"
Pairs = Sequence[tuple[Emoji, Emoji]]


def rank_and_world() -> tuple[int, int]:
    """Which process this is and of how many, as ``accelerate launch`` and ``torchrun`` say it. Raises PackError."""
    try:
        rank, world = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    except ValueError as error:
        raise PackError("RANK and WORLD_SIZE must be whole numbers.") from error
    if not 0 <= rank < world:
        raise PackError(f"RANK is {rank} and WORLD_SIZE {world}; ranks count from 0 to the size less one.")
    return rank, world


def shard_name(number: int) -> str:
    """File of shard ``number``, from 0."""
    return f"shard-{number:06d}.tar"


def make_shards(
    engine: AnyFuser,
    service: Service,
    pairs: Pairs,
    folder: Path,
    progress: Callable[[int], object] = lambda done: None,
    batch: int = BATCH,
) -> None:
    """Write the shards of this process that are not in ``folder`` yet, and the manifest. Raises OutputError."""
    rank, world = rank_and_world()
    request = request_of(engine, service, pairs, "catalog")
    claim(folder, request)
    count = -(-len(pairs) // SHARD)
    manifest = request | {
        "licence": LICENCE,
        "attribution": ATTRIBUTION,
        "shards": [{"file": shard_name(n), "pairs": min(SHARD, len(pairs) - n * SHARD)} for n in range(count)],
    }
    with write_beside(folder / MANIFEST) as path:
        path.write_bytes(json_bytes(manifest))
    for number in range(rank, count, world):
        part = pairs[number * SHARD : (number + 1) * SHARD]
        if (folder / shard_name(number)).is_file():
            progress(len(part))
            continue
        with write_beside(folder / shard_name(number)) as path:
            write_shard(engine, service, part, path, progress, batch)


def write_shard(
    engine: AnyFuser, service: Service, pairs: Pairs, path: Path, progress: Callable[[int], object], batch: int
) -> None:
    """One tar: of each pair the sticker and a JSON with its emoji."""
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive, ThreadPoolExecutor(WRITERS_AT_ONCE) as pool:
        for start in range(0, len(pairs), batch):
            some = pairs[start : start + batch]
            outputs = engine.outputs([(a.key, b.key) for a, b in some], fused_side(service.sticker))
            contents = pool.map(encode, outputs, [service.sticker] * len(some))
            for (first, second), content in zip(some, contents, strict=True):
                stem = f"{first.key}_{second.key}"
                told = {"first": first.key, "second": second.key, "names": [first.name, second.name]}
                add(archive, stem + service.sticker.suffix, content)
                add(archive, f"{stem}.json", json.dumps(told, ensure_ascii=False).encode())
            progress(len(some))


def add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    """One file into a tar, without time or owner."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o644
    archive.addfile(entry, io.BytesIO(content))


def missing_shards(folder: Path) -> list[str]:
    """The shards that the manifest of ``folder`` lists and that are not there."""
    listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["shards"]
    return [shard["file"] for shard in listed if not (folder / shard["file"]).is_file()]
