"""The Failures tab: an evaluation that runs in the background, and what is read off its rows.

The browser polls: a reload or a lost connection costs nothing, and cancelling is one question. A row of the sheet is
a ``SheetRow``.

Source: DESIGN section 7, and section 5 for what "aligned" means.
"""

from __future__ import annotations

import logging
import os
import queue
import secrets
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import copy_context
from typing import Any, Protocol

import numpy as np

from fusion.data.splits import SPLITS
from fusion.errors import FusionError
from fusion.evaluation.report import Report
from fusion.turns import Turns
from fusion.ui.contract import LIMITS
from fusion.ui.evaluation_answers import PollAnswer, Run, SheetRow
from fusion.ui.fusers import PairFuser
from fusion.ui.request import RequestError
from fusion.ui.runs import OPEN, KeptRuns, MeasuredRun, Subject
from fusion.ui.sheet_rows import totals

LOG = logging.getLogger(__name__)

KEPT_JOBS, MOST_OPEN = 24, 8
"""Runs that are kept in memory, and those of them that may run or wait for their turn."""
PATIENCE = 180.0
"""Seconds after which a run that nobody asked about ends. Browsers let a hidden page ask once a minute."""
NICE = 15
"""How far an evaluation stands back, of 19."""
GIVES_WAY = 0.25
"""Seconds for which it waits after each pair, while anybody's fusion is under way."""

Measured = Any
"""One pair as the evaluator yields it; only the evaluator looks inside."""
Shipped = Mapping[str, MeasuredRun]


class Evaluator(Protocol):
    """Who measures: the project's own ``evaluate``, or a stand-in for tests."""

    def run(self, split: str, fuser: PairFuser, limit: int) -> Iterable[Measured]:
        """Yield one measured pair after the other."""
        ...

    def note(self, limit: int) -> str:
        """What a person should know about where ``limit`` pairs are measured; "" for nothing."""
        ...

    def row(self, measured: Measured) -> SheetRow:
        """A measured pair as a row of the sheet."""
        ...

    def features(self, measured: Measured) -> np.ndarray | None:
        """What the layout branch makes of the pair, (D,), if it has one."""
        ...

    def report(self, measured: list[Measured]) -> Report:
        """The JSON of DESIGN section 6 over all measured pairs."""
        ...


class EvaluationJob(MeasuredRun):
    """One evaluation that is measured here."""

    def __init__(
        self, evaluator: Evaluator, subject: Subject, fuser: PairFuser, limit: int, first: Turns | None = None
    ) -> None:
        super().__init__(subject, limit, lambda: evaluator.report(self.measured), "waiting")
        self.measured: list[Measured] = []
        self._evaluator, self._fuser, self._first = evaluator, fuser, first
        self._cancel, self._over = threading.Event(), threading.Event()
        # The visitor's context: whose share of a lent GPU it takes is read there.
        self._context = copy_context()
        self._asked, self._joined = time.monotonic(), 0

    def cancel(self) -> None:
        """Stop after the pair in hand."""
        self._cancel.set()

    def join(self, timeout: float | None = None) -> None:
        """Wait for the end, ``timeout`` seconds at most; meanwhile somebody is there."""
        self._joined += 1
        try:
            self._over.wait(timeout)
        finally:
            self.asked()
            self._joined -= 1

    def asked(self) -> None:
        """Somebody wants to know how it goes."""
        self._asked = time.monotonic()

    def work(self) -> None:
        """Measure, until all is measured, somebody cancels, or nobody is there any more."""
        try:
            self._context.run(self._work)
        finally:
            self._over.set()

    def _work(self) -> None:
        try:
            if self._to_end():
                return
            self.state = "running"
            for one in self._evaluator.run(self.split, self._fuser, self.total):
                self.measured.append(one)
                self.features.append(self._evaluator.features(one))
                self.rows.append(self._evaluator.row(one))
                if self._to_end():
                    return
                if self._first is not None:
                    self._first.idle(GIVES_WAY)
            self.state = "done"
        except FusionError as error:
            self.state, self.message = "failed", str(error)
        except Exception:
            # The page must hear of it; the details belong in the log.
            LOG.exception("An evaluation of %s broke", self.split)
            self.state, self.message = "failed", "The evaluation broke; the server's log says where."

    def _to_end(self) -> bool:
        """Whether it is over before its time; then it says so."""
        if not self._joined and time.monotonic() - self._asked > PATIENCE:
            self.message = "The evaluation ended because nobody asked about it any more"
        elif not self._cancel.is_set():
            return False
        self.state = "cancelled"
        return True


