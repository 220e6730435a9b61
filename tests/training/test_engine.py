"""The engine: resumes exactly, loses nothing, ends when told, and learns."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

pytest.importorskip("accelerate", reason="training needs requirements-train.txt")

from fusion.data.sampler import PairSampler
from fusion.model.weights import load_fusion_net
from fusion.training import checkpoint
from fusion.training.checkpoint import CheckpointError, read_snapshot, write_snapshot
from fusion.training.engine import SHEETS, WEIGHTS
from fusion.training.learner import TrainingStopped
from fusion.training.resume import CHECKPOINT
from fusion.training.run_log import LOG
from tests.support.tiny_run import IMAGE, LAYOUT, engine, phases

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tests" / "support" / "tiny_run.py"


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / WEIGHTS / "model.safetensors")


def lines(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / LOG).read_text().splitlines()]


def assert_equal(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> None:
    assert a.keys() == b.keys()
    for name in a:
        assert torch.equal(a[name], b[name]), name


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


@pytest.mark.parametrize("stop_after", [2, 6])
def test_interrupted_and_uninterrupted_runs_end_equal(tmp_path, stop_after):
    engine(tmp_path / "whole").run()
    first = engine(tmp_path / "parts")
    original, done = first.train_step, []

    def count(*args):
        done.append(None)
        first.stopping = len(done) == stop_after
        return original(*args)

    first.train_step = count
    first.run()
    second = engine(tmp_path / "parts")
    second.restore()
    second.run()
    assert_equal(weights(tmp_path / "whole"), weights(tmp_path / "parts"))
    losses = [[line["loss"] for line in lines(tmp_path / name)] for name in ("whole", "parts")]
    assert losses[0] == losses[1]


def test_a_killed_run_goes_on_from_its_checkpoint(tmp_path):
    # Both in processes of their own, with the same threads: a loss with a kink turns a rounding's sign into a step.
    whole = [sys.executable, SCRIPT, tmp_path / "whole", "12"]
    assert subprocess.run(whole, env=environment(), timeout=300).returncode == 0
    process = subprocess.Popen([sys.executable, SCRIPT, tmp_path / "killed", "12"], env=environment())
    log = tmp_path / "killed" / LOG
    while process.poll() is None and not (log.exists() and len(lines_so_far(log)) >= 5):
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    resume = [sys.executable, SCRIPT, tmp_path / "killed", "12", "--resume"]
    assert subprocess.run(resume, env=environment(), timeout=300).returncode == 0
    for name, value in weights(tmp_path / "whole").items():
        torch.testing.assert_close(weights(tmp_path / "killed")[name], value, rtol=1e-3, atol=1e-4)


def lines_so_far(log: Path) -> list[str]:
    return log.read_text().splitlines()


def test_two_processes_train_together(tmp_path):
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    launch += [SCRIPT, tmp_path, "3"]
    done = subprocess.run(launch, env=environment(), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    assert [line["pairs"] for line in lines(tmp_path)] == [8, 16, 24, 32, 40, 48]
    load_fusion_net(tmp_path / WEIGHTS)


def test_minutes_end_a_phase_and_the_run(tmp_path):
    timed = [replace(LAYOUT, steps=10**6, minutes=1e-4), replace(IMAGE, steps=2)]
    run = engine(tmp_path, timed)
    run.run()
    assert run.finished
    assert [line["phase"] for line in lines(tmp_path)][-2:] == ["image-64", "image-64"]


def test_training_fits_a_handful_of_pairs(tmp_path, monkeypatch):
    draw = PairSampler.draw
    monkeypatch.setattr(PairSampler, "draw", lambda sampler, count, *_: draw(sampler, count, 0))
    engine(tmp_path, [replace(IMAGE, steps=60, learning_rate=5e-3, warmup=5)]).run()
    losses = [line["loss"] for line in lines(tmp_path)]
    assert sum(losses[-5:]) < 0.5 * sum(losses[:5])


def test_phase_one_leaves_everything_else_as_it_was(tmp_path):
    run = engine(tmp_path, phases()[:1])
    before = {name: value.clone() for name, value in run.net.state_dict().items()}
    run.run()
    changed = {name.split(".")[0] for name, value in run.net.state_dict().items() if not value.equal(before[name])}
    assert changed == set(LAYOUT.trains)


def test_a_loss_that_is_not_finite_stops_and_keeps_the_batch(tmp_path):
    run = engine(tmp_path)
    with torch.no_grad():
        run.net.center_aware_scale.head.numbers.weight.fill_(float("nan"))
    with pytest.raises(TrainingStopped, match="step 0"):
        run.run()
    groups, state = read_snapshot(tmp_path / "non-finite.safetensors")
    assert groups["batch"]["first"].shape == (4, 4, 32, 32)
    assert len(state["keys"]) == 4


def test_other_settings_cannot_resume(tmp_path):
    engine(tmp_path, phases()[:1]).run()
    with pytest.raises(CheckpointError, match="other settings"):
        engine(tmp_path, phases()).restore()
    with pytest.raises(CheckpointError, match="without --resume"):
        engine(tmp_path / "empty").restore()


def test_a_finished_run_has_nothing_left_to_do(tmp_path):
    engine(tmp_path).run()
    before = weights(tmp_path)
    again = engine(tmp_path)
    again.restore()
    again.run()
    assert_equal(before, weights(tmp_path))


def test_sheets_and_held_out_figures_are_written(tmp_path):
    engine(tmp_path, phases(1, 1), samples=4).run()
    assert len(list((tmp_path / SHEETS).glob("*.png"))) == 2
    held_out = [line["held_out"] for line in lines(tmp_path) if "held_out" in line]
    assert {"main", "iou", "aligned", "psnr", "psnr_composite"} == set(held_out[0])


def test_the_published_switch_ends_phase_one(tmp_path):
    from fusion.training.phases import Switch

    easy = replace(LAYOUT, steps=50, switch=Switch("similarity", 0.05, 3))
    run = engine(tmp_path, [easy])
    run.run()
    assert len(lines(tmp_path)) == 3


# ------------------------------------------------------------------------------------------- checkpoints


def test_a_full_disk_says_so_and_keeps_the_previous_checkpoint(tmp_path, monkeypatch):
    path = tmp_path / CHECKPOINT
    write_snapshot(path, {"net": {"a": torch.ones(2)}}, {"step": 1})

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(checkpoint, "save_file", full)
    with pytest.raises(CheckpointError, match=r"disk is full.*previous checkpoint is untouched"):
        write_snapshot(path, {"net": {"a": torch.zeros(2)}}, {"step": 2})
    groups, state = read_snapshot(path)
    assert state == {"step": 1}
    assert groups["net"]["a"].tolist() == [1, 1]
    assert list(tmp_path.iterdir()) == [path]


def test_snapshots_come_back_as_they_were(tmp_path):
    tensors = {"a": {"x/y": torch.randn(2, 3, 4, 4).to(memory_format=torch.channels_last)}, "b": {"n": torch.tensor(7)}}
    write_snapshot(tmp_path / CHECKPOINT, tensors, {"list": [1, 2.5], "name": "é"})
    groups, state = read_snapshot(tmp_path / CHECKPOINT)
    assert torch.equal(groups["a"]["x/y"], tensors["a"]["x/y"])
    assert groups["b"]["n"] == 7
    assert state == {"list": [1, 2.5], "name": "é"}


def test_a_damaged_checkpoint_is_named(tmp_path):
    (tmp_path / CHECKPOINT).write_bytes(b"not a checkpoint")
    with pytest.raises(CheckpointError, match="damaged"):
        read_snapshot(tmp_path / CHECKPOINT)


def test_a_phase_draws_its_families_in_its_shares(tmp_path):
    only = {"dyed": 1.0, **dict.fromkeys(("corner", "any"), 0.0)}
    run = engine(tmp_path, [replace(IMAGE, families=only, batch=8)])
    batch = next(run.batches(run.phases[0]))
    assert set(batch.families) == {"dyed"}


def test_without_phases_the_weights_are_those_it_was_given(tmp_path):
    run = engine(tmp_path)
    run.phases = []
    run.run()
    written = load_fusion_net(tmp_path / WEIGHTS).state_dict()
    for name, value in run.net.state_dict().items():
        torch.testing.assert_close(written[name], value, atol=1e-3, rtol=1e-3)
