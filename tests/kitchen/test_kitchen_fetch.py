"""The download against a server that misbehaves: nothing twice, nothing lost, nothing half-written."""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from tenacity import RetryCallState

from fusion.cli.kitchen import add_arguments, run
from fusion.kitchen.download import LONGEST_WAIT, RetryPolicy, TryAgain, raise_for
from fusion.kitchen.metadata import KitchenError
from tests.support.sticker_server import serving

ROOT = Path(__file__).parents[2]
QUICK = ["--timeout", "1.5", "--backoff", "0.01", "--rate", "500", "--tries", "3"]
PROGRAM = """
import argparse, signal, sys
from fusion.cli.kitchen import add_arguments, run
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job inherits it ignored
parser = argparse.ArgumentParser()
add_arguments(parser)
sys.exit(run(parser.parse_args()))
"""


@pytest.fixture
def kitchen():
    with serving() as running:
        yield running


def command(*words):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args([str(word) for word in words]))


def fetch(kitchen, out, *more):
    return command("fetch", "--metadata", kitchen.url + "/metadata.json", "--out", out, *QUICK, *more)


def pictures(out):
    """Finished stickers by the name the server knows them by."""
    return {
        f"/{date}/u{left}/u{left}_u{right}.png": path.read_bytes()
        for path in (out / "stickers").rglob("*.png")
        for left, right, date in [path.stem.split("_")]
    }


def served(kitchen):
    return {path: body for path, body in kitchen.files.items() if path.endswith(".png")}


def failures(out):
    path = out / "failures.json"
    return json.loads(path.read_text()) if path.exists() else []


def leftovers(out, ending):
    return list(out.rglob(f"*{ending}"))


def test_all_arrives_once_politely(kitchen, tmp_path, capsys):
    kitchen.stickers(12)
    assert fetch(kitchen, tmp_path, "--concurrency", "3") == 0
    assert pictures(tmp_path) == served(kitchen)
    assert set(kitchen.requests.values()) == {1}
    assert kitchen.most <= 3
    assert all("emoji-fusion" in agent for agent in kitchen.agents)
    before = kitchen.requests.copy()
    assert fetch(kitchen, tmp_path) == 0
    assert kitchen.requests == before, "a second run asks for nothing"
    assert "12 already here" in capsys.readouterr().err
    assert not leftovers(tmp_path, ".partial")
    assert not failures(tmp_path)


def test_passing_faults_are_overcome(kitchen, tmp_path):
    kitchen.stickers(6)
    faults = [[500], ["slow"], ["cut"], ["page"], [503, "cut"], [429]]
    kitchen.script = dict(zip(served(kitchen), faults, strict=True))
    asked = {path: 1 + len(faults) for path, faults in kitchen.script.items()}
    assert fetch(kitchen, tmp_path) == 0
    assert pictures(tmp_path) == served(kitchen)
    assert {path: kitchen.requests[path] for path in asked} == asked
    assert not failures(tmp_path)


def test_a_cut_off_file_is_continued_not_repeated(kitchen, tmp_path):
    kitchen.stickers(1)
    [path] = served(kitchen)
    kitchen.script = {path: ["cut", "cut"]}
    assert fetch(kitchen, tmp_path) == 0
    assert kitchen.requests[path] == 3
    assert kitchen.sent[path] == len(kitchen.files[path]), "every byte travelled once"


def test_a_server_without_ranges_starts_the_file_anew(kitchen, tmp_path):
    kitchen.stickers(1)
    [path] = served(kitchen)
    kitchen.script = {path: ["cut", "no-range"]}
    assert fetch(kitchen, tmp_path) == 0
    assert pictures(tmp_path) == served(kitchen)


def test_a_wrong_part_left_behind_does_not_spoil_the_sticker(kitchen, tmp_path):
    kitchen.stickers(2)
    folder = tmp_path / "stickers" / "1f600"
    folder.mkdir(parents=True)
    (folder / "1f600_1f400_20230418.png.partial").write_bytes(b"x" * 40)
    (folder / "1f600_1f401_20230418.png.partial").write_bytes(b"x" * 10**6)
    assert fetch(kitchen, tmp_path) == 0
    assert pictures(tmp_path) == served(kitchen)


