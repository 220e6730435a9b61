"""Licences: what packages say is read as it is meant, and what is unknown or not allowed fails."""

from __future__ import annotations

import json
import shutil

import pytest
from packaging.requirements import Requirement

from fusion import licences
from fusion.__main__ import main


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """Makes installed packages of any metadata; the first one made is what the project asks for."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made: list[str] = []
    monkeypatch.setattr(licences, "asked", lambda: [("application", [Requirement(one) for one in made[:1]])])

    def make(name: str, *lines: str) -> None:
        folder = tmp_path / f"{name.replace('-', '_')}-1.0.dist-info"
        folder.mkdir()
        head = ["Metadata-Version: 2.4", f"Name: {name}", "Version: 1.0"]
        (folder / "METADATA").write_text("\n".join([*head, *lines, "", ""]))
        made.append(name)

    return make


def test_everything_here_is_known_and_allowed(capsys):
    assert main(["licences", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["state"] for row in rows} == {"allowed"}
    by_name = {row["name"]: row for row in rows}
    assert by_name["numpy"]["licence"].startswith("BSD-3-Clause")
    assert by_name["starlette"]["used"] == "application"  # which only others ask for
    assert by_name["weights/"]["kind"] == by_name["noto.json.gz"]["kind"] == "asset"


@pytest.mark.parametrize(
    ("lines", "licence", "state"),
    [
        (["License-Expression: MIT OR GPL-3.0-only"], "MIT OR GPL-3.0-only", "allowed"),
        (["License-Expression: MIT AND GPL-3.0-only"], "MIT AND GPL-3.0-only", "not allowed"),
        (["License-Expression: (MIT OR GPL-3.0-only) AND Zlib"], "(MIT OR GPL-3.0-only) AND Zlib", "allowed"),
        (["License-Expression: Apache-2.0 WITH LLVM-exception"], "Apache-2.0 WITH LLVM-exception", "allowed"),
        (["License-Expression: GPL-2.0 WITH Classpath-exception-2.0"], None, "not allowed"),
        (["License-Expression: MIT AND ("], None, "not allowed"),
        (["License-Expression: MIT Zlib"], None, "not allowed"),
        (["License: Apache Software License"], "Apache-2.0", "allowed"),
        (["License: GPLv3", "Classifier: License :: OSI Approved :: MIT License"], "MIT", "allowed"),
        (["License: see the file", "Classifier: Topic :: Games"], "", "unknown"),
        (["Classifier: License :: OSI Approved :: GNU Affero General Public License v3"], None, "not allowed"),
        (["License: UNKNOWN"], "", "unknown"),
        ([], "", "unknown"),
    ],
)
def test_what_a_package_says(fake, lines, licence, state):
    fake("fake-one", *lines)
    (row,) = licences.packages()
    assert row.state == state
    assert licence is None or row.licence == licence


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "package fake-two: licence unknown; read it"),
        (["License-Expression: AGPL-3.0-only"], "package fake-two: licence not allowed (AGPL-3.0-only); do without it"),
    ],
)
def test_what_others_ask_for_fails_the_command(fake, capsys, lines, said):
    fake("fake-one", "License-Expression: MIT", "Requires-Dist: fake-two[more]")
    fake("fake-two", *lines, "Provides-Extra: more", "Requires-Dist: fake-three; extra == 'more'")
    fake("fake-three", "License-Expression: MIT", "Requires-Dist: nowhere-to-be-found", "Requires-Dist: fake-one")
    assert main(["licences"]) == 1
    told = capsys.readouterr()
    assert said in told.err
    assert "fake-three 1.0" in told.out


def test_an_asset_that_no_row_names_is_unknown(tmp_path):
    shutil.copytree(licences.ASSETS / "licences", tmp_path / "licences")
    (tmp_path / "noto.json.gz").write_bytes(b"")
    (tmp_path / "found.png").write_bytes(b"")
    states = {row.name: row.state for row in licences.assets(tmp_path)}
    assert states == {"noto.json.gz": "allowed", "found.png": "unknown"}
    (tmp_path / "licences" / "emojilib-MIT.txt").unlink()
    assert "unknown" in {row.state for row in licences.assets(tmp_path) if row.name == "noto.json.gz"}
