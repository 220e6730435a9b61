"""The code reads as agreed: ruff has nothing to say. Its settings are in pyproject.toml."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "command", [("check", "--quiet"), ("format", "--check", "--quiet")], ids=lambda command: command[0]
)
def test_ruff_is_content(command):
    told = subprocess.run([sys.executable, "-m", "ruff", *command, "."], cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout + told.stderr
