"""What a training run stands on: its settings, device, precision and memory."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fusion.errors import FusionError

if TYPE_CHECKING:
    from accelerate import Accelerator


@dataclass(frozen=True)
class TrainConfig:
    """How a run runs. Times in seconds; ``workers``: processes that prepare batches.

    ``styles``: other art styles that the layout branch sees in its own phase. ``split``: which pairs are
    drawn, ``"train"`` or ``"all"`` (see ``splits``). ``kitchen``: folder of stickers that the picture phases mix in.
    ``corrections``: file of those that the layout phase mixes in, a share ``correction_share`` of each batch.
    ``nudges``: share of that phase's emoji that stand a little elsewhere; ``disguises``: that are drawn otherwise.
    """

    out: Path
    seed: int = 0
    workers: int = 1
    ema: float = 0.998
    log_every: int = 20
    checkpoint_seconds: float = 60.0
    sheet_seconds: float = 180.0
    samples: int = 64
    tracker: str | None = None
    device: str = "auto"
    precision: str = "bf16"
    progress: bool = True
    styles: tuple[str, ...] = ()
    split: str = "train"
    kitchen: Path | None = None
    corrections: Path | None = None
    correction_share: float = 0.25
    nudges: float = 0.0
    disguises: float = 0.0


def build_accelerator(config: TrainConfig) -> Accelerator:
    """Hugging Face Accelerate's handle on device, precision, processes and trackers."""
    try:
        from accelerate import Accelerator
        from accelerate.utils import DistributedDataParallelKwargs
    except ImportError as error:
        raise FusionError("Training needs a few more packages: pip install -r requirements-train.txt.") from error
    config.out.mkdir(parents=True, exist_ok=True)
    keep_freed_memory()
    accelerator = Accelerator(
        cpu=config.device == "cpu",
        mixed_precision=config.precision,
        log_with=config.tracker,
        project_dir=config.out,
        kwargs_handlers=[DistributedDataParallelKwargs(find_unused_parameters=True)],
    )
    if config.tracker:
        accelerator.init_trackers("emoji-fusion")
    return accelerator


def keep_freed_memory() -> None:
    """Let glibc keep what a step frees for the next one, instead of handing it back and fetching it page by page.

    Where there is no glibc, nothing happens.
    """
    trim_threshold, mmap_max = -1, -4  # glibc's malloc.h: M_TRIM_THRESHOLD, M_MMAP_MAX
    try:
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(mmap_max, 0)
        libc.mallopt(trim_threshold, 2**31 - 1)
    except (OSError, AttributeError):
        return
