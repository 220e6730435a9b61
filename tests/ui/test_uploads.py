"""What visitors send lies in a folder of the process, which is gone after it, however it ended."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fusion.errors import FusionError
from fusion.ui.uploads import VARIABLE, inside, is_uploaded, own_folder, sweep, upload_folder

ROOT = Path(__file__).parents[2]
ANOTHER = """
import os, sys
from fusion.ui.uploads import own_folder
with own_folder() as folder:
    (folder / "a.png").write_bytes(b"x")
    print(folder, flush=True)
    sys.stdin.readline()
    os._exit(1)  # as if it were killed: nothing is cleaned up
"""


@pytest.fixture(autouse=True)
def given(tmp_path, monkeypatch) -> Path:
    """The folder that a person names."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "uploads"))
    return tmp_path / "uploads"


def test_it_lasts_as_long_as_the_process(given):
    with own_folder() as folder:
        assert upload_folder() == folder.resolve()
        assert folder.is_relative_to(given)
        (folder / "a.png").write_bytes(b"x")
        assert is_uploaded(str(folder / "a.png"))
        assert inside(str(folder / "b.png"))
        assert not is_uploaded(str(folder / "b.png"))
        assert not inside(str(folder / ".." / "b.png"))
    assert not folder.exists()
    assert os.environ[VARIABLE] == str(given)


def test_it_takes_the_system_s_folder_where_none_is_named(monkeypatch):
    monkeypatch.delenv(VARIABLE)
    with own_folder() as folder:
        assert folder.is_dir()
    assert VARIABLE not in os.environ


def test_what_ended_processes_left_is_removed_and_what_others_use_is_not():
    processes = [another() for _ in range(2)]
    folders = [Path(one.stdout.readline().strip()) for one in processes]
    try:
        assert all((folder / "a.png").exists() for folder in folders)
        processes[0].communicate("end\n")
        assert folders[0].exists()
        with own_folder() as mine:
            assert not folders[0].exists()
            assert (folders[1] / "a.png").exists()
            left = {path.name for path in mine.parent.iterdir()}
            assert {name for name in left if name.startswith(folders[0].name)} == set()
    finally:
        for one in processes:
            one.kill()
            one.communicate()


def another() -> subprocess.Popen:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-c", ANOTHER], cwd=ROOT, **pipes)


def test_old_files_and_empty_folders_go(tmp_path):
    for name in ("old/a.png", "new/b.png", "both/a.png", "both/b.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "empty").mkdir()
    (tmp_path / "just begun").mkdir()
    long_ago = time.time() - 7200
    for path in (tmp_path / "old/a.png", tmp_path / "both/a.png", tmp_path / "empty"):
        os.utime(path, (long_ago, long_ago))
    sweep(tmp_path)
    assert names(tmp_path) == ["both", "both/b.png", "just begun", "new", "new/b.png", "old"]
    os.utime(tmp_path / "old", (long_ago, long_ago))  # its file went an hour ago
    sweep(tmp_path)
    assert "old" not in names(tmp_path)


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_place_that_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file" / "below"))
    with pytest.raises(FusionError, match=VARIABLE), own_folder():
        pass


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs users with numbers")
def test_a_place_that_another_user_prepared(given, tmp_path):
    given.mkdir()
    (given / f"emoji-fusion-{os.getuid()}").symlink_to(tmp_path)
    with pytest.raises(FusionError, match="another user"), own_folder():
        pass
