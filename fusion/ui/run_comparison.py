"""Two runs over one split on the Failures tab: what the one that is open mended and broke.

Source: ``fusion.evaluation.comparison``, which the command line prints.
"""

from __future__ import annotations

import math

from fusion.evaluation.report import Row
from fusion.evaluation.report_file import SavedReport
from fusion.ui.evaluation_answers import Change, RunComparison, SheetRow
from fusion.ui.request import RequestError
from fusion.ui.runs import OPEN, MeasuredRun

LABELS = {
    "main": "main subject right",
    "aligned": "aligned",
    "iou": "IoU",
    "psnr_own_layout": "PSNR",
}
"""What the page calls the figures of a comparison."""


def compared(before: MeasuredRun, after: MeasuredRun, here: str) -> RunComparison:
    """The comparison of two runs that are over. ``here``: hash of the weights that go by the name of ``before``'s now.

    Raises FusionError where the splits differ or there is no common pair.
    """
    from fusion.evaluation.comparison import compare_reports  # scipy, which the page needs for nothing else

    if before.state in OPEN or after.state in OPEN:
        raise RequestError("One of the two runs is not over yet; compare them when it is.")
    found = compare_reports(as_report(before), as_report(after))
    verdicts: list[Change] = [
        {
            "label": LABELS[name],
            "before": one["before"],
            "after": one["after"],
            "mended": one["mended"],
            "broke": one["broke"],
            "p": one["p"],
            "low": None,
            "high": None,
        }
        for name, one in found["verdicts"].items()
    ]
    numbers: list[Change] = [
        {
            "label": LABELS[name],
            "before": one["before"],
            "after": one["after"],
            "mended": None,
            "broke": None,
            "p": None,
            "low": one["low"],
            "high": one["high"],
        }
        for name, one in found["numbers"].items()
    ]
    pairs = {name: [" ".join(pair) for pair in some] for name, some in found["pairs"].items()}
    # Its pictures can only be made again while its weights are here.
    painter = before.subject.weights if before.subject.hash == here else None
    return {"n": found["n"], "changes": verdicts + numbers, "pairs": pairs, "painter": painter}


def as_report(run: MeasuredRun) -> SavedReport:
    """The rows of the sheet as a report."""
    about = run.subject
    return SavedReport(run.split, 0, about.preset, about.weights, about.hash, "", [as_row(row) for row in run.rows])


def as_row(row: SheetRow) -> Row:
    """A row of the sheet as the evaluation has it."""
    return Row(
        row["first"],
        row["second"],
        row["family"],
        number(row["main_ok"]),
        number(row["aligned"]),
        number(row["iou"]),
        number(row["center_error"]),
        number(row["scale_error"]),
        psnr_own_layout=number(row["psnr"]),
    )


def number(value: float | None) -> float:
    """A figure; NaN for one that does not exist."""
    return math.nan if value is None else float(value)
