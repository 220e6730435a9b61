"""What a run tells while it goes on: ``log.jsonl``, the tracker's curves and the progress bar."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from fusion.training.phases import Phase
from fusion.training.progress import Progress
from fusion.training.runtime import TrainConfig

if TYPE_CHECKING:
    from accelerate import Accelerator
    from tqdm import tqdm

LOG = "log.jsonl"


class RunLog:
    """The log of one run; only the main process writes and shows anything."""

    def __init__(self, config: TrainConfig, accelerator: Accelerator) -> None:
        self.config, self.accelerator, self.path = config, accelerator, Path(config.out) / LOG

    def bar(self, phase: Phase) -> tqdm:
        """A bar over the phase's share that is done, in percent."""
        from tqdm import tqdm

        hidden = not (self.config.progress and self.accelerator.is_main_process)
        form = "{desc} {n:3.0f}%|{bar}|{postfix}"
        return tqdm(total=100, desc=phase.name, disable=hidden, mininterval=1.0, bar_format=form)

    def step(self, phase: Phase, progress: Progress, terms: Mapping[str, float], bar: tqdm) -> None:
        """Add the terms of a step; every ``log_every`` steps their means go to the log, the curves and the bar."""
        progress.add(terms)
        if progress.step % self.config.log_every:
            return
        means = {name: round(value, 6) for name, value in progress.means().items()}
        rate = phase.rate(progress.step, progress.minutes)
        seconds = {name: round(value, 1) for name, value in progress.clock.seconds.items()}
        self.write(phase, progress, {"pairs": progress.pairs, "rate": rate, **means, "seconds": seconds})
        self.accelerator.log({f"{phase.name}/{name}": value for name, value in means.items()}, step=progress.pairs)
        bar.set_postfix_str(f"step {progress.step}, loss {means['loss']:.4f}, {progress.minutes:.1f} min")
        bar.update(100 * phase.fraction(progress.step, progress.minutes) - bar.n)

    def held_out(self, phase: Phase, progress: Progress, figures: Mapping[str, float]) -> None:
        """How the averaged weights do on held-out pairs."""
        self.write(phase, progress, {"held_out": figures})
        self.accelerator.log({f"held-out/{name}": value for name, value in figures.items()}, step=progress.pairs)

    def write(self, phase: Phase, progress: Progress, facts: Mapping[str, object]) -> None:
        """Append one line of JSON."""
        if self.accelerator.is_main_process:
            line = {"phase": phase.name, "step": progress.step, "minutes": round(progress.minutes, 3), **facts}
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
