"""Where the ONNX graphs of a network lie, and what they tell about themselves. No torch, no ONNX package."""

from __future__ import annotations

import os
from pathlib import Path

from fusion.assets import ASSETS
from fusion.errors import FusionError

GRAPHS = ("perceive", "curve", "fuse")
WORD_ATTENTION = ("word_attention_first", "word_attention_second")
"""Outputs of perceive, (B, T, 4, 4), in the graphs of weights that read words."""
METADATA = "emoji-fusion"
"""Key of the metadata in each graph: JSON with ``weights`` (their hash), ``config`` and ``palette_view``."""
SHIPPED = ASSETS / "weights" / "fusion" / "onnx"
PRESET = "fusion"
"""The only preset that is exported."""


class GraphsError(FusionError):
    """ONNX graphs that are missing, damaged or of another network."""


def graph_file(folder: Path, graph: str) -> Path:
    """Where that graph lies."""
    return folder / f"{graph}.onnx"


def locate_graphs(weights: str | os.PathLike | None, preset: str | None) -> Path:
    """The folder of the graphs: ``weights``, ``onnx`` inside it, or those that ship. Raises GraphsError."""
    if preset not in (None, PRESET):
        raise GraphsError(f"The ONNX engine has no preset {preset!r}, only {PRESET!r}; choose --engine torch.")
    folder = SHIPPED if weights is None else Path(weights)
    for place in (folder, folder / "onnx"):
        if all(graph_file(place, graph).is_file() for graph in GRAPHS):
            return place
    raise GraphsError(f"There are no ONNX graphs in {folder}; make them with python -m fusion export --to {folder}.")
