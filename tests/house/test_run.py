"""The test command: the tests of a file go to one process, so that what they share is made once."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE = """
import os
import pytest

@pytest.mark.parametrize("number", range(6))
def test_it(number):
    with open(__file__ + ".log", "a") as log:
        print(os.environ["PYTEST_XDIST_WORKER"], file=log)
"""


def test_the_tests_of_a_file_share_a_process(tmp_path):
    options = re.search(r" (--dist .*?) --cov", (ROOT / "tests" / "run").read_text("utf-8"))[1].split()
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    for name in "abcd":
        (tmp_path / f"test_{name}.py").write_text(FILE)
    command = [sys.executable, "-m", "pytest", "-p", "xdist", "-p", "no:cacheprovider", "-n", "2", *options]
    settings = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    seen = [log.read_text().split() for log in sorted(tmp_path.glob("*.log"))]
    assert [len(workers) for workers in seen] == [6] * 4
    assert [len(set(workers)) for workers in seen] == [1] * 4
