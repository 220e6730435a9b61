"""A run's checkpoint: everything needed to go on, and the settings that must be the same for it to fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypedDict

import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel

from fusion.model import FusionNet
from fusion.model.config import Setting
from fusion.training.checkpoint import CheckpointError, read_snapshot, write_snapshot
from fusion.training.progress import Progress

CHECKPOINT = "checkpoint.safetensors"


class RunIdentity(TypedDict):
    """What must be the same in a run that goes on: names of its phases, the network's settings, the seed."""

    phases: list[str]
    config: dict[str, Setting]
    seed: int


@dataclass
class RunCheckpoint:
    """The checkpoint in the folder ``out`` of the run that trains ``net`` through phases of these names."""

    out: Path
    net: FusionNet
    average: AveragedModel
    phases: list[str]
    seed: int
    device: torch.device

    def save(self, progress: Progress, optimizer: Mapping[str, Tensor]) -> None:
        """Write the networks, where the run stands, and the optimiser's state (empty between two phases)."""
        groups = {
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": optimizer,
            "random": random_states(self.device),
        }
        write_snapshot(self.out / CHECKPOINT, groups, {"run": self.run(), "progress": progress.state()})

    def restore(self, progress: Progress) -> dict[str, Tensor]:
        """Set the networks, ``progress`` and the random numbers to where the checkpoint stands.

        Returns the optimiser's state. Raises CheckpointError where there is no checkpoint or it is of another run.
        """
        groups, state = read_snapshot(self.out / CHECKPOINT)
        if state.get("run") != self.run():
            phases = ", ".join(state.get("run", state).get("phases", ()))
            raise CheckpointError(
                f"The checkpoint in {self.out} belongs to a run with other settings "
                f"(phases {phases}): resume with those, or choose another --out."
            )
        self.net.load_state_dict(groups["net"])
        self.average.load_state_dict(groups["average"])
        progress.restore(state["progress"])
        restore_random_states(groups["random"], self.device)
        return groups.get("optimizer", {})

    def run(self) -> RunIdentity:
        """What this run must have in common with the one that it goes on with, as JSON."""
        return {"phases": self.phases, "config": asdict(self.net.config), "seed": self.seed}


def random_states(device: torch.device) -> dict[str, Tensor]:
    """Where the streams of random numbers stand: dropout's must go on, not start again."""
    states = {"torch": torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    return states


def restore_random_states(states: Mapping[str, Tensor], device: torch.device) -> None:
    """Put what :func:`random_states` gave back."""
    torch.set_rng_state(states["torch"])
    if device.type == "cuda" and "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"], device)
