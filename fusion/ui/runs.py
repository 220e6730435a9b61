"""Evaluations that were measured: what they are of, their rows, and how they lie on the disk.

Source: DESIGN section 7.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Literal

import numpy as np

from fusion.assets import ASSETS
from fusion.data.splits import SPLITS
from fusion.errors import FusionError
from fusion.evaluation.neighbours import packed, together, unpacked
from fusion.evaluation.report import Report
from fusion.evaluation.report_file import read_report
from fusion.files import cache_folder
from fusion.packs.kept import Kept
from fusion.ui.evaluation_answers import Run, SheetRow
from fusion.ui.request import RequestError

State = Literal["waiting", "running", "done", "cancelled", "failed"]
OPEN = ("waiting", "running")
KEPT_BYTES = 16 * 2**20
"""Of all runs on the disk: some five hundred of 480 pairs."""
REPORTS = ASSETS / "reports"
"""Reports of the weights that ship, as ``evaluate --report`` writes them."""


class EvaluationReport(Report):
    """An evaluation's figures, and what they are of."""

    split: str
    preset: str
    weights: str
    note: str


@dataclass(frozen=True)
class Subject:
    """What is measured. ``preset``: as it was asked for; ``weights``: the name of the fuser that answers.

    ``style``: the art style of the emoji, "" for Noto's; ``note``: how the figures are to be read; ``hash``: first hex
    digits of that of the weights.
    """

    split: str
    preset: str
    weights: str
    style: str = ""
    note: str = ""
    hash: str = ""


class MeasuredRun:
    """An evaluation, under way or over. ``total``: pairs that were asked for; ``message``: why it failed or ended.

    ``features``: what the layout branch makes of the pair of each row, (D,), or ``None``; at least one a row.
    ``figures``: gives the report over all rows; ``shipped``: whether it came with the weights; ``date``: when it began,
    in the form of ISO 8601.
    """

    def __init__(
        self, subject: Subject, total: int, figures: Callable[[], Report], state: State, date: str | None = None
    ) -> None:
        self.rows: list[SheetRow] = []
        self.features: list[np.ndarray | None] = []
        self.subject, self.split, self.total = subject, subject.split, total
        self.state: State = state
        self.message, self.shipped = "", False
        self.date = datetime.now(timezone.utc).isoformat(timespec="seconds") if date is None else date
        self._figures = figures

    def cancel(self) -> None:
        """Nothing is left to be stopped."""

    def join(self, timeout: float | None = None) -> None:
        """Nothing is left to be waited for."""

    def asked(self) -> None:
        """Somebody wants to know how it goes."""

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
            **self._figures(),
        }

    def run(self, name: str) -> Run:
        """What it measures and how far it is, under the name by which it is asked for."""
        about = self.subject
        return {
            "job": name,
            "split": about.split,
            "preset": about.preset,
            "weights": about.weights,
            "hash": about.hash,
            "style": about.style,
            "note": about.note,
            "state": self.state,
            "done": len(self.rows),
            "total": self.total,
            "date": self.date,
            "shipped": self.shipped,
        }

    def content(self) -> bytes:
        """What is kept of it on the disk."""
        figures = self._figures() if self.state == "done" else None
        told = {"subject": asdict(self.subject), "total": self.total, "state": self.state, "message": self.message}
        features = together(self.features[: len(self.rows)])
        told |= {"date": self.date, "rows": self.rows, "figures": figures}
        told |= {"features": None if features is None else packed(features)}
        return gzip.compress(json.dumps(told, separators=(",", ":")).encode(), mtime=0)


def restored(content: bytes) -> MeasuredRun:
    """The run that was kept. Raises ValueError, KeyError or TypeError for anything else."""
    told = json.loads(gzip.decompress(content))
    figures = told["figures"]
    run = MeasuredRun(Subject(**told["subject"]), told["total"], lambda: figures, told["state"], told["date"])
    run.rows, run.message = told["rows"], told["message"]
    run.features = unpacked(told.get("features"), len(run.rows))
    return run


class KeptRuns:
    """Runs on the disk, bounded, each under the name that only its visitor knows: nobody reads it off a file's."""

    def __init__(self, folder: Path, limit: int = KEPT_BYTES) -> None:
        self._kept = Kept(folder, limit)

    @classmethod
    def default(cls) -> KeptRuns:
        """Those in this user's cache folder."""
        return cls(cache_folder() / "evaluations")

    def write(self, name: str, run: MeasuredRun) -> None:
        """Keep a run that is over."""
        self._kept.write(self._file(name), run.content())

    def read(self, name: str) -> MeasuredRun | None:
        """A run that was kept, if it still is."""
        content = self._kept.read(self._file(name))
        try:
            return None if content is None else restored(content)
        except (OSError, EOFError, ValueError, KeyError, TypeError):  # damaged, or from another version
            return None

    def remove(self, name: str) -> None:
        """Forget a run."""
        self._kept.remove(self._file(name))

    def _file(self, name: str) -> str:
        return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:40]


def shipped_runs(
    row: Callable[..., SheetRow], hashes: Mapping[str, Callable[[], str]], folder: Path = REPORTS
) -> dict[str, MeasuredRun]:
    """The reports in ``folder`` by name: those of weights that are here, and of no others of the same name.

    Held-out pairs come first: the page opens with them, and offers them first to be run.
    ``row``: a measured pair as a row of the sheet; ``hashes``: name of weights -> gives their hash.
    """
    found: dict[str, MeasuredRun] = {}
    for path in sorted(folder.glob("*.json.gz")):
        try:
            saved = read_report(path)
        except FusionError:  # one that is damaged is no reason to show nothing
            continue
        if saved.split not in SPLITS or saved.name not in hashes or hashes[saved.name]() != saved.weights:
            continue
        style = "twemoji" if saved.split == "style" else ""
        note = f"Shipped with {saved.name}: measured when these weights were made."
        about = Subject(saved.split, saved.preset, saved.name, style, note, saved.weights)
        run = MeasuredRun(about, len(saved.rows), lambda saved=saved: saved.figures, "done", "")  # type: ignore[misc]
        run.rows, run.shipped = [row(one) for one in saved.rows], True
        run.features = [one.features for one in saved.rows]
        found[f"shipped-{path.name.removesuffix('.json.gz')}"] = run
    return dict(sorted(found.items(), key=lambda one: SPLITS.index(one[1].split)))
