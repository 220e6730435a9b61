"""The cost of an engine is measured in a process of its own."""

import pytest

pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")

from fusion.evaluation.engine_bench import time_engines


@pytest.mark.weights
def test_both_engines_are_timed():
    rows = time_engines(size=64, rounds=2)
    assert [row["engine"] for row in rows] == ["torch", "onnx"]
    assert all(0 < row["ready_s"] < row["first_fusion_s"] for row in rows)
    assert rows[1]["peak_mib"] < rows[0]["peak_mib"]
    assert 0 < rows[1]["first_fusion_cpu_s"] < rows[0]["first_fusion_cpu_s"]