def test_404_is_final_and_lasting_faults_are_listed(kitchen, tmp_path, capsys):
    kitchen.stickers(5)
    gone, broken, page, forbidden, _ = served(kitchen)
    kitchen.script = {gone: [404] * 9, broken: [500] * 3, page: ["page"] * 3, forbidden: [403]}
    assert fetch(kitchen, tmp_path) == 1
    assert [kitchen.requests[path] for path in (gone, broken, page, forbidden)] == [1, 3, 3, 1]
    listed = {item["url"].removeprefix(kitchen.url): (item["reason"], item["final"]) for item in failures(tmp_path)}
    assert listed == {
        gone: ("HTTP 404", True),
        broken: ("HTTP 500", False),
        page: ("not a PNG", False),
        forbidden: ("HTTP 403", False),
    }
    assert "1 fetched" in capsys.readouterr().err
    assert fetch(kitchen, tmp_path) == 0
    assert kitchen.requests[gone] == 1, "what is gone is not asked for again"
    assert pictures(tmp_path).keys() == served(kitchen).keys() - {gone}
    assert [item["final"] for item in failures(tmp_path)] == [True]


def test_a_server_that_is_away_is_left_alone(kitchen, tmp_path, capsys):
    kitchen.stickers(60)
    kitchen.script = {path: [500] * 99 for path in served(kitchen)}
    assert fetch(kitchen, tmp_path, "--tries", "1", "--concurrency", "2") == 1
    assert sum(kitchen.requests[path] for path in served(kitchen)) < 30
    assert "in a row" in capsys.readouterr().err


def start(kitchen, out):
    """The same command in a process of its own, patient enough to be caught in the middle."""
    words = ["fetch", "--metadata", kitchen.url + "/metadata.json", "--out", str(out), "--concurrency", "2"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words, "--timeout", "30", "--rate", "500"],
        env=environment,
        stderr=subprocess.DEVNULL,
    )


