"""The state of a training run in one safetensors file: written beside, then renamed, never pickled.

Whenever the power goes, either the old or the new checkpoint is there, whole. Scalars travel as JSON in the file's
header: killed at any moment and resumed, a run ends with the same weights.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from fusion.errors import FusionError
from fusion.files import OutputError, write_beside

FORMAT = "1"


class CheckpointError(FusionError):
    """A checkpoint that cannot be written or read."""


def write_snapshot(path: Path, groups: Mapping[str, Mapping[str, Tensor]], state: Mapping) -> None:
    """Write tensors by group and the JSON-able ``state`` to ``path``; a failure leaves the old file as it was."""
    tensors = {
        f"{group}/{name}": tensor.detach().cpu().clone(memory_format=torch.contiguous_format)
        for group, members in groups.items()
        for name, tensor in members.items()
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with write_beside(path) as partial:
            save_file(tensors, partial, metadata={"format": FORMAT, "state": json.dumps(state)})
            with partial.open("rb") as written:
                os.fsync(written.fileno())
    except (OSError, OutputError, SafetensorError) as error:
        raise CheckpointError(explain(error.__cause__ or error, path)) from error


def explain(error: BaseException, path: Path) -> str:
    """One sentence for people about a checkpoint that could not be written."""
    kept = " The previous checkpoint is untouched." if path.exists() else ""
    full = getattr(error, "errno", None) == errno.ENOSPC or "No space left" in str(error) or "os error 28" in str(error)
    if full:
        return f"The disk is full, so no checkpoint could be written to {path}: free some space and resume.{kept}"
    return f"No checkpoint could be written to {path} ({error}).{kept}"


def read_snapshot(path: Path) -> tuple[dict[str, dict[str, Tensor]], dict]:
    """Tensors by group, and the state, of a file that :func:`write_snapshot` wrote."""
    if not path.exists():
        raise CheckpointError(f"There is no checkpoint {path} to resume from: start the run without --resume.")
    groups: dict[str, dict[str, Tensor]] = {}
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            state = json.loads(metadata["state"])
            for key in file.keys():  # noqa: SIM118 - safe_open is no mapping
                group, _, name = key.partition("/")
                groups.setdefault(group, {})[name] = file.get_tensor(key)
    except (SafetensorError, KeyError, ValueError, OSError) as error:
        raise CheckpointError(f"The checkpoint {path} is damaged: delete it and start the run anew.") from error
    return groups, state


def optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """An optimiser's state as flat named tensors, ``"<parameter>/<quantity>"``."""
    return {
        f"{index}/{name}": torch.as_tensor(value)
        for index, quantities in optimizer.state_dict()["state"].items()
        for name, value in quantities.items()
    }


def restore_optimizer(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Put what :func:`optimizer_tensors` gave back into an optimiser of the same parameters.

    The moments take the parameters' memory format: fused steps walk both in the order of their bytes.
    """
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        index, _, name = key.partition("/")
        like = parameters[int(index)]
        if tensor.shape == like.shape and tensor.dim():
            tensor = torch.empty_like(like).copy_(tensor)
        state.setdefault(int(index), {})[name] = tensor
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
