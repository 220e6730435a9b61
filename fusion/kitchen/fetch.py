"""A folder of stickers brought up to its metadata: many downloads, counted, listed where they fail, and resumable.

What the server does not have is remembered and not asked for again.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fusion.kitchen.download import Absent, Downloader, Refused, RetryPolicy, TryAgain
from fusion.kitchen.folder import ABSENT, FAILURES, PARTIAL, beside, png_error, write_text
from fusion.kitchen.metadata import METADATA, KitchenError, Sticker

METADATA_BYTES = 1 << 30
"""No metadata file is larger."""


@dataclass
class Report:
    """What a run did. ``failed`` and ``absent``: file -> reason."""

    wanted: int
    present: int = 0
    fetched: int = 0
    received: int = 0
    absent: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    gave_up: bool = False

    @property
    def untouched(self) -> int:
        """Stickers that this run did not come to."""
        done = self.present + self.fetched + len(self.absent) + len(self.failed)
        return self.wanted - done


async def fetch_stickers(
    stickers: Sequence[Sticker], folder: Path, policy: RetryPolicy, tick: Callable[[], object] = lambda: None
) -> Report:
    """Bring ``folder`` up to ``stickers``. ``tick`` is called once for each sticker that was dealt with.

    Writes ``failures.json`` at the end, also when interrupted, and removes it when there is nothing to list.
    """
    report = Report(len(stickers))
    queue = iter(list(outstanding(stickers, folder, report)))
    for _ in range(report.present + len(report.absent)):
        tick()
    downloader = Downloader(policy)
    in_a_row = 0

    async def work() -> None:
        nonlocal in_a_row
        for sticker in queue:
            if report.gave_up:
                return
            outcome = await settle(sticker, folder, downloader, report)
            in_a_row = 0 if outcome else in_a_row + 1
            report.gave_up = in_a_row >= policy.patience
            tick()

    try:
        async with downloader:
            await together(work, policy.concurrency)
    except OSError as reason:
        raise KitchenError(f"{folder} cannot be written ({reason}): make room or name another --out.") from None
    finally:
        report.received = downloader.received
        write_failures(folder, stickers, report)
    return report


async def together(work: Callable[[], Coroutine[Any, Any, None]], count: int) -> None:
    """``work()`` so many times at once; the first error ends them all."""
    workers = [asyncio.ensure_future(work()) for _ in range(count)]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


def outstanding(stickers: Iterable[Sticker], folder: Path, report: Report) -> Iterable[Sticker]:
    """The stickers neither here nor known to be absent; counts the others."""
    for sticker in stickers:
        path = folder / sticker.file
        if path.exists():
            report.present += 1
        elif beside(path, ABSENT).exists():
            report.absent[sticker.file] = "absent at an earlier fetch"
        else:
            yield sticker


async def settle(sticker: Sticker, folder: Path, downloader: Downloader, report: Report) -> bool:
    """Fetch one sticker and note how it went; false where it failed."""
    path = folder / sticker.file
    try:
        await downloader.fetch(sticker.url, path, png_error)
        report.fetched += 1
    except Absent as reason:
        beside(path, PARTIAL).unlink(missing_ok=True)
        beside(path, ABSENT).touch()
        report.absent[sticker.file] = str(reason)
    except (TryAgain, Refused) as reason:
        report.failed[sticker.file] = str(reason)
    return sticker.file not in report.failed


def write_failures(folder: Path, stickers: Sequence[Sticker], report: Report) -> None:
    """``failures.json``: file, address, reason and whether asking again is of no use."""
    url = {sticker.file: sticker.url for sticker in stickers}
    lines = [
        {"file": file, "url": url[file], "reason": reason, "final": final}
        for outcomes, final in ((report.failed, False), (report.absent, True))
        for file, reason in sorted(outcomes.items())
    ]
    if lines:
        write_text(folder / FAILURES, json.dumps(lines, indent=1) + "\n")
    else:
        (folder / FAILURES).unlink(missing_ok=True)


async def fetch_metadata(url: str, folder: Path, policy: RetryPolicy, refresh: bool = False) -> Path:
    """``metadata.json`` from ``url`` into ``folder``; kept if it came from there before, unless ``refresh``."""
    path, note = folder / METADATA, folder / (METADATA + ".source")
    if path.exists() and not refresh and note.exists() and note.read_text(encoding="utf-8").strip() == url:
        return path
    folder.mkdir(parents=True, exist_ok=True)
    # The file behind an address may change between two runs: a part of an old one must not be continued.
    beside(path, PARTIAL).unlink(missing_ok=True)
    try:
        async with Downloader(policy) as downloader:
            await downloader.fetch(url, path, json_error, METADATA_BYTES)
    except (Absent, TryAgain, Refused) as reason:
        raise KitchenError(f"{url} could not be fetched ({reason}): check the address and the connection.") from None
    write_text(note, url + "\n")
    return path


def json_error(path: Path) -> str | None:
    """What keeps ``path`` from being JSON; ``None`` if nothing does."""
    try:
        json.loads(path.read_bytes())
    except ValueError:
        return "not valid JSON"
    return None
