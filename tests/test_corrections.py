"""Corrections as a file: what can stand in it, what is refused and how, and the command that keeps one."""

from __future__ import annotations

import json

import pytest

from fusion.__main__ import main
from fusion.corrections import Correction, CorrectionsError, merged, parse_corrections, read_corrections
from fusion.corrections import write_corrections as write

FACE, PIZZA, FIRE = "1f600", "1f355", "1f525"


def correction(first: str = FACE, second: str = PIZZA, **settings) -> Correction:
    settings = {"main": "first", "instances": ((0.5, 0.5, -0.1, 0.2),)} | settings
    return Correction(first=first, second=second, **settings)


def test_what_is_written_is_read_again(tmp_path):
    kept = [
        correction(note="on its head ✓", recolour=True, weights="0123456789ab"),
        correction(PIZZA, FIRE, main="second", instances=(), verdict="right"),
        correction("sha256:" + "a" * 64, FIRE, instances=((1, 1, 0, 0),) * 3, verdict="wrong"),
    ]
    write(tmp_path / "kept.jsonl", kept)
    assert read_corrections(tmp_path / "kept.jsonl") == kept
    assert len((tmp_path / "kept.jsonl").read_text().splitlines()) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["kept.jsonl"]


def test_of_each_pair_the_latest_stands():
    first, second = correction(note="old"), correction(note="new")
    assert merged([first, correction(FACE, FIRE)], [second])[0].note == "new"
    assert len(parse_corrections(first.line() + "\n\n" + second.line())) == 1


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"main": "third"}, "main"),
        ({"instances": [[0.5, 0.5, 0, 0]] * 4}, "instances"),
        ({"instances": [[0.5, 0.5, 0]]}, "instances.0.3"),
        ({"instances": [[0.5, 3, 0, 0]]}, "instances.0.1"),
        ({"first": "../../secret"}, "first"),
        ({"first": "sha256:12"}, "first"),
        ({"colour": "red"}, "colour"),
        ({"note": "x" * 501}, "note"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(change, where):
    line = json.dumps(json.loads(correction().line()) | change)
    with pytest.raises(CorrectionsError, match=rf"mine.jsonl, line 2: {where} .*mend or delete the line"):
        parse_corrections(correction(FIRE).line() + "\n" + line, "mine.jsonl")


@pytest.mark.parametrize("text", ["[1]", "NaN", "{", '{"instances": [[NaN, 1, 0, 0]]}'])
def test_nonsense_is_one_sentence(text):
    with pytest.raises(CorrectionsError, match="line 1"):
        parse_corrections(text)


def test_a_file_that_is_not_there_or_empty_says_what_to_do(tmp_path):
    with pytest.raises(CorrectionsError, match="export corrections"):
        read_corrections(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").touch()
    with pytest.raises(CorrectionsError, match="keep a layout"):
        read_corrections(tmp_path / "empty.jsonl")
    with pytest.raises(CorrectionsError, match="cannot be read"):
        read_corrections(tmp_path)


def test_the_command_lists_joins_and_prunes(tmp_path, capsys):
    mine, yours = tmp_path / "mine.jsonl", tmp_path / "yours.jsonl"
    write(yours, [correction(note="smaller"), correction(PIZZA, FIRE)])
    assert main(["corrections", str(mine), "--import", str(yours)]) == 0
    assert "grinning face + pizza: first is main; 0.5,0.5,-0.1,0.2  smaller" in capsys.readouterr().out
    assert main(["corrections", str(mine), "--delete", "😀", "pizza", "--json"]) == 0
    assert [json.loads(line)["first"] for line in capsys.readouterr().out.splitlines()] == [PIZZA]
    assert len(read_corrections(mine)) == 1
    assert main(["corrections", str(mine), "--delete", "😀", "pizza"]) == 2
    assert "no correction" in capsys.readouterr().err
