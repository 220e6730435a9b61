"""How measured and rendered things that are stale are told from fresh ones."""

from __future__ import annotations

import ast
import hashlib
import tokenize
from functools import lru_cache
from pathlib import Path

from fusion.assets import ASSETS

HERE = Path(__file__).parent
MEASURED_BY = ("anatomy/layers.py", "anatomy/paths.py", "anatomy/measure.py", "anatomy/eyes.py", "anatomy/anatomy.py")
RENDERED_BY = (
    *MEASURED_BY,
    "anatomy/regions.py",
    "anatomy/groups.py",
    "painting/parts.py",
    "painting/face_parts.py",
    "painting/filters.py",
)
_INPUTS = ("noto.json.gz", "anatomy.json")


@lru_cache(maxsize=4)
def fingerprint(sources: tuple[str, ...]) -> str:
    """Hash of the emoji, the corrections by hand and what the named source files compute."""
    digest = hashlib.blake2b(digest_size=8)
    for name in sources:
        digest.update(computing(HERE / name).encode())
    for path in (ASSETS / name for name in _INPUTS):
        content = path.read_bytes() if path.exists() else b"-"
        digest.update(content if path.suffix == ".gz" else content.replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def computing(path: Path) -> str:
    """A source file without imports, docstrings, comments and white space: what a reword or a move leaves as it is."""
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom) or (isinstance(node, ast.Expr) and is_text(node.value)):
            end = node.end_lineno or node.lineno
            lines[node.lineno - 1 : end] = [""] * (end - node.lineno + 1)
    for token in tokenize.generate_tokens(iter([f"{line}\n" for line in lines]).__next__):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    return "".join("".join(lines).split())


def is_text(value: ast.expr) -> bool:
    """Whether an expression is a string as it stands: by itself on a line it documents something."""
    return isinstance(value, ast.Constant) and isinstance(value.value, str)
