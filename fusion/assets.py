"""Where the files that ship lie: in ``assets/`` beside the package in a checkout, inside the package in a wheel."""

from __future__ import annotations

from pathlib import Path


def _folder() -> Path:
    package = Path(__file__).resolve().parent
    checkout = package.parent / "assets"
    return checkout if checkout.is_dir() else package / "_assets"


ASSETS = _folder()
"""Emoji, anatomy, splits, pictures and weights."""
