"""The one training engine: runs phases, keeps an average of the weights, writes checkpoints, and can go on from them.

Devices, precision and processes are Hugging Face Accelerate's. A run's folder holds ``checkpoint.safetensors``
(everything needed to resume), ``log.jsonl`` (losses and where the time went), ``sheets/`` (samples on held-out pairs)
and, at the end, ``weights/`` (the averaged weights, half precision).
"""

from __future__ import annotations

import json
import math
import time
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import torch
from torch import Tensor

from fusion.alignment import alignment
from fusion.data.art_styles import training_styles
from fusion.data.batch import Batch, collate
from fusion.data.loader import TrainingSteps, loader
from fusion.data.sampler import PairSampler, PairTeacher
from fusion.errors import FusionError
from fusion.evaluation.contact_sheet import own_output, write_sheet
from fusion.evaluation.metrics import psnr
from fusion.evaluation.perceptual import Perceptual
from fusion.model import FusionNet
from fusion.model.weights import save_fusion_net
from fusion.training.checkpoint import (
    CheckpointError,
    optimizer_tensors,
    read_snapshot,
    restore_optimizer,
    write_snapshot,
)
from fusion.training.criterion import SIMILARITY, Criterion, freeze
from fusion.training.phases import Phase
from fusion.training.runtime import EMA, Clock, TrainConfig, build_accelerator

CHECKPOINT, LOG, SHEETS, WEIGHTS = "checkpoint.safetensors", "log.jsonl", "sheets", "weights"
BETAS, WEIGHT_DECAY, CLIP = (0.9, 0.98), 1e-2, 1.0


class TrainingStopped(FusionError):
    """Training cannot go on; the message says why, and where the evidence lies."""


