"""What several files need and takes long to make: made once in a run, for all of its processes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

if TYPE_CHECKING:  # at run time only where it is needed: coverage counts no line that ran before it
    from fusion.pipeline.fuser import Fuser


@pytest.fixture(scope="session")
def worded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Fuser, Path]:
    """An untrained network that reads words and names families, and the folder of its ONNX graphs."""
    pytest.importorskip("onnxscript", reason="the extra onnx is not installed")
    from fusion.model.weights import load_fusion_net
    from fusion.pipeline.fuser import Fuser
    from tests.support.tiny import write_worded_graphs

    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if hasattr(request.config, "workerinput") else base) / "worded"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            write_worded_graphs(base / "half-written")
            (base / "half-written").rename(folder)
    return Fuser(net=load_fusion_net(folder / "weights"), device="cpu", quick=False), folder
