"""The two programs that the page without a server runs beside its own scripts: fetched when it is written.

``onnxruntime-web`` runs the graphs, ``resvg-wasm`` draws the emoji by the renderer that Python draws them with.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fusion.errors import FusionError
from fusion.files import cache_folder, write_beside

SECONDS = 300
LICENCES = Path(__file__).parent / "licences"


class PackagesError(FusionError):
    """What the page needs beside its own scripts is not here and cannot be fetched."""


@dataclass(frozen=True)
class Package:
    """A version of an npm package. ``integrity``: SHA-512 of its archive, base64.

    ``files``: a member of the archive by the name it gets in the folder; ".gz" at the end packs it.
    """

    name: str
    version: str
    integrity: str
    files: Mapping[str, str]


PACKAGES = (
    Package(
        "onnxruntime-web",
        "1.22.0",
        "Ud/+EBo6mhuaQWt/OjaOk0iNWjXqJoeeMFr6xQEERZdIZH2OWpGzuujz7lfuOBjUa6TEE/sc4nb7Da5dNL34fg==",
        {
            "ort.js": "package/dist/ort.wasm.min.mjs",
            "ort-wasm.js": "package/dist/ort-wasm-simd-threaded.mjs",
            "ort.wasm.gz": "package/dist/ort-wasm-simd-threaded.wasm",
        },
    ),
    Package(
        "@resvg/resvg-wasm",
        "2.6.2",
        "FqALmHI8D4o6lk/LRWDnhw95z5eO+eAa6ORjVg09YRR7BkcM6oPHU9uyC0gtQG5vpFLvgpeU4+zEAz2H8APHNw==",
        {"resvg.js": "package/index.mjs", "resvg.wasm.gz": "package/index_bg.wasm"},
    ),
)


def program(name: str) -> str:
    """The path of ``node`` or ``npm``. Raises PackagesError."""
    found = shutil.which(name)
    if found is None:
        raise PackagesError(
            f"The page without a server is written with the help of {name}, which is not here; install Node.js and "
            "run this again."
        )
    return found


def write_packages(folder: Path) -> None:
    """Put the files of both packages into ``folder``. Raises PackagesError."""
    folder.mkdir()
    for package in PACKAGES:
        with tarfile.open(archive(package)) as packed:
            for name, member in package.files.items():
                found = packed.extractfile(member)
                content = found.read() if found else b""
                packing = name.endswith(".gz")
                (folder / name).write_bytes(gzip.compress(content, 9, mtime=0) if packing else content)


def archive(package: Package) -> Path:
    """The package's archive: as it was fetched before, or fetched now. Raises PackagesError."""
    kept = cache_folder() / "npm" / f"{package.name.replace('/', '-').removeprefix('@')}-{package.version}.tgz"
    if not kept.is_file() or digest(kept) != package.integrity:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with write_beside(kept) as path:
            fetch(package, path)
    return kept


def fetch(package: Package, path: Path) -> None:
    """Write the package's archive to ``path``, by npm. Raises PackagesError."""
    wanted = f"{package.name}@{package.version}"
    command = [program("npm"), "pack", wanted, "--silent", "--pack-destination", str(path.parent)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, cwd=path.parent)
    except subprocess.TimeoutExpired:
        raise PackagesError(f"npm did not bring {wanted} within {SECONDS} s; try again.") from None
    made = path.parent / (done.stdout.strip().splitlines() or [""])[-1]
    if done.returncode or not made.is_file():
        raise PackagesError(f"npm cannot fetch {wanted}; connect this machine to the network once and try again.")
    if digest(made) != package.integrity:
        raise PackagesError(f"What npm brought is not {wanted} as it was published; ask another registry.")
    made.replace(path)


def digest(file: Path) -> str:
    """SHA-512 of a file, base64."""
    return base64.b64encode(hashlib.sha512(file.read_bytes()).digest()).decode("ascii")
