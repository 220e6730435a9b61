"""A polite, resumable download of stickers.

Few requests at a time and not too many a second; what was begun goes on where it stopped; a file gets its final name
once it has decoded completely; what the server does not have is remembered and not asked for again.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from fusion.kitchen.folder import ABSENT, FAILURES, PARTIAL, beside, fault, write_text
from fusion.kitchen.metadata import METADATA, KitchenError, Sticker

USER_AGENT = "emoji-fusion/0.1 (kitchen fetch; resumable, rate limited)"
FINAL = frozenset({404, 410})
PASSING = frozenset({408, 425, 429})
"""Besides 5xx, the answers after which the same question may get a better one."""

MAX_BYTES = 8 << 20
METADATA_BYTES = 1 << 30
LONGEST_WAIT = 120.0
"""No wait between two tries exceeds this many seconds, whatever the server asks for."""


@dataclass(frozen=True)
class RetryPolicy:
    """How hard to press the server.

    ``concurrency`` requests at a time, ``rate`` new ones a second, ``timeout`` seconds without a byte, ``tries``
    a sticker, a first wait of ``backoff`` seconds that doubles; after ``patience`` failures in a row the run ends.
    """

    concurrency: int = 6
    rate: float = 15.0
    timeout: float = 20.0
    tries: int = 5
    backoff: float = 1.0
    patience: int = 20


class Absent(Exception):
    """The server does not have the file and says so for good."""


class TryAgain(Exception):
    """This attempt failed, the next may not. ``wait``: seconds the server asked for."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


class Refused(Exception):
    """The server answered in a way that asking again does not change."""


class Pace:
    """Lets one caller through every ``1 / rate`` seconds."""

    def __init__(self, rate: float) -> None:
        self.gap, self.next = 1 / rate, 0.0

    async def turn(self) -> None:
        now = asyncio.get_running_loop().time()
        start = max(now, self.next)
        self.next = start + self.gap
        await asyncio.sleep(start - now)


class Downloader:
    """Fetches single files with retries. Use as an async context manager."""

    def __init__(self, policy: RetryPolicy) -> None:
        self.policy, self.pace, self.received = policy, Pace(policy.rate), 0
        self.client = httpx.AsyncClient(
            # Compressed answers could not be continued in the middle, and PNG gains nothing.
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
            timeout=policy.timeout,
            limits=httpx.Limits(max_connections=policy.concurrency),
            follow_redirects=True,
        )

    async def __aenter__(self) -> Downloader:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()

    async def fetch(self, url: str, path: Path, verify: Callable[[Path], str | None], limit: int = MAX_BYTES) -> None:
        """The file at ``url`` to ``path``, verified. Raises Absent, Refused, or TryAgain after the last try."""
        partial = beside(path, PARTIAL)
        path.parent.mkdir(parents=True, exist_ok=True)
        for attempt in range(1, self.policy.tries + 1):
            try:
                # A run killed between the last byte and the renaming leaves a whole file: nothing to fetch then.
                if not partial.exists() or await asyncio.to_thread(verify, partial):
                    await self.attempt(url, partial, limit)
                    if wrong := await asyncio.to_thread(verify, partial):
                        partial.unlink()
                        raise TryAgain(wrong)
                os.replace(partial, path)
                return
            except TryAgain as failure:
                if attempt == self.policy.tries:
                    raise
                # Full jitter: clients that failed together do not come back together.
                wait = self.policy.backoff * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)
                await asyncio.sleep(min(max(wait, failure.wait), LONGEST_WAIT))

    async def attempt(self, url: str, partial: Path, limit: int) -> None:
        """One request; appends to ``partial`` where the server continues, starts it anew where it does not."""
        have = partial.stat().st_size if partial.exists() else 0
        headers = {"Range": f"bytes={have}-"} if have else {}
        await self.pace.turn()
        try:
            # The read timeout forgives a server that sends a byte now and then; the deadline does not.
            async with (
                asyncio.timeout(10 * self.policy.timeout),
                self.client.stream("GET", url, headers=headers) as answer,
            ):
                raise_for(answer, partial)
                continues = answer.status_code == 206 and range_start(answer) == have
                if answer.status_code == 206 and not continues:
                    partial.unlink(missing_ok=True)
                    raise TryAgain("the server sent another part than asked for")
                await self.store(answer, partial, "ab" if continues else "wb", limit)
        except (httpx.TimeoutException, TimeoutError):
            raise TryAgain("timed out") from None
        except httpx.TransportError as error:
            raise TryAgain(f"connection failed ({type(error).__name__})") from None
        except (httpx.InvalidURL, httpx.HTTPError) as error:
            raise Refused(f"request failed ({error})") from None

    async def store(self, answer: httpx.Response, partial: Path, mode: str, limit: int) -> None:
        """The body of ``answer`` to ``partial``, flushed as it comes: what has arrived survives a kill."""
        with partial.open(mode) as file:
            size = file.tell()
            async for chunk in answer.aiter_raw():
                size += len(chunk)
                if size > limit:
                    partial.unlink()
                    raise Refused(f"larger than {limit >> 20} MiB")
                file.write(chunk)
                file.flush()
                self.received += len(chunk)


def raise_for(answer: httpx.Response, partial: Path) -> None:
    """Turn every status but 200 and 206 into what it means for the next step."""
    status = answer.status_code
    if status in (200, 206):
        return
    if status in FINAL:
        raise Absent(f"HTTP {status}")
    if status == 416:
        # The part is longer than the file, or not of this file at all.
        partial.unlink(missing_ok=True)
        raise TryAgain("HTTP 416")
    if status in PASSING or status >= 500:
        asked = answer.headers.get("Retry-After", "")
        raise TryAgain(f"HTTP {status}", float(asked) if asked.isdecimal() else 0.0)
    raise Refused(f"HTTP {status}")


def range_start(answer: httpx.Response) -> int | None:
    """First byte of a 206 answer, from ``Content-Range: bytes 100-199/200``."""
    start = answer.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
    return int(start) if start.isdecimal() else None


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
        async with downloader, asyncio.TaskGroup() as group:
            for _ in range(policy.concurrency):
                group.create_task(work())
    except ExceptionGroup as errors:
        reason = errors.exceptions[0]
        if not isinstance(reason, OSError):
            raise
        raise KitchenError(f"{folder} cannot be written ({reason}): make room or name another --out.") from None
    finally:
        report.received = downloader.received
        write_failures(folder, stickers, report)
    return report


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
        await downloader.fetch(sticker.url, path, fault)
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
            await downloader.fetch(url, path, json_fault, METADATA_BYTES)
    except (Absent, TryAgain, Refused) as reason:
        raise KitchenError(f"{url} could not be fetched ({reason}): check the address and the connection.") from None
    write_text(note, url + "\n")
    return path


def json_fault(path: Path) -> str | None:
    """What keeps ``path`` from being JSON; ``None`` if nothing does."""
    try:
        json.loads(path.read_bytes())
    except ValueError:
        return "not valid JSON"
    return None
