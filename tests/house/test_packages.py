"""What the project needs is said once as ranges, by package and by file, and once as the versions that were tested."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tomlkit
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomlkit.parse((ROOT / "pyproject.toml").read_text("utf-8")).unwrap()["project"]
EXTRAS = PROJECT["optional-dependencies"]
LISTS = {
    "requirements.txt": [*PROJECT["dependencies"], *EXTRAS["space"]],
    "requirements-train.txt": EXTRAS["train"],
    "requirements-onnx.txt": EXTRAS["onnx"],
    "requirements-explain.txt": EXTRAS["explain"],
    "tests/requirements.txt": EXTRAS["test"],
}
"""File -> the same packages in pyproject.toml."""
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
SYSTEMS = ("linux", "darwin", "win32")
SUITABLE = ("2.8.0", "2.9.1", "2.10.0", "2.11.0", "2.13.0")
"""Versions of torch that a Space with shared GPUs brings, and the one that was tested most."""


def asked(lines: list[str]) -> dict[str, Requirement]:
    """Requirements by package; comments and options left out."""
    found = [Requirement(line) for line in lines if line and line[0] not in "#-"]
    return {canonicalize_name(one.name): one for one in found}


def read(name: str) -> list[str]:
    return (ROOT / name).read_text("utf-8").splitlines()


def constrained(python: str, system: str) -> dict[str, str]:
    """Package -> the version that constraints.txt names for it there. Two for one package are a error."""
    where = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": system}
    found: dict[str, str] = {}
    for line in read("constraints.txt"):
        if line.startswith("#"):
            continue
        one = Requirement(line)
        if one.marker is None or one.marker.evaluate({**where, "platform_machine": "x86_64"}):
            assert canonicalize_name(one.name) not in found, line
            found[canonicalize_name(one.name)] = re.fullmatch(r"==([^=]+)", str(one.specifier))[1]
    return found


@pytest.mark.parametrize("name", LISTS)
def test_files_ask_for_what_the_package_asks_for(name):
    wanted = asked(LISTS[name])
    wanted.pop("emoji-fusion", None)
    assert {key: str(one.specifier) for key, one in asked(read(name)).items()} == {
        key: str(one.specifier) for key, one in wanted.items()
    }


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_versions_that_were_tested_lie_in_the_ranges(python, system):
    versions = constrained(python, system)
    for name in [*LISTS, "requirements-light.txt"]:
        wanted = asked(read(name))
        assert [str(one) for key, one in wanted.items() if versions[key] not in one.specifier] == []


def test_a_space_may_bring_its_own_torch():
    assert [version for version in SUITABLE if version not in asked(read("requirements.txt"))["torch"].specifier] == []
    assert "3" not in asked(read("requirements.txt"))["torch"].specifier
    assert constrained("3.12", "linux")["torch"] == "2.13.0"


def test_the_readme_names_the_interface_that_was_tested_and_a_python_that_is_supported():
    head = dict(line.split(": ", 1) for line in read("README.md")[1:12] if ": " in line)
    assert head["sdk_version"] == constrained("3.12", "linux")["gradio"]
    assert head["python_version"].strip('"') in ("3.10", "3.12")  # those that shared GPUs come with
    assert PROJECT["requires-python"] == ">=3.10"


def test_the_lock_has_the_same_versions_each_with_its_hashes():
    text = (ROOT / "requirements.lock").read_text("utf-8").replace("\\\n", " ")
    rows = [line for line in text.splitlines() if not line.startswith("#")]
    assert [row for row in rows if not re.search(r"--hash=sha256:[0-9a-f]{64}", row)] == []
    locked = {row.split(" --hash")[0].strip() for row in rows}
    assert locked - {line.strip() for line in read("constraints.txt")} == set()
    assert set(asked(read("requirements.txt"))) <= {canonicalize_name(Requirement(row).name) for row in locked}
    assert "://" not in text