class Failures:
    """All evaluations of one backend, one at a time and in their order, the newest few kept.

    ``kept``: where they lie once they are over, if anywhere; ``shipped``: gives those that came with the weights, which
    everybody may open.
    """

    def __init__(
        self, evaluator: Evaluator, kept: KeptRuns | None = None, shipped: Callable[[], Shipped] = dict
    ) -> None:
        self.evaluator, self.kept = evaluator, kept
        self.first: Turns | None = None
        """Who goes first, where anybody does."""
        self._shipped_here = shipped
        self._shipped: Shipped | None = None
        self._jobs: OrderedDict[str, EvaluationJob] = OrderedDict()
        self._lock = threading.Lock()
        self._turns: queue.SimpleQueue[tuple[str, EvaluationJob]] = queue.SimpleQueue()
        self._worker = threading.Thread(target=self._work, daemon=True)

    def start(self, subject: Subject, fuser: PairFuser, limit: int) -> str:
        """Begin an evaluation, or let it wait for its turn; its name. Raises RequestError, also where too many wait."""
        if subject.split not in SPLITS:
            raise RequestError(f"Split {subject.split!r} is unknown; it can be {', '.join(SPLITS)}.")
        limit = max(LIMITS[0], min(limit, LIMITS[1]))
        with self._lock:
            if sum(job.state in OPEN for job in self._jobs.values()) >= MOST_OPEN:
                raise RequestError(f"{MOST_OPEN} evaluations run or wait already; try again in a few minutes.")
            name = secrets.token_urlsafe(16)  # who cannot guess it can neither read nor cancel the run
            self._jobs[name] = EvaluationJob(self.evaluator, subject, fuser, limit, self.first)
            self._turns.put((name, self._jobs[name]))
            over = [one for one, job in self._jobs.items() if job.state not in OPEN]
            for one in over[: max(0, len(self._jobs) - KEPT_JOBS)]:
                del self._jobs[one]
            if not self._worker.is_alive():
                self._worker.start()
        return name

    def _work(self) -> None:
        stand_back()
        while True:
            name, job = self._turns.get()
            job.work()
            # One that was deleted meanwhile stays so.
            if self.kept is not None and job.rows and name in self._jobs:
                self.kept.write(name, job)

    def shipped(self) -> Shipped:
        """Those that came with the weights, read when they are first asked for."""
        with self._lock:
            if self._shipped is None:
                self._shipped = self._shipped_here()
            return self._shipped

    def find(self, name: str) -> MeasuredRun | None:
        """An evaluation by its name, from memory, the disk, or what shipped."""
        if name in self._jobs:
            return self._jobs[name]
        if name in self.shipped():
            return self.shipped()[name]
        return self.kept.read(name) if self.kept is not None else None

    def job(self, name: str) -> MeasuredRun:
        """An evaluation by its name. Raises RequestError where it is not kept any more."""
        found = self.find(name)
        if found is None:
            raise RequestError("This evaluation is gone; run it again.")
        found.asked()
        return found

    def delete(self, name: str) -> None:
        """Stop and forget an evaluation. Raises RequestError for one that shipped, which is everybody's."""
        if name in self.shipped():
            raise RequestError("This report came with the weights; only runs of your own can be deleted.")
        self.job(name).cancel()
        self._jobs.pop(name, None)
        if self.kept is not None:
            self.kept.remove(name)

    def runs(self, names: Sequence[str]) -> list[Run]:
        """Those of ``names`` that are kept, the newest first, then what shipped."""
        own = [(name, job) for name in reversed(names) if (job := self.find(name)) is not None and not job.shipped]
        return [job.run(name) for name, job in (*own, *self.shipped().items())]

    def poll(self, name: str, since: int) -> PollAnswer:
        """What is new since row ``since``."""
        job = self.job(name)
        # The state first: rows that come meanwhile are seen, and none is missed once it is over.
        run, message = job.run(name), job.message
        return {
            "run": run,
            "message": message,
            "rows": job.rows[max(0, since) :],
            "summary": totals(job.rows),
        }


def stand_back() -> None:
    """Let everybody who waits for a sticker go first: this thread, and those it begins, take what cores have left.

    Only Linux tells the threads of a process apart; elsewhere nothing changes.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
