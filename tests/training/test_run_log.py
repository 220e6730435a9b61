"""The log's means do not depend on where a run was interrupted."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from fusion.training.progress import Progress
from fusion.training.run_log import LOG, RunLog


class Phase:
    name = "image"

    def rate(self, *_):
        return 0.1

    def fraction(self, *_):
        return 0.5


def steps(log: RunLog, progress: Progress, numbers: range) -> None:
    bar = SimpleNamespace(set_postfix_str=lambda _: None, update=lambda _: None, n=0)
    for number in numbers:
        progress.step += 1
        extra = {"rare": float(number)} if number % 4 == 3 else {}
        log.step(Phase(), progress, {"loss": float(number), **extra}, bar)


def log_in(folder) -> RunLog:
    folder.mkdir(exist_ok=True)
    accelerator = SimpleNamespace(is_main_process=True, log=lambda *_, **__: None)
    return RunLog(SimpleNamespace(out=folder, log_every=10, progress=False), accelerator)


def lines(folder) -> list[dict]:
    return [json.loads(line) for line in (folder / LOG).read_text().splitlines()]


@pytest.mark.parametrize("cut", [1, 4, 10, 13])
def test_a_resumed_run_logs_what_an_uninterrupted_one_does(tmp_path, cut):
    steps(log_in(tmp_path / "whole"), Progress(), range(20))
    before, after = Progress(), Progress()
    steps(log_in(tmp_path / "cut"), before, range(cut))
    after.restore(json.loads(json.dumps(before.state())))
    log = log_in(tmp_path / "cut")
    log.bar(Phase())
    steps(log, after, range(cut, 20))
    assert lines(tmp_path / "cut") == lines(tmp_path / "whole")


def test_a_mean_is_over_the_steps_that_have_the_term(tmp_path):
    steps(log_in(tmp_path), Progress(), range(10))
    (line,) = lines(tmp_path)
    assert (line["loss"], line["rare"]) == (4.5, 5.0)


def test_a_checkpoint_from_before_has_no_sums():
    state = Progress().state()
    del state["sums"], state["counts"]
    progress = Progress()
    progress.restore(state)
    assert progress.means() == {}
