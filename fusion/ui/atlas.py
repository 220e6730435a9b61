"""The map of a run, and the neighbours of one of its pairs: is it one emoji that fails, or a class?

Both are read off what the layout branch makes of each pair, which an evaluation keeps with its rows. Source: DESIGN
section 7.
"""

from __future__ import annotations

import numpy as np

from fusion.evaluation.neighbours import nearest, principal, together
from fusion.ui.backend import Json
from fusion.ui.contract import parts_of
from fusion.ui.evaluation_answers import MapAnswer, NearAnswer
from fusion.ui.evaluation_requests import NearRequest
from fusion.ui.request import RequestError
from fusion.ui.review import Review
from fusion.ui.runs import MeasuredRun

NEIGHBOURS = 12
"""Pairs that are shown beside one."""
FEWEST = 3
"""Pairs of which a map says anything."""
DIGITS = 4


class Atlas:
    """Maps of the runs of a ``review``, as functions from JSON to JSON."""

    def __init__(self, review: Review) -> None:
        self.review = review

    def evaluation_map(self, data: Json) -> MapAnswer:
        """Every pair that was measured so far, on a plane."""
        run = self.review.job(data)
        features, missing = known_features(run)
        if features is None:
            return {"points": [], "shares": [], "missing": missing}
        plane, shares = principal(features, 2)
        low = plane.min(0)
        # One scale for both axes: distances on the map are distances.
        points = (plane - low) / max(float(np.ptp(plane, axis=0).max()), 1e-12)
        return {"points": points.round(DIGITS).tolist(), "shares": shares.round(DIGITS).tolist(), "missing": ""}

    def evaluation_near(self, data: Json) -> NearAnswer:
        """The nearest pairs of one row. Raises RequestError for a row that the run does not have."""
        run, row = self.review.job(data), NearRequest.parse(data).row
        features, missing = known_features(run)
        if features is None:
            return {"near": [], "missing": missing}
        if not 0 <= row < len(features):
            raise RequestError("The evaluation has no such row; reload the page.")
        found = nearest(features, [one["kind"] for one in run.rows[: len(features)]], row, NEIGHBOURS)
        return {"near": [{"row": n, "distance": round(far, DIGITS)} for n, far in found], "missing": ""}


def known_features(run: MeasuredRun) -> tuple[np.ndarray | None, str]:
    """The features (N, D) of the rows so far, or why there are none."""
    count = len(run.rows)
    if count < FEWEST:
        return None, f"{FEWEST} pairs at least make a map; so far there are {count}."
    features = together(run.features[:count])
    if features is not None:
        return features, ""
    if "layout" not in parts_of(run.subject.preset):
        return None, f"{run.subject.preset} has no layout branch, so no pair lies near another in it."
    return None, "This report is from before neighbours were kept with it; run the evaluation again to see them."
