"""What the Failures tab asks the server: evaluations, their charts and exports, thumbnails of single pairs."""

from __future__ import annotations

import base64
import io
import json
import math
import zipfile
from collections.abc import Iterable

import numpy as np

from fusion.trace import FusionTrace
from fusion.ui import charts, failures
from fusion.ui.backend import Backend
from fusion.ui.pictures import data_url, png_url
from fusion.ui.request import FuseRequest
from fusion.views.bundle import png_bytes
from fusion.views.drawing import emoji_picture
from fusion.views.summary import summary

WORST = 50
"""At most so many pairs in one zip: each is fused again."""
THUMBNAIL = 96


class Review:
    """Evaluations of the networks on a backend, as functions from JSON to JSON."""

    def __init__(self, backend: Backend, evaluator: failures.Evaluator | None = None) -> None:
        self.backend = backend
        self.failures = failures.Failures(evaluator or ProjectEvaluator())

    def evaluation_start(self, data: dict) -> dict:
        fuser = self.backend.fuser(data.get("preset") or self.backend.presets[0])
        return {"job": self.failures.start(str(data.get("split")), fuser, int(data.get("limit") or 100))}

    def evaluation_poll(self, data: dict) -> dict:
        answer = self.failures.poll(str(data.get("job")), int(data.get("since") or 0))
        return answer | {"rows": [self.named(row) for row in answer["rows"]]}

    def evaluation_cancel(self, data: dict) -> dict:
        self.failures.job(str(data.get("job"))).cancel()
        return {}

    def evaluation_charts(self, data: dict) -> dict:
        return {"charts": png_url(charts.draw(self.failures.job(str(data.get("job"))).rows))}

    def evaluation_csv(self, data: dict) -> dict:
        job = self.failures.job(str(data.get("job")))
        return {"name": f"{file_stem(job)}.csv", "csv": failures.to_csv([self.named(row) for row in job.rows])}

    def evaluation_worst(self, data: dict) -> dict:
        """The worst pairs as one zip: pictures of each, and a table."""
        job = self.failures.job(str(data.get("job")))
        rows = [self.named(row) for row in failures.worst(job.rows, min(int(data.get("count") or 20), WORST))]
        packed = base64.b64encode(self.pack(rows, job.preset)).decode("ascii")
        return {"name": f"{file_stem(job)}-worst.zip", "zip": packed}

    def thumbnail(self, data: dict) -> dict:
        """The network's answer and the teacher's for one row of the sheet."""
        trace = self.backend.trace(self.backend.request(data))
        shown = [trace.output] + ([trace.teacher.target] if trace.teacher else [])
        return {"pictures": [data_url(emoji_picture(one).resize((THUMBNAIL, THUMBNAIL))) for one in shown]}

    def named(self, row: dict) -> dict:
        """A row with the names of its two emoji."""
        return row | {f"{side}_name": self.backend.catalog[row[side]].name for side in ("first", "second")}

    def pack(self, rows: list[dict], preset: str) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("worst.csv", failures.to_csv(rows))
            for index, row in enumerate(rows):
                trace = self.backend.trace(FuseRequest(row["first"], row["second"], preset))
                folder = f"{index:02d} {row['first_name']} + {row['second_name']}/"
                for name, picture in pair_pictures(trace).items():
                    archive.writestr(f"{folder}{name}.png", png_bytes(emoji_picture(picture)))
                archive.writestr(f"{folder}trace.json", json.dumps(summary(trace), ensure_ascii=False, indent=1))
        return buffer.getvalue()


def pair_pictures(trace: FusionTrace) -> dict[str, np.ndarray]:
    shown = {"first": trace.inputs[0], "second": trace.inputs[1], "composite": trace.composite, "output": trace.output}
    return shown | ({"teacher": trace.teacher.target} if trace.teacher else {})


def file_stem(job: failures.EvaluationJob) -> str:
    return f"emoji-fusion-{job.preset}-{job.split}"


def verdict(value: float) -> bool | None:
    """Right or wrong; ``None`` for a preset that decides about nothing."""
    return None if math.isnan(value) else bool(value)


class ProjectEvaluator:
    """``fusion.evaluation.evaluate``. Imported when it is asked for: the page needs none of it to fuse."""

    def run(self, split: str, fuser, limit: int) -> Iterable:
        from fusion.evaluation import evaluate

        return evaluate.run_evaluation(split, fuser.net, limit)

    def row(self, measured) -> dict:
        numbers = {name: getattr(measured, name) for name in ("iou", "center_error", "scale_error")}
        numbers["psnr"] = measured.psnr_own_layout
        return {
            "first": measured.first,
            "second": measured.second,
            "family": measured.family,
            "main_ok": verdict(measured.main_ok),
            "aligned": verdict(measured.aligned),
            **{name: round(value, 4) if math.isfinite(value) else None for name, value in numbers.items()},
        }

    def report(self, measured: list) -> dict:
        from fusion.evaluation.report import report

        return report(measured)
