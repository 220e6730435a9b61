"""Where the files that ship lie: in ``assets/`` beside the package in a checkout, inside the package in a wheel."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path

_PACKAGE = Path(__file__).resolve().parent
# The installed folder first: beside an installed package, ``assets`` could be somebody else's.
INSTALLED = (_PACKAGE / "_assets").is_dir()
"""Whether this is a wheel's package and no checkout."""

ASSETS = _PACKAGE / "_assets" if INSTALLED else _PACKAGE.parent / "assets"
"""Emoji, anatomy, splits, pictures and weights."""

STYLES = (
    user_data_path("emoji-fusion", appauthor=False) / "styles" if INSTALLED else _PACKAGE.parent / "data" / "styles"
)
"""Where other art styles are looked for: this user's folder, or ``data/styles/`` of a checkout."""