class Engine:
    """Trains ``net`` through ``phases`` on pairs of ``teacher``.

    ``minutes_spent``: what setting up took, counted against the first phase's limit.
    """

    def __init__(
        self,
        net: FusionNet,
        phases: Sequence[Phase],
        teacher: PairTeacher,
        settings: TrainConfig,
        perceptual: Perceptual | None = None,
        minutes_spent: float = 0.0,
    ) -> None:
        self.settings, self.phases, self.teacher = settings, list(phases), teacher
        self.accelerator = build_accelerator(settings)
        torch.manual_seed(settings.seed)
        self.device = self.accelerator.device
        self.net = net.to(self.device, memory_format=torch.channels_last)
        self.perceptual = perceptual.to(self.device) if isinstance(perceptual, torch.nn.Module) else perceptual
        self.average = EMA(self.net, settings.ema)
        self.index, self.step, self.minutes = 0, 0, minutes_spent
        self.history: deque[float] = deque()
        self.restored: dict[str, Tensor] = {}
        self.stopping = False
        self.clock = Clock()
        self.pairs = 0
        self._samples: dict[int, Batch] = {}

    # ------------------------------------------------------------------------------------------ running

    def run(self) -> None:
        """All phases that are left, then the averaged weights in ``out/weights``."""
        while self.index < len(self.phases) and not self.stopping:
            self.run_phase(self.phases[self.index])
            if not self.stopping:
                self.index, self.step, self.minutes = self.index + 1, 0, 0.0
                self.history.clear()
                self.restored = {}
                self.save()
        if self.accelerator.is_main_process:
            save_fusion_net(self.average.network(self.net), self.settings.out / WEIGHTS)
        self.accelerator.end_training()

    def run_phase(self, phase: Phase) -> None:
        """One phase, from wherever it stands to its end (or until ``stopping`` is set)."""
        freeze(self.net, phase.trains)
        learned = [p for p in self.net.parameters() if p.requires_grad]
        optimizer = torch.optim.AdamW(
            learned, lr=phase.learning_rate, betas=BETAS, weight_decay=WEIGHT_DECAY, fused=True
        )
        if self.restored:
            restore_optimizer(optimizer, self.restored)
        criterion, optimizer = self.accelerator.prepare(Criterion(self.net, phase, self.perceptual), optimizer)
        self.optimizer = optimizer
        start, before = time.monotonic(), self.minutes
        marks = {"checkpoint": start, "sheet": start}
        losses: dict[str, float] = defaultdict(float)
        batches = iter(self.batches(phase))
        bar = self.progress_bar(phase)
        while not self.over(phase):
            with self.clock.part("data"):
                batch = next(batches).to(self.device)
            terms = self.train_step(criterion, optimizer, phase, batch, learned)
            self.step += 1
            self.pairs += len(batch) * self.accelerator.num_processes
            self.minutes = self.agreed(before + (time.monotonic() - start) / 60)
            for name, value in terms.items():
                losses[name] += value
            if self.step % self.settings.log_every == 0:
                self.report(phase, losses, bar)
                losses.clear()
            self.keep(phase, marks)
        bar.close()
        self.sheet(phase)
        self.save()
        self.accelerator.free_memory()

    def over(self, phase: Phase) -> bool:
        """Whether ``phase`` has had its steps or minutes, its switch says so, or the run is asked to stop."""
        switched = phase.switch is not None and phase.switch.reached(list(self.history))
        ends = self.stopping or switched or phase.fraction(self.step, self.minutes) >= 1
        return self.agreed(float(ends)) > 0

    def agreed(self, value: float) -> float:
        """The main process's ``value``: rates and endings must be the same in all processes."""
        if self.accelerator.num_processes == 1:
            return value
        from accelerate.utils import broadcast

        return float(broadcast(torch.tensor(value, dtype=torch.float64, device=self.device)))

    def batches(self, phase: Phase) -> Iterator[Batch]:
        """The phase's batches from the current step on, the same whenever they are asked for."""
        stream = (self.settings.seed, self.phases.index(phase), self.accelerator.process_index)
        styles = training_styles(self.settings.styles, phase.size, self.teacher.frame) if not phase.paints else ()
        sampler = PairSampler(self.teacher, self.settings.split, phase.families)
        steps = TrainingSteps(sampler, phase.batch, phase.size, phase.paints, stream, styles)
        stop = 10**9 if math.isinf(phase.steps) else int(phase.steps)
        return iter(loader(steps, self.step, stop, self.settings.workers))

    def train_step(self, criterion, optimizer, phase: Phase, batch: Batch, learned: list[Tensor]) -> dict[str, float]:
        """One optimiser step; the unweighted terms and their weighted sum as numbers."""
        rate = phase.rate(self.step, self.minutes)
        for group in optimizer.param_groups:
            group["lr"] = rate
        with self.clock.part("forward"):
            terms = criterion(batch)
            loss = sum(phase.weights[name] * term for name, term in terms.items() if name in phase.weights)
            numbers = {name: float(term.detach()) for name, term in terms.items()} | {"loss": float(loss.detach())}
        if not math.isfinite(numbers["loss"]):
            self.stop_on_non_finite(batch, numbers)
        with self.clock.part("backward"):
            self.accelerator.backward(loss)
            self.accelerator.clip_grad_norm_(learned, CLIP)
        with self.clock.part("optimiser"):
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            self.average.update()
        if phase.switch is not None:
            self.history.append(numbers[SIMILARITY if phase.switch.kind == "similarity" else "loss"])
            while len(self.history) > 2 * phase.switch.window:
                self.history.popleft()
        return numbers

    def stop_on_non_finite(self, batch: Batch, numbers: dict[str, float]) -> None:
        """Keep the batch that broke the loss, and raise."""
        where = self.settings.out / "non-finite.safetensors"
        state = {"step": self.step, "losses": {name: str(value) for name, value in numbers.items()}, "keys": batch.keys}
        write_snapshot(where, {"batch": batch.tensors()}, state)
        bad = ", ".join(name for name, value in numbers.items() if not math.isfinite(value))
        raise TrainingStopped(
            f"The loss is not finite at step {self.step} ({bad}): the batch is kept in {where}; "
            "the last checkpoint is untouched."
        )

    # ------------------------------------------------------------------------------------------ keeping

    def keep(self, phase: Phase, marks: dict[str, float]) -> None:
        """Checkpoint and sheet when they are due."""
        now = time.monotonic()
        if now - marks["checkpoint"] >= self.settings.checkpoint_seconds:
            with self.clock.part("checkpoint"):
                self.save()
            marks["checkpoint"] = now
        if now - marks["sheet"] >= self.settings.sheet_seconds:
            self.sheet(phase)
            marks["sheet"] = time.monotonic()

    def save(self) -> None:
        """Everything needed to go on, in one file."""
        if not self.accelerator.is_main_process:
            return
        groups = {
            "net": self.net.state_dict(),
            "average": self.average.shadow,
            "optimizer": optimizer_tensors(self.optimizer) if self.step else {},
            "random": self.random_states(),
        }
        state = {
            "phase": self.index,
            "phases": [phase.name for phase in self.phases],
            "step": self.step,
            "minutes": self.minutes,
            "history": list(self.history),
            "average_steps": self.average.steps,
            "pairs": self.pairs,
            "seconds": self.clock.seconds,
            "config": asdict(self.net.config),
            "seed": self.settings.seed,
        }
        write_snapshot(self.settings.out / CHECKPOINT, groups, state)

    def random_states(self) -> dict[str, Tensor]:
        """Where the streams of random numbers stand: dropout's must go on, not start again."""
        states = {"torch": torch.get_rng_state()}
        if self.device.type == "cuda":
            states["cuda"] = torch.cuda.get_rng_state(self.device)
        return states

    def restore(self) -> None:
        """Go on from the folder's checkpoint."""
        groups, state = read_snapshot(self.settings.out / CHECKPOINT)
        names = [phase.name for phase in self.phases]
        if (
            state["config"] != asdict(self.net.config)
            or state["phases"] != names
            or state["seed"] != self.settings.seed
        ):
            raise CheckpointError(
                f"The checkpoint in {self.settings.out} belongs to a run with other settings "
                f"(phases {', '.join(state['phases'])}): resume with those, or choose another --out."
            )
        self.net.load_state_dict(groups["net"])
        for name, value in groups["average"].items():
            self.average.shadow[name].copy_(value)
        self.average.steps, self.pairs = state["average_steps"], state["pairs"]
        self.index, self.step = state["phase"], state["step"]
        self.minutes += state["minutes"]
        self.history.extend(state["history"])
        self.clock.seconds.update(state["seconds"])
        self.restored = groups.get("optimizer", {})
        torch.set_rng_state(groups["random"]["torch"])
        if self.device.type == "cuda" and "cuda" in groups["random"]:
            torch.cuda.set_rng_state(groups["random"]["cuda"], self.device)

    # ------------------------------------------------------------------------------------------ showing

    def progress_bar(self, phase: Phase):
        """A bar over the phase's share that is done, in percent."""
        from tqdm import tqdm

        hidden = not (self.settings.progress and self.accelerator.is_main_process)
        return tqdm(
            total=100, desc=phase.name, disable=hidden, mininterval=1.0, bar_format="{desc} {n:3.0f}%|{bar}|{postfix}"
        )

    def report(self, phase: Phase, losses: dict[str, float], bar) -> None:
        """A line of the log, the curves, the bar."""
        means = {name: round(value / self.settings.log_every, 6) for name, value in losses.items()}
        line = {
            "phase": phase.name,
            "step": self.step,
            "minutes": round(self.minutes, 3),
            "pairs": self.pairs,
            "rate": phase.rate(self.step, self.minutes),
            **means,
            "seconds": {name: round(value, 1) for name, value in self.clock.seconds.items()},
        }
        self.log(line)
        self.accelerator.log({f"{phase.name}/{name}": value for name, value in means.items()}, step=self.pairs)
        bar.set_postfix_str(f"step {self.step}, loss {means['loss']:.4f}, {self.minutes:.1f} min")
        bar.update(100 * phase.fraction(self.step, self.minutes) - bar.n)

    def log(self, line: dict) -> None:
        """Append ``line`` to the log."""
        if self.accelerator.is_main_process:
            with open(self.settings.out / LOG, "a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")

    def sheet(self, phase: Phase) -> None:
        """A sheet of held-out pairs under the averaged weights, and how well they align."""
        if not self.accelerator.is_main_process or not self.settings.samples:
            return
        with self.clock.part("sheets"):
            if phase.size not in self._samples:
                drawn = PairSampler(self.teacher, "pairs").draw(self.settings.samples, 0)
                self._samples[phase.size] = collate(drawn, self.teacher, phase.size).to(self.device)
            batch, net = self._samples[phase.size], self.average.network(self.net)
            with self.accelerator.autocast():
                output = own_output(net, batch)
            write_sheet(
                self.settings.out / SHEETS / f"{self.index}-{phase.name}-{self.step:06d}.png", net, batch, output
            )
            main_ok = output.main == batch.main
            found = alignment(output.layout, output.presence, batch.layout, batch.presence, batch.content, main_ok)
            values = {
                "main": main_ok.float().mean(),
                "iou": found.iou.mean(),
                "aligned": found.aligned.float().mean(),
                "psnr": psnr(net.to_rgba(output.image.float()), batch.target).mean(),
                "psnr_composite": psnr(output.composite.float(), batch.target).mean(),
            }
        held_out = {name: round(float(value), 4) for name, value in values.items()}
        self.log({"phase": phase.name, "step": self.step, "minutes": round(self.minutes, 3), "held_out": held_out})
        self.accelerator.log({f"held-out/{name}": value for name, value in held_out.items()}, step=self.pairs)
