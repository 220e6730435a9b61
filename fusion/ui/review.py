"""What the Failures tab asks the server: evaluations, their charts and exports, thumbnails of single pairs."""

from __future__ import annotations

import base64
import io
import json
import math
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from fusion.data.art_styles import TEST_STYLE
from fusion.pipeline.fit import fit_picture
from fusion.trace import FusionTrace
from fusion.ui import charts, failures
from fusion.ui.answers import CsvAnswer, ZipAnswer
from fusion.ui.backend import Backend, Json
from fusion.ui.evaluation_answers import (
    ChartsAnswer,
    PollAnswer,
    RunsAnswer,
    SheetRow,
    StartAnswer,
    ThumbnailAnswer,
)
from fusion.ui.evaluation_requests import EvaluationRequest, JobRequest, RunsRequest
from fusion.ui.fusers import HELD_OUT, PairFuser
from fusion.ui.pictures import data_url, png_url
from fusion.ui.request import FuseRequest
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

    def __init__(self, backend: Backend, evaluator: failures.Evaluator | None = None) -> None:
        self.backend = backend
        self.failures = failures.Failures(evaluator or ProjectEvaluator())

    def evaluation_start(self, data: Json) -> StartAnswer:
        """Begin an evaluation. Raises RequestError, also while another one runs."""
        request = EvaluationRequest.parse(data)
        subject = self.subject(request.split, request.preset or self.backend.presets[0])
        if where := self.failures.evaluator.note(request.limit):
            subject = replace(subject, note=f"{subject.note} {where}".strip())
        return {"job": self.failures.start(subject, self.backend.fuser(subject.weights), request.limit)}

    def subject(self, split: str, preset: str) -> failures.Subject:
        """What answers for a split: for held-out emoji the weights that have never seen them, where there are such.

        Source: DESIGN section 5; the model card's column is measured in the same way.
        """
        if split == "style":
            return failures.Subject(split, preset, preset, TEST_STYLE)
        if split != "emoji":
            return failures.Subject(split, preset, preset)
        whole, apart = preset.removesuffix(HELD_OUT), preset.removesuffix(HELD_OUT) + HELD_OUT
        if apart in self.backend.spare:
            note = (
                f"Measured with {apart}, whose layout branch never saw these emoji in training; {whole} has seen them."
            )
            return failures.Subject(split, preset, apart, note=note)
        note = (
            f"It is not on record here whether {preset} saw these emoji in training; if it did, this is no figure for "
            "unseen ones."
        )
        return failures.Subject(split, preset, preset, note=note)

    def evaluation_runs(self, data: Json) -> RunsAnswer:
        """Of the runs that the browser began, and so can name, those that are still kept: nobody else's."""
        return {"runs": self.failures.runs(RunsRequest.parse(data).jobs)}

    def evaluation_poll(self, data: Json) -> PollAnswer:
        """How far it is, and the rows since the last question."""
        request = JobRequest.parse(data)
        answer = self.failures.poll(request.job, request.since)
        return {**answer, "rows": [self.named(row) for row in answer["rows"]]}

    def evaluation_cancel(self, data: Json) -> dict[str, str]:
        """End it after the pair at hand."""
        self.job(data).cancel()
        return {}

    def evaluation_charts(self, data: Json) -> ChartsAnswer:
        """Its errors as one picture."""
        return {"charts": png_url(charts.draw(self.job(data).rows))}

    def evaluation_csv(self, data: Json) -> CsvAnswer:
        """Its rows as a table."""
        job = self.job(data)
        return {"name": f"{file_stem(job)}.csv", "csv": failures.to_csv([self.named(row) for row in job.rows])}

    def evaluation_worst(self, data: Json) -> ZipAnswer:
        """The worst aligned pairs as one zip: pictures of each, and a table."""
        job, count = self.job(data), JobRequest.parse(data).count
        rows = [self.named(row) for row in failures.least_aligned(job.rows, max(1, min(count, MOST_PACKED)))]
        packed = base64.b64encode(self.pack(rows, job.subject)).decode("ascii")
        return {"name": f"{file_stem(job)}-worst.zip", "zip": packed}

    def job(self, data: Json) -> failures.EvaluationJob:
        """The evaluation that a question is about. Raises RequestError."""
        return self.failures.job(JobRequest.parse(data).job)

    def thumbnail(self, data: Json) -> ThumbnailAnswer:
        """The network's answer and the teacher's for one row of the sheet."""
        trace = self.backend.trace(self.backend.request(data))
        shown = [trace.sticker] + ([fit_picture(trace.teacher.target)] if trace.teacher else [])
        return {"pictures": [thumbnail(one) for one in shown], "inputs": [thumbnail(one) for one in trace.inputs]}

    def named(self, row: SheetRow) -> SheetRow:
        """A row with the names of its two emoji."""
        first, second = (self.backend.catalog[key].name for key in (row["first"], row["second"]))
        return {**row, "first_name": first, "second_name": second}

    def pack(self, rows: list[SheetRow], subject: failures.Subject) -> bytes:
        """A zip with a folder of pictures and numbers a row; each pair is fused again."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("worst.csv", failures.to_csv(rows))
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


def file_stem(job: failures.EvaluationJob) -> str:
    """How the files of an evaluation begin."""
    return f"emoji-fusion-{job.subject.weights}-{job.split}"


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
        }

    def report(self, measured: list[Row]) -> Report:
        """The JSON of DESIGN section 6 over all measured pairs."""
        from fusion.evaluation.report import report

        return report(measured)
