"""The figures of README and model card are those of the shipped reports."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]


def script():
    spec = importlib.util.spec_from_file_location("fill_tables", ROOT / "assets/scripts/fill_tables.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tables_say_what_the_reports_say(capsys):
    assert script().main(["--check"]) == 0, capsys.readouterr().out


def test_a_row_is_found_by_its_label_and_width():
    text = "| aligned | 1 % | 2 % |\n| aligned | 1 % |\naligned\n| other | 1 % | 2 % |"
    found = script().filled(text, {"aligned": ["30.0 %", "-"]})
    assert found == "| aligned | 30.0 % | - |\n| aligned | 1 % |\naligned\n| other | 1 % | 2 % |"
