"""``python -m fusion.model.rekey FOLDER...``: weight files under today's tensor names, value for value.

Files with old names load as they are (``weight_files.migrate_names``); a file that ships should read like the code.
Precision and metadata stay; the hash of the file, which traces name, becomes another.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from fusion.files import write_beside
from fusion.model.weight_files import WeightsError, current_name
from fusion.model.weights import WEIGHTS_FILE


def rekey(folder: Path) -> int:
    """How many tensors of ``folder``'s weights were renamed; the file is left alone where none is to be.

    Raises WeightsError where there are no weights that can be read, OutputError where they cannot be written.
    """
    path = folder / WEIGHTS_FILE
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata()
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{path} cannot be read ({error}); name a folder that holds weights.") from error
    renamed = {current_name(name): tensor for name, tensor in tensors.items()}
    count = len(renamed.keys() - tensors.keys())
    if count:
        with write_beside(path) as beside:
            beside.write_bytes(save(renamed, metadata=metadata))
    return count


def main(arguments: list[str] | None = None) -> int:
    """Rename in every folder named, and say how many names changed."""
    parser = argparse.ArgumentParser(prog="python -m fusion.model.rekey", description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, help=f"folders that hold a {WEIGHTS_FILE}")
    for folder in parser.parse_args(arguments).folders:
        print(f"{folder}: {rekey(folder)} names changed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
