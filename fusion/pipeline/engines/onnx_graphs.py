"""ONNX graphs as functions from arrays to arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnxruntime

from fusion.pipeline.engines.onnx_files import GraphsError

Arrays = dict[str, np.ndarray]
SPINNING = "session.intra_op.allow_spinning"


def load_graph(file: Path, threads: int) -> onnxruntime.InferenceSession:
    """A graph ready to run. Raises GraphsError."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = threads, 3
    # Threads that wait sleep. Spinning, they would take the processor from whatever else wants it.
    options.add_session_config_entry(SPINNING, "0")
    try:
        return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime has no common error of its own
        raise GraphsError(f"{file} is damaged ({error}); make it again with python -m fusion export.") from error


def run(
    graph: onnxruntime.InferenceSession, given: Mapping[str, np.ndarray], names: Sequence[str] | None = None
) -> Arrays:
    """The outputs of a batch of one by name, without the batch."""
    names = names or [output.name for output in graph.get_outputs()]
    return {name: value[0] for name, value in zip(names, graph.run(names, dict(given)), strict=True)}


def sigmoid(logits: np.ndarray | float) -> np.ndarray:
    """1 / (1 + exp(-logits)), float32, without overflow."""
    return (0.5 * (1 + np.tanh(0.5 * np.asarray(logits, np.float64)))).astype(np.float32)
