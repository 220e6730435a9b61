"""The anatomy of the whole catalog on disk, so that start-up need not measure 1,700 emoji.

The table ships as ``assets/anatomy_measured.json.gz`` and is used while its fingerprint fits the sources; a
table measured later is kept in the user's cache folder. ``python -m fusion audit --store`` renews it.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from fusion.files import cache_folder, write_beside
from fusion.recipes.fingerprint import ASSETS, MEASURED_BY, fingerprint

SHIPPED = ASSETS / "anatomy_measured.json.gz"


def cached() -> Path:
    """Where a table measured on this machine is kept."""
    return cache_folder() / f"anatomy-{fingerprint(MEASURED_BY)}.json.gz"


_tables: list[Path] = []


def use(path: Path) -> None:
    """From here on the table at ``path`` is the only one of this process: that of another art style."""
    _tables[:] = [path]
    stored.cache_clear()


@lru_cache(maxsize=1)
def stored() -> dict[str, dict]:
    """Key -> fields of Anatomy, from the first table that fits the sources; empty if there is none."""
    for path in _tables or (SHIPPED, cached()):
        rows = _read(path)
        if rows:
            return rows
    return {}


def save(anatomies: dict, path: Path) -> None:
    """Write a table of key -> Anatomy to ``path``, beside it first and then renamed."""
    rows = {key: _row(value) for key, value in sorted(anatomies.items())}
    text = json.dumps({"fingerprint": fingerprint(MEASURED_BY), "emoji": rows}, separators=(",", ":"))
    path.parent.mkdir(parents=True, exist_ok=True)
    with write_beside(path) as partial:
        partial.write_bytes(gzip.compress(text.encode(), mtime=0))
    stored.cache_clear()


def _row(value: Any) -> dict:
    row = asdict(value)
    row["palette"] = row["palette"].round(4).tolist()
    return row


def _read(path: Path) -> dict[str, dict]:
    try:
        table = json.loads(gzip.decompress(path.read_bytes()))
        if table["fingerprint"] != fingerprint(MEASURED_BY):
            return {}
        return {key: _fields(row) for key, row in table["emoji"].items()}
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return {}


def _fields(row: dict) -> dict:
    fields = {name: _tuples(value) for name, value in row.items() if name != "palette"}
    return {**fields, "palette": np.array(row["palette"], np.float32)}


def _tuples(value: object) -> object:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
