"""The engines tell nobody that they run: the ONNX runtime makes no number for the machine and keeps nothing to send."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")


def test_the_onnx_runtime_leaves_nothing_in_a_home(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    command = [sys.executable, "-c", "import fusion.pipeline.engines.onnx"]
    settings = environment | {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run(command, cwd=ROOT, env=settings, check=True)
    assert [path for path in tmp_path.rglob("*") if "onnx" in path.name.lower()] == []
