"""Weights and config on disk or on a hub: config.json beside model.safetensors, nothing else is ever read.

Source: DESIGN section 6 (``--weights PATH_OR_HUB_ID``).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import asdict
from pathlib import Path

from huggingface_hub import hf_hub_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OfflineModeIsEnabled
from safetensors.torch import save

from fusion.assets import ASSETS
from fusion.files import write_beside
from fusion.model import DEFAULT_PRESET, PRESETS, ConfigError, FusionConfig, FusionNet, WeightsError
from fusion.model.weight_files import CHECKSUM, check_bytes, read_json, read_settings, read_weights

WEIGHTS_FOLDER = ASSETS / "weights"
CONFIG_FILE, WEIGHTS_FILE = "config.json", "model.safetensors"
COMMIT = re.compile(r"[0-9a-f]{40}")


def available_weights() -> dict[str, Path]:
    """Presets whose weights ship with the project: name to folder, in the presets' order."""
    folders = {preset: WEIGHTS_FOLDER / preset for preset in PRESETS}
    return {preset: folder for preset, folder in folders.items() if (folder / WEIGHTS_FILE).is_file()}


def load_fusion_net(weights: str | os.PathLike | None = None, preset: str = DEFAULT_PRESET) -> FusionNet:
    """A trained FusionNet in eval mode.

    ``weights``: a folder, a file in one, a hub id ``owner/name`` or ``owner/name@revision``, or ``None`` for the
    weights that ship with ``preset``. A local path never touches the network. Raises WeightsError.
    """
    folder = locate_weights(weights, preset)
    net = FusionNet.from_config(read_config(folder / CONFIG_FILE))
    return read_weights(net, folder / WEIGHTS_FILE).eval()


def locate_weights(weights: str | os.PathLike | None, preset: str = DEFAULT_PRESET) -> Path:
    """The local folder that holds the weights, fetched from the hub where needed."""
    if weights is None:
        shipped = available_weights()
        if preset not in shipped:
            known = ", ".join(shipped) or "none"
            raise WeightsError(
                f"No weights ship for preset {preset!r} (shipped: {known}); train them or name others with --weights."
            )
        return shipped[preset]
    if not isinstance(weights, str | os.PathLike) or "\0" in str(weights):
        raise WeightsError(f"Weights cannot be {weights!r}; give a folder with {CONFIG_FILE} and {WEIGHTS_FILE}.")
    path = Path(weights)
    if path.is_dir():
        return path
    if path.is_file():
        if path.suffix != ".safetensors":
            raise WeightsError(f"{path} is not a .safetensors file; pickled weights can run code, so give safetensors.")
        if path.name != WEIGHTS_FILE:
            raise WeightsError(f"{path}: name the folder that holds {CONFIG_FILE} and {WEIGHTS_FILE}.")
        return path.parent
    if path.is_absolute() or str(weights).count("/") != 1 or str(weights).startswith("."):
        raise WeightsError(f"There are no weights at {weights}; give a folder with {CONFIG_FILE} and {WEIGHTS_FILE}.")
    return _fetch(str(weights))


def _fetch(named: str) -> Path:
    """Both files of a hub repository, of one commit, through the hub's own cache, their checksum compared."""
    repo_id, _, revision = named.partition("@")
    hub = os.environ.get("HF_ENDPOINT")
    try:
        config = Path(hf_hub_download(repo_id, CONFIG_FILE, revision=revision or None, endpoint=hub))
        commit = config.parent.name
        folder = Path(hf_hub_download(repo_id, WEIGHTS_FILE, revision=commit, endpoint=hub)).parent
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OfflineModeIsEnabled, OSError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise WeightsError(
            f"{named} is no local folder and could not be fetched from the hub ({reason}); check its name and the "
            "connection."
        ) from error
    if COMMIT.fullmatch(revision) and commit != revision:
        raise WeightsError(f"The hub sent {commit} of {repo_id} instead of {revision}; check the revision.")
    if CHECKSUM not in read_json(config):
        raise WeightsError(
            f"{CONFIG_FILE} of {repo_id} names no {CHECKSUM}, so its weights cannot be checked; fetch them by hand and "
            "name their folder, or ask its owner to publish them again."
        )
    check_bytes(config, read_json(config)[CHECKSUM])
    return folder


def read_config(file: Path) -> FusionConfig:
    """The network's settings. Raises WeightsError for a missing or damaged file, ConfigError for wrong settings."""
    settings = read_settings(file)
    try:
        return FusionConfig.from_dict(settings)
    except ConfigError as error:
        raise ConfigError(f"{file} describes no network that can be built: {error}") from None


def save_fusion_net(net: FusionNet, folder: str | os.PathLike, half: bool = True) -> Path:
    """Write config and weights to ``folder``, each beside and renamed. ``half``: float16 weights, half the size.

    Raises OutputError where that cannot be.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in net.state_dict().items()}
    if half:
        # Running statistics stay as they are: a variance beyond 65,504 would become infinite.
        halves = {name for name, _ in net.named_parameters()}
        tensors = {name: tensor.half() if name in halves else tensor for name, tensor in tensors.items()}
    content = save(tensors, metadata={"preset": net.config.preset})
    settings = asdict(net.config) | {CHECKSUM: hashlib.sha256(content).hexdigest()}
    config = json.dumps(settings, indent=2, sort_keys=True) + "\n"
    with write_beside(folder / WEIGHTS_FILE) as path:
        # Not save_file, whose files only their owner can read.
        path.write_bytes(content)
    with write_beside(folder / CONFIG_FILE) as path:
        path.write_text(config, encoding="utf-8")
    return folder


def weights_hash(folder: str | os.PathLike) -> str:
    """First 12 hex digits of the SHA-256 of a folder's weights: names them in traces and bundles."""
    return hashlib.sha256((Path(folder) / WEIGHTS_FILE).read_bytes()).hexdigest()[:12]
