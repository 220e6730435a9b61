"""Where the files that ship lie: in ``assets/`` beside the package in a checkout, inside the package in a wheel."""

from __future__ import annotations

from pathlib import Path


def _folder() -> Path:
    package = Path(__file__).resolve().parent
    installed = package / "_assets"
    # The installed folder first: beside an installed package, ``assets`` could be somebody else's.
    return installed if installed.is_dir() else package.parent / "assets"


ASSETS = _folder()
"""Emoji, anatomy, splits, pictures and weights."""
