"""Reading weights into a network: safetensors only, strict, with a sentence for everything that can be wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from fusion.errors import FusionError
from fusion.model.layers import Net

CHECKSUM = "sha256"
"""Where config.json names the SHA-256 of the weights beside it: about that file, and no setting of the network."""
RENAMED = {".rise.": ".upsample."}
"""Parts of tensor names that files written before carry, and what they are called now (``migrate_names``)."""


class WeightsError(FusionError):
    """Weights or their config are missing, damaged, of another network, or of a kind that is not accepted."""


def read_settings(file: Path) -> dict[str, Any]:
    """The settings in a network's config.json. Raises WeightsError, also where they tell of other weights."""
    settings = read_json(file)
    check_bytes(file, settings.pop(CHECKSUM, None))
    return settings


def read_json(file: Path) -> dict[str, Any]:
    """All that stands in a network's config.json. Raises WeightsError naming the file and the cause."""
    try:
        settings = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise WeightsError(f"There is no {file}; weights need their {file.name} beside them.") from error
    except (OSError, ValueError, RecursionError) as error:
        raise WeightsError(f"{file} is damaged ({error}); fetch or export it again.") from error
    if not isinstance(settings, dict):
        raise WeightsError(f"{file} holds no settings; fetch or export it again.")
    return settings


def check_bytes(file: Path, named: object) -> None:
    """Raise WeightsError where the weights beside ``file`` are not those it was written with; older ones name none."""
    weights = file.parent / "model.safetensors"
    if named is None or not weights.is_file():
        return
    if named != hashlib.sha256(weights.read_bytes()).hexdigest():
        raise WeightsError(
            f"{weights} is not the file that {file.name} was written with (its {CHECKSUM} differs); "
            "fetch or export both again."
        )


def migrate_names(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """``tensors`` under today's names, their values untouched: what was written under old names loads as well."""
    return {current_name(name): tensor for name, tensor in tensors.items()}


def current_name(name: str) -> str:
    """Today's name of a tensor that may carry an old one."""
    for old, new in RENAMED.items():
        name = name.replace(old, new)
    return name


def read_weights(model: Net, file: Path) -> Net:
    """``model`` with the weights of ``file``; half precision is widened to the model's own, old names are migrated.

    Raises WeightsError naming the file and the cause. Pickled weights are refused: they can run code.
    """
    if not file.is_file():
        raise WeightsError(f"There are no weights at {file}; give a folder with config.json and model.safetensors.")
    if file.suffix != ".safetensors":
        raise WeightsError(f"{file} is not a .safetensors file; pickled weights can run code, so give safetensors.")
    try:
        tensors = migrate_names(load_file(file))
    except (SafetensorError, OSError, ValueError) as error:
        raise WeightsError(f"{file} is damaged or no safetensors file ({error}); fetch or export it again.") from error
    wanted = model.state_dict()
    missing, extra = sorted(set(wanted) - set(tensors)), sorted(set(tensors) - set(wanted))
    if missing or extra:
        what = f"it lacks {missing[0]} and {len(missing) - 1} more" if missing else f"it has {extra[0]} too many"
        raise WeightsError(
            f"{file} belongs to another network than its config.json describes ({what}); fetch or export both."
        )
    for name, tensor in tensors.items():
        if tensor.shape != wanted[name].shape:
            raise WeightsError(
                f"{file}: {name} has shape {tuple(tensor.shape)}, this network needs {tuple(wanted[name].shape)}; "
                "fetch or export weights and config.json together."
            )
        if tensor.is_floating_point() and not tensor.isfinite().all():
            raise WeightsError(f"{file}: {name} holds NaN or infinity; the file is damaged, fetch or export it again.")
    model.load_state_dict({name: tensor.to(wanted[name].dtype) for name, tensor in tensors.items()})
    return model
