"""What the Failures tab asks the server: evaluations, their charts and exports, thumbnails of single pairs."""

from __future__ import annotations

import base64
import io
import json
import math
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fusion.data.art_styles import TEST_STYLE
from fusion.evaluation.report import kind_of
from fusion.pipeline.fit import fit_picture
from fusion.trace import FusionTrace
from fusion.ui import charts, failures
from fusion.ui.answers import CsvAnswer, ZipAnswer
from fusion.ui.backend import Backend, Json
from fusion.ui.evaluation_answers import (
    ChartsAnswer,
    PollAnswer,
    RunComparison,
    RunsAnswer,
    SheetRow,
    StartAnswer,
    ThumbnailAnswer,
)
from fusion.ui.evaluation_requests import AgainstRequest, EvaluationRequest, JobRequest, RunsRequest
from fusion.ui.fusers import HELD_OUT, PairFuser
from fusion.ui.pictures import data_url, png_url
from fusion.ui.request import FuseRequest, RequestError
from fusion.ui.run_comparison import compared
from fusion.ui.runs import REPORTS, KeptRuns, MeasuredRun, Subject, shipped_runs
from fusion.ui.sheet_rows import described, least_aligned, to_csv
from fusion.views.bundle import png_bytes
from fusion.views.drawing import emoji_picture
from fusion.views.summary import summary

if TYPE_CHECKING:
    from fusion.evaluation.report import Report, Row

MOST_PACKED = 50
"""At most so many pairs in one zip: each is fused again."""
THUMBNAIL = 96


class Review:
    """Evaluations of the networks on a backend, as functions from JSON to JSON."""

    def __init__(
        self,
        backend: Backend,
        evaluator: failures.Evaluator | None = None,
        kept: KeptRuns | None = None,
        reports: Path | None = None,
    ) -> None:
        """``kept``: where runs lie once they are over; ``reports``: folder of those that shipped."""
        self.backend, self.reports = backend, reports
        self.failures = failures.Failures(evaluator or ProjectEvaluator(), kept, self.shipped)

    @classmethod
    def default(cls, backend: Backend) -> Review:
        """With the project's own evaluator, this user's folder of runs, and the reports that ship."""
        return cls(backend, None, KeptRuns.default(), REPORTS)

    def shipped(self) -> dict[str, MeasuredRun]:
        """The reports that came with the weights that are here."""
        if self.reports is None:
            return {}
        names = [*self.backend.presets, *self.backend.spare]
        hashes = {name: partial(self.hash_of, name) for name in names}
        return shipped_runs(ProjectEvaluator().row, hashes, self.reports)

    def hash_of(self, weights: str) -> str:
        """First hex digits of the hash of weights."""
        return self.backend.fuser(weights).weights_hash

    def evaluation_start(self, data: Json) -> StartAnswer:
        """Begin an evaluation. Raises RequestError, also while another one runs."""
        request = EvaluationRequest.parse(data)
        subject = self.subject(request.split, request.preset or self.backend.presets[0])
        if where := self.failures.evaluator.note(request.limit):
            subject = replace(subject, note=f"{subject.note} {where}".strip())
        fuser = self.backend.fuser(subject.weights)
        return {"job": self.failures.start(replace(subject, hash=fuser.weights_hash), fuser, request.limit)}

    def subject(self, split: str, preset: str) -> Subject:
        """What answers for a split: for held-out emoji the weights that have never seen them, where there are such.

        Source: DESIGN section 5; the model card's column is measured in the same way.
        """
        if split == "style":
            return Subject(split, preset, preset, TEST_STYLE)
        if split != "emoji":
            return Subject(split, preset, preset)
        whole, apart = preset.removesuffix(HELD_OUT), preset.removesuffix(HELD_OUT) + HELD_OUT
        if apart in self.backend.spare:
            note = (
                f"Measured with {apart}, whose layout branch never saw these emoji in training; {whole} has seen them."
            )
            return Subject(split, preset, apart, note=note)
        note = (
            f"It is not on record here whether {preset} saw these emoji in training; if it did, this is no figure for "
            "unseen ones."
        )
        return Subject(split, preset, preset, note=note)

    def evaluation_runs(self, data: Json) -> RunsAnswer:
        """Of the runs that the browser began, and so can name, those that are still kept; and what shipped."""
        return {"runs": self.failures.runs(RunsRequest.parse(data).jobs)}

    def evaluation_poll(self, data: Json) -> PollAnswer:
        """How far it is, and the rows since the last question."""
        request = JobRequest.parse(data)
        answer = self.failures.poll(request.job, request.since)
        return {**answer, "rows": [described(row, self.backend.catalog) for row in answer["rows"]]}

    def evaluation_cancel(self, data: Json) -> dict[str, str]:
        """End it after the pair at hand."""
        self.job(data).cancel()
        return {}

    def evaluation_delete(self, data: Json) -> dict[str, str]:
        """Forget it."""
        self.failures.delete(JobRequest.parse(data).job)
        return {}

    def evaluation_compared(self, data: Json) -> RunComparison:
        """What it mended and broke of another run. Raises FusionError."""
        before = self.failures.job(AgainstRequest.parse(data).against)
        return compared(before, self.job(data), self.hash_of(before.subject.weights))

    def evaluation_charts(self, data: Json) -> ChartsAnswer:
        """Its errors as one picture."""
        return {"charts": png_url(charts.draw(self.job(data).rows))}

    def evaluation_csv(self, data: Json) -> CsvAnswer:
        """Its rows as a table: those that are shown, in their order."""
        job = self.job(data)
        rows = self.shown(job, JobRequest.parse(data))
        return {"name": f"{file_stem(job, rows)}.csv", "csv": to_csv(rows, job.subject)}

    def evaluation_worst(self, data: Json) -> ZipAnswer:
        """The first of the pairs that are shown as one zip: pictures of each, a table, and what they are of."""
        job, request = self.job(data), JobRequest.parse(data)
        count = max(1, min(request.count, MOST_PACKED))
        shown = self.shown(job, request)
        rows = least_aligned(shown, count) if request.rows is None else shown[:count]
        about = {**job.run(request.job), "filter": request.filter, "shown": len(shown), "packed": len(rows)}
        del about["job"]  # who has the zip is not to have the run
        packed = base64.b64encode(self.pack(rows, job.subject, about)).decode("ascii")
        return {"name": f"{file_stem(job, rows)}.zip", "zip": packed}

    def shown(self, job: MeasuredRun, request: JobRequest) -> list[SheetRow]:
        """The rows that a question is about. Raises RequestError for numbers of none."""
        wanted = range(len(job.rows)) if request.rows is None else request.rows
        if any(not 0 <= number < len(job.rows) for number in wanted):
            raise RequestError("The evaluation has no such rows; reload the page.")
        return [described(job.rows[number], self.backend.catalog) for number in wanted]

    def job(self, data: Json) -> MeasuredRun:
        """The evaluation that a question is about. Raises RequestError."""
        return self.failures.job(JobRequest.parse(data).job)

    def thumbnail(self, data: Json) -> ThumbnailAnswer:
        """The network's answer and the teacher's for one row of the sheet."""
        trace = self.backend.trace(self.backend.request(data))
        shown = [trace.sticker] + ([fit_picture(trace.teacher.target)] if trace.teacher else [])
        return {"pictures": [thumbnail(one) for one in shown], "inputs": [thumbnail(one) for one in trace.inputs]}

    def pack(self, rows: list[SheetRow], subject: Subject, about: Json) -> bytes:
        """A zip with a folder of pictures and numbers a row; each pair is fused again. ``about``: its ``run.json``."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("pairs.csv", to_csv(rows, subject))
            archive.writestr("run.json", json.dumps(about, ensure_ascii=False, indent=1))
            for index, row in enumerate(rows):
                first, second = row["first"], row["second"]
                request = FuseRequest(first=first, second=second, preset=subject.weights, style=subject.style)
                trace = self.backend.trace(request)
                folder = f"{index:02d} {row['first_name']} + {row['second_name']}/"
                for name, picture in pair_pictures(trace).items():
                    archive.writestr(f"{folder}{name}.png", png_bytes(emoji_picture(picture)))
                archive.writestr(f"{folder}trace.json", json.dumps(summary(trace), ensure_ascii=False, indent=1))
        return buffer.getvalue()


def pair_pictures(trace: FusionTrace) -> dict[str, np.ndarray]:
    """What is seen of a pair: inputs, plain composite, output and, where there is one, the teacher's target."""
    shown = {"first": trace.inputs[0], "second": trace.inputs[1], "composite": trace.composite, "output": trace.output}
    return shown | ({"teacher": trace.teacher.target} if trace.teacher else {})


