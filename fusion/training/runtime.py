"""What a training run stands on: its settings, device and precision, memory, averaged weights and stopwatch."""

from __future__ import annotations

import copy
import ctypes
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch

from fusion.errors import FusionError
from fusion.model import FusionNet


@dataclass(frozen=True)
class TrainConfig:
    """How a run runs. Times in seconds; ``workers``: processes that prepare batches.

    ``styles``: other art styles that the layout branch sees in its own phase. ``split``: which pairs are
    drawn, ``"train"`` or ``"all"`` (see ``splits``).
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


class EMA:
    """Exponential moving average of a network's floating state, BatchNorm statistics included."""

    def __init__(self, net: FusionNet, decay: float) -> None:
        self.decay, self.steps = decay, 0
        self.live = {name: value for name, value in net.state_dict().items() if value.is_floating_point()}
        self.shadow = {name: value.clone() for name, value in self.live.items()}

    @torch.no_grad()
    def update(self) -> None:
        """One step; the decay starts low, so that the first weights are soon forgotten."""
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        torch._foreach_lerp_(list(self.shadow.values()), list(self.live.values()), 1 - decay)

    def network(self, net: FusionNet) -> FusionNet:
        """A copy of ``net`` with the averaged weights, in evaluation mode."""
        averaged = copy.deepcopy(net)
        averaged.load_state_dict(self.shadow, strict=False)
        return averaged.eval()


class Clock:
    """Seconds by part of the step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[name] += time.perf_counter() - start


def build_accelerator(settings: TrainConfig):
    """Hugging Face Accelerate's handle on device, precision, processes and trackers."""
    try:
        from accelerate import Accelerator
        from accelerate.utils import DistributedDataParallelKwargs
    except ImportError as error:
        raise FusionError(
            "Training needs a few more packages: pip install -r assets/requirements-train.txt."
        ) from error
    settings.out.mkdir(parents=True, exist_ok=True)
    keep_freed_memory()
    accelerator = Accelerator(
        cpu=settings.device == "cpu",
        mixed_precision=settings.precision,
        log_with=settings.tracker,
        project_dir=settings.out,
        kwargs_handlers=[DistributedDataParallelKwargs(find_unused_parameters=True)],
    )
    if settings.tracker:
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
