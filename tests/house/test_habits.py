"""The code reads as agreed: linter, formatter and type checker have nothing to say, and nothing is too long.

Their settings are in pyproject.toml.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("fusion", "tests", "assets/scripts")
LONGEST_FUNCTION, LONGEST_FILE = 40, 300
"""Lines. What is longer is asking to be two things."""

COMMANDS = {
    "check": ("ruff", "check", "--quiet", "."),
    "format": ("ruff", "format", "--check", "--quiet", "."),
    "types": ("mypy", "--no-error-summary"),
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_it_has_nothing_to_say(command):
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def too_long(source: str, name: str) -> list[str]:
    """Functions and the file itself, where they are over their limit."""
    found = [f"{name} has {count} lines"] if (count := len(source.splitlines())) > LONGEST_FILE else []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            count = node.end_lineno - node.lineno + 1
            found += [f"{name}: {node.name} has {count} lines"] if count > LONGEST_FUNCTION else []
    return found


def test_nothing_is_too_long():
    paths = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    assert len(paths) > 100
    assert [row for path in paths for row in too_long(path.read_text("utf-8"), str(path.relative_to(ROOT)))] == []


def test_a_long_function_is_seen():
    body = "    x = 1\n" * LONGEST_FUNCTION
    assert too_long(f"def f():\n{body}", "a.py") == [f"a.py: f has {LONGEST_FUNCTION + 1} lines"]
    assert too_long("x = 1\n" * (LONGEST_FILE + 1), "a.py") == [f"a.py has {LONGEST_FILE + 1} lines"]