def file_stem(job: MeasuredRun, rows: list[SheetRow]) -> str:
    """How the files of an evaluation are called: preset, weights and split, and how many of its pairs."""
    about = job.subject
    weights = "-".join(filter(None, (about.preset, about.weights.removeprefix(about.preset).strip("-"), about.hash)))
    return f"emoji-fusion-{weights}-{about.split}-{len(rows)}-of-{len(job.rows)}"


def thumbnail(picture: np.ndarray) -> str:
    """A small picture of premultiplied RGBA in [0, 1], as a data URL."""
    return data_url(emoji_picture(picture).resize((THUMBNAIL, THUMBNAIL)))


def verdict(value: float) -> bool | None:
    """Right or wrong; ``None`` for a preset that decides about nothing."""
    return None if math.isnan(value) else bool(value)


def known(value: float) -> float | None:
    """A figure for the sheet; ``None`` for one that does not exist."""
    return round(value, 4) if math.isfinite(value) else None


class ProjectEvaluator:
    """``fusion.evaluation.evaluate``. Imported when it is asked for: the page needs none of it to fuse."""

    def run(self, split: str, fuser: PairFuser, limit: int) -> Iterable[Row]:
        """One measured pair after the other. ``fuser`` is the pipeline's own, which has a network."""
        from fusion.ui import lent_gpu

        folder, device = str(fuser.folder), fuser.device.type  # type: ignore[attr-defined]
        return lent_gpu.measure(lent_gpu.Evaluation(split, folder, limit, device))

    def note(self, limit: int) -> str:
        """Where so many pairs are measured, if not here."""
        from fusion.ui import lent_gpu

        return lent_gpu.note(limit)

    def row(self, measured: Row) -> SheetRow:
        """A measured pair as a row of the sheet."""
        return {
            "first": measured.first,
            "second": measured.second,
            "family": measured.family,
            "main_ok": verdict(measured.main_ok),
            "aligned": verdict(measured.aligned),
            "iou": known(measured.iou),
            "center_error": known(measured.center_error),
            "scale_error": known(measured.scale_error),
            "psnr": known(measured.psnr_own_layout),
            "kind": kind_of(measured),
            "confidence": known(measured.confidence),
        }

    def features(self, measured: Row) -> np.ndarray | None:
        """What the layout branch makes of the pair."""
        return measured.features

    def report(self, measured: list[Row]) -> Report:
        """The JSON of DESIGN section 6 over all measured pairs."""
        from fusion.evaluation.report import report

        return report(measured)
