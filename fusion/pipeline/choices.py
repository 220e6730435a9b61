"""The device and the parts of the network that a person chose, checked."""

from __future__ import annotations

import torch

from fusion.model import ABLATIONS
from fusion.pipeline.overrides import RequestError, read_disabled


def choose_device(device: str) -> torch.device:
    """``auto`` takes a GPU if there is one. Raises RequestError for what is unknown or absent."""
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        chosen = torch.device(device)
    except (RuntimeError, TypeError) as error:
        raise RequestError(f"There is no device {device!r}; choose auto, cpu or cuda.") from error
    if chosen.type == "cuda" and not torch.cuda.is_available():
        raise RequestError("This machine has no usable CUDA GPU; choose --device cpu.")
    return chosen


def check_disabled(disabled: object) -> frozenset[str]:
    """Names of parts to switch off. Raises RequestError for what is none."""
    names = read_disabled(disabled)
    unknown = sorted(names - set(ABLATIONS))
    if unknown:
        raise RequestError(f"{', '.join(unknown)} cannot be switched off; only {', '.join(ABLATIONS)} can.")
    return names
