"""A server's threads sleep while they wait for each other: spinning ones take the cores from everybody else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
POLICY = "OMP_WAIT_POLICY = 'PASSIVE'"
SERVE = """
import sys
from fusion.ui import launcher

def stop(*_):
    import torch
    sys.exit(0)

launcher.build_backend = stop
launcher.main([])
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the library that says so is Linux's")


def settings(told: dict[str, str]) -> str:
    """What the library of torch's threads says of itself in a server."""
    environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    environment |= {"OMP_DISPLAY_ENV": "TRUE", **told}
    done = subprocess.run([sys.executable, "-c", SERVE], cwd=ROOT, env=environment, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stderr.decode()


def test_threads_sleep_unless_the_environment_says_otherwise():
    assert POLICY in settings({})
    assert POLICY not in settings({"OMP_WAIT_POLICY": "active"})
