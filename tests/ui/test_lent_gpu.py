"""Where a Space lends its GPU by the call: what is heavy runs in a worker, fusions do not, and figures are the same."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from fusion.errors import FusionError
from fusion.model.weights import available_weights
from fusion.ui import lent_gpu
from fusion.ui.lent_gpu import Evaluation, Trouble, measure, seconds
from fusion.ui.review import ProjectEvaluator

ROOT = Path(__file__).parents[2]
LENDING = ROOT / "tests/support/lending"
PROGRAM = """
import json, os
from fusion.ui import lent_gpu
import spaces
from fusion.ui.launcher import build_backend
from fusion.ui.review import Review
backend = build_backend("cpu")
review = Review(backend)
keys = [emoji.key for emoji in backend.catalog][:200]

def crowd():  # locks are held and threads compute while the worker is forked, and for some fusions more
    more = 5
    for first, second in zip(keys, keys[1:]):
        if job.state != "running" or not more:
            return
        backend.fuse({"first": first, "second": second})
        more -= bool(spaces.workers)

backend.fuse({"first": keys[0], "second": keys[5]})
job = review.job(dict(review.evaluation_start({"split": "pairs", "limit": 10})))
crowd()
job.join(200)
row = [[one["first"], one["second"], one["iou"], one["psnr"]] for one in job.rows]
told = {"state": job.state, "message": job.message, "rows": row, "note": job.subject.note}
told |= {"asked": spaces.asked, "apart": os.getpid() not in spaces.workers and len(spaces.workers) == 1}
print(json.dumps(told))
"""


def told() -> dict:
    """What the program says where GPUs are lent."""
    environment = os.environ | {"SPACES_ZERO_GPU": "true", "PYTHONPATH": f"{ROOT}:{LENDING}"}
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.weights
def test_an_evaluation_runs_in_a_worker_and_says_what_it_says_here():
    folder = str(available_weights()["fusion"])
    lent, here = told(), [ProjectEvaluator().row(one) for one in measure(Evaluation("pairs", folder, 10, "cpu"))]
    assert (lent["state"], lent["message"], len(lent["rows"])) == ("done", "", 10)
    assert lent["apart"]
    assert lent["asked"] == [seconds(Evaluation("pairs", "", 10))]
    assert "lent" in lent["note"]
    for one, other in zip(lent["rows"], here, strict=True):
        assert one[:2] == [other["first"], other["second"]]
        # The worker computes plainly, this process with an accelerated copy.
        assert one[2:] == pytest.approx([other["iou"], other["psnr"]], rel=0.02)


def test_the_time_asked_for_follows_the_work_within_a_bound():
    asked = [seconds(Evaluation("pairs", "", limit)) for limit in (10, 100, 1000, 2000)]
    assert asked == sorted(asked)
    assert asked[0] < asked[1] < asked[2] <= asked[3] <= lent_gpu.LONGEST


def test_what_crosses_is_plain():
    work = Evaluation("pairs", "weights", 10)
    assert pickle.loads(pickle.dumps(work)) == work
    assert pickle.loads(pickle.dumps(Trouble("No."))) == Trouble("No.")


def test_a_sentence_of_the_worker_arrives():
    with pytest.raises(FusionError, match="no weights at nowhere/at/all"):
        list(measure(Evaluation("pairs", "nowhere/at/all", 10)))


def test_a_share_that_is_used_up_is_a_sentence(monkeypatch):
    import gradio as gr

    def refused(_):
        raise gr.Error("You have exceeded your quota")
        yield

    monkeypatch.setattr(lent_gpu, "heavy", refused)
    with pytest.raises(FusionError, match=r"exceeded your quota.*later"):
        list(measure(Evaluation("pairs", "", 10)))


def test_the_real_package_has_no_effect_here():
    spaces = pytest.importorskip("spaces", reason="needs requirements.txt")

    def task(work: Evaluation):
        yield work

    assert spaces.GPU(duration=seconds)(task) is task
    assert lent_gpu.lent(task) is task