def test_killed_half_way_the_second_run_completes_and_repeats_nothing(kitchen, tmp_path):
    kitchen.stickers(10)
    paths = list(served(kitchen))
    kitchen.script = {paths[4]: ["stall"], paths[6]: ["stall"]}
    process = start(kitchen, tmp_path)
    assert kitchen.stalled.wait(20)
    halves = sorted(len(kitchen.files[paths[index]]) // 2 for index in (4, 6))
    while sorted(path.stat().st_size for path in leftovers(tmp_path, ".png.partial")) != halves:
        assert process.poll() is None
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    kitchen.released.set()
    arrived = pictures(tmp_path)
    assert arrived.keys() == {paths[index] for index in (0, 1, 2, 3, 5)}, "caught in the middle"
    assert all(kitchen.files[path] == body for path, body in arrived.items()), "final names are whole files"

    assert fetch(kitchen, tmp_path) == 0
    assert pictures(tmp_path) == served(kitchen)
    assert all(kitchen.requests[path] == (2 if path in (paths[4], paths[6]) else 1) for path in paths)
    assert all(kitchen.sent[path] == len(kitchen.files[path]) for path in paths), "every byte travelled once"
    assert kitchen.requests["/metadata.json"] == 1


def test_an_interrupt_ends_the_run_in_order(kitchen, tmp_path):
    kitchen.stickers(6)
    kitchen.script = {path: ["stall"] for path in list(served(kitchen))[2:4]}
    process = start(kitchen, tmp_path)
    assert kitchen.stalled.wait(20)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    kitchen.released.set()
    assert fetch(kitchen, tmp_path) == 0
    assert pictures(tmp_path) == served(kitchen)


def test_a_folder_that_cannot_be_written_is_one_sentence(kitchen, tmp_path):
    kitchen.stickers(3)
    (tmp_path / "stickers").write_text("in the way")
    with pytest.raises(KitchenError, match="cannot be written"):
        fetch(kitchen, tmp_path)


def test_killed_between_the_last_byte_and_the_name(kitchen, tmp_path):
    kitchen.stickers(1)
    [path] = served(kitchen)
    whole = tmp_path / "stickers" / "1f600" / "1f600_1f400_20230418.png"
    whole.parent.mkdir(parents=True)
    whole.with_name(whole.name + ".partial").write_bytes(kitchen.files[path])
    assert fetch(kitchen, tmp_path) == 0
    assert whole.read_bytes() == kitchen.files[path]
    assert kitchen.requests[path] == 0


def test_two_fetches_do_not_share_a_folder(kitchen, tmp_path):
    from filelock import FileLock

    kitchen.stickers(1)
    with FileLock(tmp_path / ".lock"), pytest.raises(KitchenError, match="Another fetch"):
        fetch(kitchen, tmp_path)


def test_metadata_from_a_file_and_a_missing_address(kitchen, tmp_path):
    content = kitchen.stickers(2)
    source = tmp_path / "source.json"
    source.write_text(json.dumps(content))
    assert command("fetch", "--metadata", source, "--out", tmp_path / "out", *QUICK) == 0
    assert json.loads((tmp_path / "out" / "metadata.json").read_text()) == content
    with pytest.raises(KitchenError, match="no file"):
        command("fetch", "--metadata", tmp_path / "none.json", "--out", tmp_path / "untouched")
    assert not (tmp_path / "untouched").exists(), "nothing half-written"
    del kitchen.files["/metadata.json"]
    with pytest.raises(KitchenError, match="404"):
        fetch(kitchen, tmp_path / "other")


def test_check_tells_missing_damaged_and_extra_apart(kitchen, tmp_path, capsys):
    kitchen.stickers(5)
    gone, *_ = served(kitchen)
    kitchen.script = {gone: [404]}
    fetch(kitchen, tmp_path)
    assert command("check", "--out", tmp_path) == 0
    folder = tmp_path / "stickers" / "1f600"
    cut, flipped, missing = (folder / f"1f600_1f40{index}_20230418.png" for index in (1, 2, 3))
    cut.write_bytes(cut.read_bytes()[:200])
    flipped.write_bytes(flipped.read_bytes()[:-6] + b"?" + flipped.read_bytes()[-5:])
    missing.unlink()
    (folder / "1f600_1f404_20201001.png").write_bytes(b"an older drawing")
    capsys.readouterr()
    assert command("check", "--out", tmp_path, "--json", "--remove-damaged") == 1
    found = json.loads(capsys.readouterr().out)
    names = {part: [Path(name).name for name in found[part]] for part in ("missing", "damaged", "extra", "absent")}
    assert names == {
        "missing": [missing.name],
        "damaged": [cut.name, flipped.name],
        "extra": ["1f600_1f404_20201001.png"],
        "absent": ["1f600_1f400_20230418.png"],
    }
    assert found["whole"] == 1
    assert fetch(kitchen, tmp_path) == 0
    assert command("check", "--out", tmp_path) == 0


def test_waits_double_and_heed_what_the_server_asks_for():
    def wait(attempt, asked=0.0):
        state = RetryCallState(None, None, (), {})
        state.attempt_number = attempt
        state.set_exception((TryAgain, TryAgain("HTTP 429", asked), None))
        return RetryPolicy(backoff=1.0).wait(state)

    for attempt in range(1, 6):
        assert 2 ** (attempt - 1) <= wait(attempt) <= 2 ** (attempt - 1) + 1
    assert len({wait(1) for _ in range(8)}) > 1, "clients that failed together do not come back together"
    assert wait(1, asked=40) == 40
    assert wait(1, asked=1e6) == wait(99) == LONGEST_WAIT


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("", 0.0), ("soon", 0.0)])
def test_retry_after_is_read(tmp_path, header, seconds):
    answer = httpx.Response(429, headers={"Retry-After": header})
    with pytest.raises(TryAgain) as failure:
        raise_for(answer, tmp_path / "part")
    assert failure.value.wait == seconds
