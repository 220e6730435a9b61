"""The README and the model card keep their word: links lead somewhere, commands are understood."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from fusion.__main__ import COMMANDS, build_parser

ROOT = Path(__file__).resolve().parents[2]
README, CARD = ROOT / "README.md", ROOT / "assets" / "weights" / "fusion" / "README.md"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
PYTHON = re.compile(r"^(\.venv/bin/)?python$")


def lines(document: Path) -> list[list[str]]:
    """The words of each command in the document's bash blocks, comments left out and continued lines joined."""
    blocks = [text for language, text in FENCE.findall(document.read_text("utf-8")) if language == "bash"]
    joined = "\n".join(blocks).replace("\\\n", " ")
    split = [shlex.split(part, comments=True) for line in joined.splitlines() for part in line.split("&&")]
    return [words for words in split if words]


def python_lines() -> list[list[str]]:
    """What follows ``python`` in every command that calls it."""
    found = [words[1:] for document in (README, CARD) for words in lines(document) if PYTHON.match(words[0])]
    assert len(found) > 20
    return found


def exit_code(words: list[str]) -> int:
    """What the parser makes of ``python -m fusion WORDS``: 0 where it understands them, or prints help."""
    chosen = next((word for word in words if word in COMMANDS), None)
    try:
        build_parser(chosen).parse_args(words)
    except SystemExit as leave:
        return leave.code
    return 0


@pytest.mark.parametrize("document", [README, CARD], ids=["readme", "card"])
def test_links_to_files_lead_somewhere(document):
    local = [link for link in LINK.findall(document.read_text("utf-8")) if "://" not in link and link[0] != "#"]
    assert local
    assert [link for link in local if not (document.parent / link.split("#")[0]).exists()] == []


def test_there_are_two_set_up_commands():
    section = README.read_text("utf-8").split("## Set up")[1].split("\n## ")[0]
    commands = [line for _, block in FENCE.findall(section) for line in block.splitlines() if line]
    assert len(commands) == 2
    assert commands[0].endswith("app.py")
    assert commands[1] == "bash tests/run"


@pytest.mark.parametrize(
    "words", [words[2:] for words in python_lines() if words[:2] == ["-m", "fusion"]], ids=lambda words: " ".join(words)
)
def test_commands_are_understood(words):
    assert exit_code(words) == 0


def test_scripts_are_there():
    scripts = [words[0] for words in python_lines() if words[0] != "-m"]
    assert scripts
    assert [script for script in scripts if not (ROOT / script).is_file()] == []


def test_files_of_the_figure_are_there():
    rows = re.findall(r"^\|.*\| (`[^|]*`) \|$", README.read_text("utf-8"), re.MULTILINE)
    files = [name for row in rows for name in re.findall(r"`([\w./]+\.py)`", row)]
    assert len(files) > 8
    assert [name for name in files if not (ROOT / "fusion" / "model" / name).exists()] == []
