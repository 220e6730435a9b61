"""What the project needs is said twice on purpose, as ranges and as exact pins; the two agree."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LISTS = {
    "requirements.txt": PROJECT["dependencies"],
    "requirements-train.txt": PROJECT["optional-dependencies"]["train"],
    "requirements-onnx.txt": PROJECT["optional-dependencies"]["onnx"],
    "tests/requirements.txt": PROJECT["optional-dependencies"]["test"],
}
"""File of pins -> the ranges of the same packages in pyproject.toml."""


def pins(name: str) -> dict[str, str]:
    """Package -> the one version that a file of requirements asks for."""
    lines = [line for line in (ROOT / name).read_text("utf-8").splitlines() if line and line[0] not in "#-"]
    found = {canonicalize_name(one.name): one.specifier for one in map(Requirement, lines)}
    assert [str(version) for version in found.values() if not str(version).startswith("==")] == []
    return {package: str(version)[2:] for package, version in found.items()}


@pytest.mark.parametrize("name", LISTS)
def test_pins_lie_in_the_ranges(name):
    wanted = [one for one in map(Requirement, LISTS[name]) if canonicalize_name(one.name) != "emoji-fusion"]
    pinned = pins(name)
    assert {canonicalize_name(one.name) for one in wanted} == set(pinned)
    assert [str(one) for one in wanted if pinned[canonicalize_name(one.name)] not in one.specifier] == []


def test_no_package_is_pinned_twice():
    names = [package for name in LISTS for package in pins(name)]
    assert sorted(names) == sorted(set(names))
