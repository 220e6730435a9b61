"""Measured and rendered things go stale with what computes them, and with nothing else."""

import sys
from pathlib import Path

from fusion.files import cache_folder
from fusion.recipes.fingerprint import computing

SOURCE = """\"\"\"A module.\"\"\"
import math

LIMIT = 3  # three of them


def area(r):
    \"\"\"Of a circle.\"\"\"
    return math.pi * r * r
"""


def kept(tmp_path, source: str) -> str:
    path = tmp_path / "module.py"
    path.write_text(source, encoding="utf-8")
    return computing(path)


def test_words_and_imports_do_not_count(tmp_path):
    reworded = (
        SOURCE.replace("Of a circle.", "Its area.").replace("# three of them", "# at most").replace("r * r", "r*r")
    )
    assert kept(tmp_path, SOURCE) == kept(tmp_path, reworded.replace("import math", "import math, os"))


def test_a_number_counts(tmp_path):
    assert kept(tmp_path, SOURCE) != kept(tmp_path, SOURCE.replace("LIMIT = 3", "LIMIT = 4"))


def test_the_cache_is_where_the_user_and_the_system_say(monkeypatch, tmp_path):
    monkeypatch.delenv("EMOJI_FUSION_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    if sys.platform == "linux":
        assert cache_folder() == tmp_path / "emoji-fusion"
        monkeypatch.delenv("XDG_CACHE_HOME")
        assert cache_folder() == Path.home() / ".cache" / "emoji-fusion"
    monkeypatch.setenv("EMOJI_FUSION_CACHE", str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"
