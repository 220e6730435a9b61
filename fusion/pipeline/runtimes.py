"""What every engine offers: the same fusions, by torch or by ONNX graphs; and which of them this machine can run."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from fusion.errors import FusionError

if TYPE_CHECKING:
    from PIL import Image

    from fusion.frame import Frame
    from fusion.trace import FusionTrace

ENGINES = ("torch", "onnx")


class EngineError(FusionError):
    """The engine that was asked for cannot run here."""


class AnyFuser(Protocol):
    """A network ready to fuse; safe to share between threads."""

    preset: str
    weights_hash: str
    frame: Frame

    def fuse(
        self,
        first: str | Path | Image.Image,
        second: str | Path | Image.Image,
        *,
        main: str | None = None,
        layout: Sequence[float] | None = None,
        instances: Sequence[Sequence[float]] | None = None,
        hypothesis: int = 1,
        size: int = 256,
        disabled: frozenset[str] = frozenset(),
        teacher: bool = True,
        fit: bool = True,
        say: str | None = None,
        names: Sequence[str | None] | None = None,
    ) -> FusionTrace:
        """One fusion with its stages; see ``Fuser.fuse``."""

    def outputs(self, pairs: Sequence[tuple[str, str]], size: int = 256) -> np.ndarray:
        """The fused pictures of many pairs of keys, at once: premultiplied RGBA, float32 (B, S, S, 4) in [0, 1]."""


def available_engine() -> str:
    """``torch`` where it is installed, else ``onnx``."""
    return "torch" if find_spec("torch") else "onnx"


def build_engine(
    engine: str | None = None,
    weights: str | Path | None = None,
    device: str = "auto",
    preset: str | None = None,
) -> AnyFuser:
    """The engine of that name, or the one this machine has. Raises EngineError, WeightsError or RequestError.

    ``weights``, ``preset``: as for ``Fuser``; for ONNX a folder of graphs.
    """
    engine = engine or available_engine()
    if engine == "torch":
        if not find_spec("torch"):
            raise EngineError("torch is not installed here; install it, or choose --engine onnx.")
        from fusion.pipeline.fuser import Fuser

        return Fuser(weights, device, preset)
    if not find_spec("onnxruntime"):
        raise EngineError("onnxruntime is not installed here; pip install onnxruntime, or choose --engine torch.")
    from fusion.pipeline.engines.onnx import OnnxFuser

    if device == "cuda":
        raise EngineError("The ONNX engine runs on the CPU; choose --device cpu or --engine torch.")
    return OnnxFuser(weights, preset)
