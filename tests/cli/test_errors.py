"""The command line at its limits: each error is one line on stderr and exit code 2."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fusion.__main__ import main
from fusion.errors import FusionError
from fusion.files import write_beside
from fusion.interrupts import one_sentence
from fusion.ui import launcher

ROOT = Path(__file__).parents[2]


def faulty(capsys, *words: str) -> str:
    """What is said about a command line that cannot be followed."""
    try:
        code = main(list(words))
    except SystemExit as leaving:
        code = leaving.code
    told = capsys.readouterr().err
    assert code == 2
    assert told.count("\n") == 1
    return told


@pytest.mark.parametrize(
    "words",
    [
        ("fuse", "x" * 300, "pizza", "--json"),
        ("fuse", "x" * 300 + ".png", "pizza", "--json"),
        ("fuse", "a\0b", "pizza", "--json"),
        ("fuse", "~nobody-here/a.png", "pizza", "--json"),
        ("app", "--port", "80000"),
        ("app", "--port", "-1"),
        ("app", "--port", "0"),
        ("app", "--port", "abc"),
        ("catalog", "pizza", "--limit", "-3"),
    ],
)
def test_words_that_make_no_sense(capsys, words):
    faulty(capsys, *words)


def test_a_port_in_the_environment_that_is_none(capsys, monkeypatch):
    monkeypatch.setenv("GRADIO_SERVER_PORT", "abc")
    assert "'abc' is no port" in faulty(capsys, "app")


@pytest.mark.parametrize("name", ["a\0b.png", "x" * 300 + ".png", "missing/a.png"])
def test_names_that_cannot_be_written(tmp_path, name):
    with pytest.raises(FusionError), write_beside(tmp_path / name) as path:
        path.write_bytes(b"x")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_gets_full_leaves_nothing_behind(tmp_path):
    def write() -> None:
        with write_beside(tmp_path / "sheet.png") as path:
            path.write_bytes(b"half")
            raise OSError(28, "No space left on device")

    with pytest.raises(FusionError, match="No space left"):
        write()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux' full device")
def test_output_that_cannot_be_printed():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "fusion", "catalog", "pizza"],
            *(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            timeout=120,
        )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_an_interrupt_is_one_sentence(monkeypatch, capsys):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(launcher, "serve", interrupted)
    for begin in (launcher.main, lambda words: main(["app", *words])):
        with pytest.raises(SystemExit) as leaving:
            begin([])
        assert leaving.value.code == 130
        assert capsys.readouterr().err == "Interrupted.\n"


PRESSED = """
import os, runpy, signal, sys

class Press:
    def find_spec(self, name, *_):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
            if {compiled}:
                try:
                    signal.pthread_sigmask(signal.SIG_BLOCK, ())
                except KeyboardInterrupt:
                    raise ImportError("multiarray failed to import")

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job inherits it ignored
sys.meta_path.insert(0, Press())
sys.argv[1:] = {words!r}
runpy.{start}
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
@pytest.mark.parametrize("compiled", [False, True], ids=["python", "compiled"])
@pytest.mark.parametrize(
    ("start", "words", "module"),
    [
        ("run_path('app.py', run_name='__main__')", [], "fusion.ui.launcher"),
        ("run_path('app.py', run_name='__main__')", [], "numpy"),
        ("run_module('fusion', run_name='__main__')", ["fuse", "pizza", "fire", "-o", "a.png"], "fusion.cli.fuse"),
        ("run_module('fusion', run_name='__main__')", ["catalog", "pizza"], "numpy"),
    ],
)
def test_an_interrupt_while_modules_load_is_no_traceback(start, words, module, compiled):
    program = PRESSED.format(module=module, compiled=compiled, words=words, start=start)
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (130, "Interrupted.\n")


def test_errors_that_nobody_interrupted_stay_errors():
    with pytest.raises(ImportError), one_sentence():
        raise ImportError


def test_a_trace_without_matplotlib_is_one_sentence(monkeypatch, tmp_path, capsys):
    from fusion.cli import fuse

    monkeypatch.setattr(fuse, "find_spec", lambda name: None)
    assert main(["fuse", "😀", "🍕", "-o", str(tmp_path / "a.png"), "--trace", str(tmp_path / "stages")]) == 2
    said = capsys.readouterr().err
    assert "leave --trace out" in said
    assert said.count("\n") == 1
    assert not list(tmp_path.iterdir())
