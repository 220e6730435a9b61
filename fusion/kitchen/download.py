"""A polite, resumable download of single files.

Few requests at a time and not too many a second; what was begun goes on where it stopped; a file gets its final name
once it has been verified completely.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import anyio
import httpx
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
)

from fusion.kitchen.folder import PARTIAL, beside

USER_AGENT = "emoji-fusion/0.1 (kitchen fetch; resumable, rate limited)"
FINAL = frozenset({404, 410})
PASSING = frozenset({408, 425, 429})
"""Besides 5xx, the answers after which the same question may get a better one."""

MAX_BYTES = 8 << 20
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

    def wait(self, state: RetryCallState) -> float:
        """Seconds before the next try: what the server asked for, at least the doubling wait with its jitter.

        Jitter, because clients that failed together must not come back together.
        """
        own = wait_exponential_jitter(multiplier=self.backoff, max=LONGEST_WAIT, jitter=self.backoff)(state)
        failure = state.outcome.exception() if state.outcome else None
        asked = failure.wait if isinstance(failure, TryAgain) else 0.0
        return min(max(own, asked), LONGEST_WAIT)


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
        """Wait for one's turn."""
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
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(TryAgain),
            stop=stop_after_attempt(self.policy.tries),
            wait=self.policy.wait,
            reraise=True,
        ):
            with attempt:
                # A run killed between the last byte and the renaming leaves a whole file: nothing to fetch then.
                wrong = await asyncio.to_thread(verify, partial) if partial.exists() else "missing"
                if wrong:
                    await self.attempt(url, partial, limit)
                    wrong = await asyncio.to_thread(verify, partial)
                if wrong:
                    partial.unlink()
                    raise TryAgain(wrong)
                os.replace(partial, path)

    async def attempt(self, url: str, partial: Path, limit: int) -> None:
        """One request; appends to ``partial`` where the server continues, starts it anew where it does not."""
        have = partial.stat().st_size if partial.exists() else 0
        headers = {"Range": f"bytes={have}-"} if have else {}
        await self.pace.turn()
        try:
            # The read timeout forgives a server that sends a byte now and then; the deadline does not.
            with anyio.fail_after(10 * self.policy.timeout):
                async with self.client.stream("GET", url, headers=headers) as answer:
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
