"""One phase's criterion and optimiser: what a training step needs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from fusion.data.batch import Batch
from fusion.errors import FusionError
from fusion.evaluation.perceptual import Perceptual
from fusion.model import FusionNet
from fusion.training.checkpoint import optimizer_tensors, restore_optimizer, write_snapshot
from fusion.training.criterion import Criterion, freeze
from fusion.training.phases import Phase
from fusion.training.progress import Progress

if TYPE_CHECKING:
    from accelerate import Accelerator

BETAS, WEIGHT_DECAY, CLIP = (0.9, 0.98), 1e-2, 1.0
NON_FINITE = "non-finite.safetensors"


class TrainingStopped(FusionError):
    """Training cannot go on; the message says why, and where the evidence lies."""


class Learner:
    """Teaches the parts of ``net`` that ``phase`` trains; the rest is frozen, BatchNorm statistics included.

    ``evidence``: folder for the batch that broke the loss. ``optimizer_state``: of a checkpoint, empty for none.
    """

    def __init__(
        self,
        net: FusionNet,
        phase: Phase,
        accelerator: Accelerator,
        perceptual: Perceptual | None,
        evidence: Path,
        optimizer_state: Mapping[str, Tensor],
    ) -> None:
        freeze(net, phase.trains)
        self.phase, self.accelerator, self.evidence = phase, accelerator, evidence
        self.learned = [parameter for parameter in net.parameters() if parameter.requires_grad]
        optimizer = torch.optim.AdamW(
            self.learned, lr=phase.learning_rate, betas=BETAS, weight_decay=WEIGHT_DECAY, fused=True
        )
        if optimizer_state:
            restore_optimizer(optimizer, optimizer_state)
        self.criterion, self.optimizer = accelerator.prepare(Criterion(net, phase, perceptual), optimizer)

    def step(self, batch: Batch, progress: Progress) -> dict[str, float]:
        """One optimiser step; the unweighted terms, and as ``loss`` their weighted sum."""
        clock, rate = progress.clock, self.phase.rate(progress.step, progress.minutes)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        with clock.part("forward"):
            terms: dict[str, Tensor] = self.criterion(batch)
            loss = weighted_sum(terms, self.phase.weights)
            numbers = {name: float(term.detach()) for name, term in terms.items()} | {"loss": float(loss.detach())}
        if not math.isfinite(numbers["loss"]):
            self.stop_on_non_finite(batch, numbers, progress.step)
        with clock.part("backward"):
            self.accelerator.backward(loss)
            self.accelerator.clip_grad_norm_(self.learned, CLIP)
        with clock.part("optimiser"):
            self.optimizer.step()
            self.optimizer.zero_grad(set_to_none=True)
        return numbers

    def stop_on_non_finite(self, batch: Batch, numbers: Mapping[str, float], step: int) -> None:
        """Keep the batch that broke the loss, and raise TrainingStopped."""
        where = self.evidence / NON_FINITE
        losses = {name: str(value) for name, value in numbers.items()}
        write_snapshot(where, {"batch": batch.tensors()}, {"step": step, "losses": losses, "keys": batch.keys})
        bad = ", ".join(name for name, value in numbers.items() if not math.isfinite(value))
        raise TrainingStopped(
            f"The loss is not finite at step {step} ({bad}): the batch is kept in {where}; "
            "the last checkpoint is untouched."
        )

    def state(self) -> dict[str, Tensor]:
        """The optimiser's state as flat named tensors."""
        return optimizer_tensors(self.optimizer)


def weighted_sum(terms: Mapping[str, Tensor], weights: Mapping[str, float]) -> Tensor:
    """The loss: each term that has a weight, times it."""
    return torch.stack([weights[name] * term.float() for name, term in terms.items() if name in weights]).sum()
