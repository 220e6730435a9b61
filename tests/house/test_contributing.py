"""Each recipe of CONTRIBUTING, followed to the letter in a copy of the repository, works as it stands."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / ".github" / "CONTRIBUTING.md").read_text("utf-8")
RECIPES = {part.splitlines()[0]: part for part in TEXT.split("\n## ")[1:]}
STEP = re.compile(r"^`([\w/.]+)`, (new|(?:after|before|in place of) `([^`\n]+)`):\n```python\n(.*?)^```$", re.M | re.S)
CHECKS = re.compile(r"^```bash\n(.*?)^```$", re.M | re.S)
LONGEST = 10


def steps(recipe: str) -> list[tuple[str, str, str, str]]:
    """What is to be written: file, how ("new", "after", "before", "in place of"), the line it goes by, and the text."""
    return [(path, how.split(" `")[0], line, text) for path, how, line, text in STEP.findall(recipe)]


def follow(recipe: str, root: Path) -> set[str]:
    """Write what the recipe says into the copy at ``root``; returns the files."""
    for path, how, line, text in steps(recipe):
        if how == "new":
            (root / path).write_text(text, "utf-8")
            continue
        before = (root / path).read_text("utf-8").splitlines(keepends=True)
        assert before.count(line + "\n") == 1, f"{path} does not have exactly one line {line!r}"
        index = before.index(line + "\n")
        before[index + (how == "after") : index + (how != "before")] = [text]
        (root / path).write_text("".join(before), "utf-8")
    return {path for path, *_ in steps(recipe)}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The repository without its history; what ships in assets is only pointed to."""
    for name in ("fusion", "tests"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("app.py", "pyproject.toml", "README.md", "requirements.txt", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "assets").symlink_to(ROOT / "assets")
    return tmp_path


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    line = command.replace(".venv/bin/python", shlex.quote(sys.executable))
    return subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, text=True)


def test_there_is_a_recipe_for_each_thing():
    assert list(RECIPES) == ["A stage", "A preset", "A family", "An endpoint", "A training term", "A subcommand"]


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_short(name):
    """Its steps take at most ten lines, beside the text of a new file."""
    kept = [text for _, how, _, text in steps(RECIPES[name]) if how != "new"]
    checks = CHECKS.findall(RECIPES[name])
    assert sum(len(text.splitlines()) for text in (*kept, *checks)) <= LONGEST


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_works(name, copy):
    written = follow(RECIPES[name], copy)
    (checks,) = CHECKS.findall(RECIPES[name])
    assert written
    ruff = f".venv/bin/python -m ruff check {' '.join(written)} && .venv/bin/python -m ruff format --check ."
    for command in (*checks.splitlines(), ruff):
        done = run(command, copy)
        assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
