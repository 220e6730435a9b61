"""The one training engine: runs phases, keeps an average of the weights, writes checkpoints, and can go on from them.

Devices, precision and processes are Hugging Face Accelerate's. A run's folder holds ``checkpoint.safetensors``
(everything needed to resume), ``log.jsonl`` (losses and where the time went), ``sheets/`` (samples on held-out pairs)
and, at the end, ``weights/`` (the averaged weights, half precision).
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from fusion.data.art_styles import StyledSprites, training_styles
from fusion.data.batch import Batch
from fusion.data.corrections import CorrectedPairs, corrected_pairs
from fusion.data.foreign_pairs import ForeignPairs
from fusion.data.loader import TrainingSteps, loader
from fusion.data.sampler import PairSampler, PairTeacher
from fusion.evaluation.perceptual import Perceptual
from fusion.kitchen.dataset import KitchenDataset
from fusion.model import FusionNet
from fusion.model.layers import channels_last
from fusion.model.weights import save_fusion_net
from fusion.training.averaging import averaged_net, net_of
from fusion.training.criterion import SIMILARITY
from fusion.training.learner import Learner
from fusion.training.phases import Phase
from fusion.training.progress import Due, Progress
from fusion.training.resume import RunCheckpoint
from fusion.training.run_log import RunLog
from fusion.training.runtime import TrainConfig, build_accelerator
from fusion.training.samples import Samples

SHEETS, WEIGHTS = "sheets", "weights"
ENDLESS = 10**9
"""Steps of a phase that only time ends."""


class Engine:
    """Trains ``net`` through ``phases`` on pairs of ``teacher``.

    ``minutes_spent``: what setting up took, counted against the first phase's limit. Setting ``stopping`` ends the
    run after the current step, with a checkpoint.
    """

    def __init__(
        self,
        net: FusionNet,
        phases: Sequence[Phase],
        teacher: PairTeacher,
        config: TrainConfig,
        perceptual: Perceptual | None = None,
        minutes_spent: float = 0.0,
    ) -> None:
        self.config, self.phases, self.teacher = config, list(phases), teacher
        self.accelerator = build_accelerator(config)
        self.device: torch.device = self.accelerator.device
        torch.manual_seed(config.seed)
        self.net = channels_last(net, self.device)
        self.average = averaged_net(self.net, config.ema)
        self.perceptual = perceptual.to(self.device) if isinstance(perceptual, torch.nn.Module) else perceptual
        self.progress = Progress(minutes=minutes_spent)
        self.optimizer_state: dict[str, Tensor] = {}
        self.stopping = False
        self.log = RunLog(config, self.accelerator)
        self.samples = Samples(teacher, config.samples, self.device)
        names = [phase.name for phase in self.phases]
        self.checkpoint = RunCheckpoint(config.out, self.net, self.average, names, config.seed, self.device)

    def restore(self) -> None:
        """Go on from the folder's checkpoint."""
        self.optimizer_state = self.checkpoint.restore(self.progress)

    @property
    def finished(self) -> bool:
        """Whether no phase is left to run."""
        return self.progress.phase >= len(self.phases)

    def run(self) -> None:
        """All phases that are left, then the averaged weights in ``out/weights``."""
        while not self.finished and not self.stopping:
            self.run_phase(self.phases[self.progress.phase])
            if not self.stopping:
                self.progress.begin_next_phase()
                self.optimizer_state = {}
                self.save()
        if self.accelerator.is_main_process:
            save_fusion_net(net_of(self.average), self.config.out / WEIGHTS)
        self.accelerator.end_training()

    def run_phase(self, phase: Phase) -> None:
        """One phase, from wherever it stands to its end (or until ``stopping`` is set)."""
        learner = Learner(
            self.net, phase, self.accelerator, self.perceptual, self.config.out, optimizer_state=self.optimizer_state
        )
        start, spent = time.monotonic(), self.progress.minutes
        checkpoint_due, sheet_due = Due(self.config.checkpoint_seconds), Due(self.config.sheet_seconds)
        batches = self.batches(phase)
        with self.log.bar(phase) as bar:
            while not self.over(phase):
                terms = self.train_step(learner, batches)
                self.progress.minutes = self.agreed(spent + (time.monotonic() - start) / 60)
                self.log.step(phase, self.progress, terms, bar)
                if checkpoint_due:
                    self.save(learner)
                    checkpoint_due.done()
                if sheet_due:
                    self.show_samples(phase)
                    sheet_due.done()
        self.show_samples(phase)
        self.save(learner)
        self.accelerator.free_memory()

    def train_step(self, learner: Learner, batches: Iterator[Batch]) -> dict[str, float]:
        """Learn from the next batch and count it; the unweighted loss terms and ``loss``."""
        with self.progress.clock.part("data"):
            batch = next(batches).to(self.device)
        terms = learner.step(batch, self.progress)
        with self.progress.clock.part("average"):
            self.average.update_parameters(self.net)
        if switch := learner.phase.switch:
            self.progress.watch(terms[SIMILARITY if switch.kind == "similarity" else "loss"], switch.window)
        self.progress.step += 1
        self.progress.pairs += len(batch) * self.accelerator.num_processes
        return terms

    def batches(self, phase: Phase) -> Iterator[Batch]:
        """The phase's batches from the current step on, the same whenever they are asked for."""
        stream = (self.config.seed, self.phases.index(phase), self.accelerator.process_index)
        styles = training_styles(self.config.styles, phase.size, self.teacher.frame) if not phase.paints else ()
        words = self.net.config.words
        wishes = phase.wishes if words else 0.0
        sampler = PairSampler(self.teacher, self.config.split, phase.families, wishes=wishes)
        stickers = self.stickers(phase)
        steps = TrainingSteps(
            sampler,
            phase.batch,
            phase.size,
            phase.paints,
            stream,
            styles,
            stickers,
            words,
            self.corrections(phase),
            self.config.correction_share,
            self.config.nudges,
            self.config.disguises,
            self.foreign_pairs(phase, styles) if styles else None,
        )
        stop = ENDLESS if math.isinf(phase.steps) else int(phase.steps)
        return iter(loader(steps, self.progress.step, stop, self.config.workers))

    def foreign_pairs(self, phase: Phase, styles: Sequence[StyledSprites]) -> ForeignPairs:
        """Pairs of other styles for a phase that paints nothing. Nobody wishes anything of them."""
        sampler = PairSampler(self.teacher, self.config.split, phase.families)
        return ForeignPairs(styles, sampler, self.net.config.roster, self.config.seed)

    def stickers(self, phase: Phase) -> KitchenDataset | None:
        """Real stickers for a picture phase, where the run has a kitchen."""
        if self.config.kitchen is None or not phase.fuses:
            return None
        return KitchenDataset(self.config.kitchen, phase.size, self.net.config.frame, split=self.config.split)

    def corrections(self, phase: Phase) -> CorrectedPairs | None:
        """A person's corrections for a phase that paints nothing, where the run has some."""
        if self.config.corrections is None or phase.paints:
            return None
        return corrected_pairs(self.config.corrections, self.teacher)

    def over(self, phase: Phase) -> bool:
        """Whether ``phase`` has had its steps or minutes, its switch says so, or the run is asked to stop."""
        switched = phase.switch is not None and phase.switch.reached(self.progress.history)
        ends = self.stopping or switched or phase.fraction(self.progress.step, self.progress.minutes) >= 1
        return self.agreed(float(ends)) > 0

    def agreed(self, value: float) -> float:
        """The main process's ``value``: rates and endings must be the same in all processes."""
        if self.accelerator.num_processes == 1:
            return value
        from accelerate.utils import broadcast

        return float(broadcast(torch.tensor(value, dtype=torch.float64, device=self.device)))

    def save(self, learner: Learner | None = None) -> None:
        """Write the checkpoint; ``learner``: whose phase is under way, none between two phases."""
        if self.accelerator.is_main_process:
            with self.progress.clock.part("checkpoint"):
                self.checkpoint.save(self.progress, learner.state() if learner else {})

    def show_samples(self, phase: Phase) -> None:
        """A sheet of held-out pairs under the averaged weights, and how well they align, where samples are wanted."""
        if not self.accelerator.is_main_process or not self.config.samples:
            return
        path = self.config.out / SHEETS / f"{self.progress.phase}-{phase.name}-{self.progress.step:06d}.png"
        with self.progress.clock.part("sheets"), self.accelerator.autocast():
            figures = self.samples.show(net_of(self.average), phase.size, path)
        self.log.held_out(phase, self.progress, figures)
