"""The Failures tab: an evaluation that runs in the background, and what is read off its rows.

The browser polls: a reload or a lost connection costs nothing, and cancelling is one question. A row of the sheet is
a ``SheetRow``.

Source: DESIGN section 7, and section 5 for what "aligned" means.
"""

from __future__ import annotations

import csv
import io
import logging
import os
import queue
import secrets
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from fusion.data.splits import SPLITS
from fusion.errors import FusionError
from fusion.evaluation.report import Report, alignment_rank, worst
from fusion.ui.contract import LIMITS
from fusion.ui.evaluation_answers import PollAnswer, Run, SheetRow, Totals
from fusion.ui.fusers import PairFuser
from fusion.ui.request import RequestError

LOG = logging.getLogger(__name__)

KEPT_JOBS, MOST_OPEN = 24, 8
"""Runs that can still be asked for, and those of them that may run or wait for their turn."""
PATIENCE = 180.0
"""Seconds after which a run that nobody asked about ends. Browsers let a hidden page ask once a minute."""
NICE = 15
"""How far an evaluation stands back, of 19."""
COLUMNS = tuple(SheetRow.__annotations__)
FIGURES = ("main_ok", "aligned", "iou", "center_error", "scale_error", "psnr")
"""Columns of which means are shown."""

State = Literal["waiting", "running", "done", "cancelled", "failed"]
OPEN = ("waiting", "running")
Measured = Any
"""One pair as the evaluator yields it; only the evaluator looks inside."""


class EvaluationReport(Report):
    """An evaluation's figures, and what they are of."""

    split: str
    preset: str
    weights: str
    note: str


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

    def report(self, measured: list[Measured]) -> Report:
        """The JSON of DESIGN section 6 over all measured pairs."""
        ...


@dataclass(frozen=True)
class Subject:
    """What is measured. ``preset``: as it was asked for; ``weights``: the name of the fuser that answers.

    ``style``: the art style of the emoji, "" for Noto's; ``note``: how the figures are to be read.
    """

    split: str
    preset: str
    weights: str
    style: str = ""
    note: str = ""


class EvaluationJob:
    """One evaluation. ``state``: waiting, running, done, cancelled or failed; ``message``: why it failed or ended."""

    def __init__(self, evaluator: Evaluator, subject: Subject, fuser: PairFuser, limit: int) -> None:
        self.rows: list[SheetRow] = []
        self.measured: list[Measured] = []
        self.subject, self.split, self.total = subject, subject.split, limit
        self.state: State = "waiting"
        self.message = ""
        self._evaluator, self._fuser = evaluator, fuser
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

    def report(self) -> EvaluationReport:
        """The figures of DESIGN section 6. Raises RequestError if the evaluation failed or was cancelled."""
        if self.state == "failed":
            raise RequestError(self.message)
        if self.state == "cancelled":
            how = self.message or "The evaluation was cancelled"
            raise RequestError(f"{how}, after {len(self.rows)} of {self.total} pairs; run it again.")
        about = self.subject
        return {
            "split": self.split,
            "preset": about.preset,
            "weights": about.weights,
            "note": about.note,
            **self._evaluator.report(self.measured),
        }

    def run(self, name: str) -> Run:
        """What it measures and how far it is, under the name by which it is asked for."""
        about = self.subject
        return {
            "job": name,
            "split": about.split,
            "preset": about.preset,
            "weights": about.weights,
            "style": about.style,
            "note": about.note,
            "state": self.state,
            "done": len(self.rows),
            "total": self.total,
        }

    def _work(self) -> None:
        try:
            if self._to_end():
                return
            self.state = "running"
            for one in self._evaluator.run(self.split, self._fuser, self.total):
                self.measured.append(one)
                self.rows.append(self._evaluator.row(one))
                if self._to_end():
                    return
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
    """All evaluations of one backend, one at a time and in their order, the newest few kept."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self._jobs: OrderedDict[str, EvaluationJob] = OrderedDict()
        self._lock = threading.Lock()
        self._turns: queue.SimpleQueue[EvaluationJob] = queue.SimpleQueue()
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
            self._jobs[name] = EvaluationJob(self.evaluator, subject, fuser, limit)
            self._turns.put(self._jobs[name])
            over = [one for one, job in self._jobs.items() if job.state not in OPEN]
            for one in over[: max(0, len(self._jobs) - KEPT_JOBS)]:
                del self._jobs[one]
            if not self._worker.is_alive():
                self._worker.start()
        return name

    def _work(self) -> None:
        stand_back()
        while True:
            self._turns.get().work()

    def job(self, name: str) -> EvaluationJob:
        """An evaluation by its name. Raises RequestError where it is not kept any more."""
        if name not in self._jobs:
            raise RequestError("This evaluation is gone; run it again.")
        self._jobs[name].asked()
        return self._jobs[name]

    def runs(self, names: Collection[str]) -> list[Run]:
        """Those of ``names`` that are kept, the newest first."""
        return [job.run(name) for name, job in reversed(self._jobs.copy().items()) if name in names]

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


def totals(rows: Sequence[SheetRow]) -> Totals:
    """Means over the rows so far; ``None`` where there is nothing to average."""
    means = {name: mean([row.get(name) for row in rows]) for name in FIGURES}
    return Totals(n=len(rows), **means)  # type: ignore[typeddict-item]


def mean(values: Iterable[Any]) -> float | None:
    """Mean of the numbers there are; ``None`` if there is none."""
    known = [float(value) for value in values if value is not None]
    return sum(known) / len(known) if known else None


def least_aligned(rows: Sequence[SheetRow], count: int) -> list[SheetRow]:
    """The rows with the lowest IoU first; a wrong main subject has none and comes before all."""
    return worst(rows, lambda row: alignment_rank(row["iou"], row["center_error"]), count)


def to_csv(rows: Sequence[SheetRow]) -> str:
    """The rows as comma-separated values with a header line."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()
