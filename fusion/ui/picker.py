"""The two emoji pickers: what the browser needs to draw, search and name every emoji.

The browser shows pictures from one sprite sheet (``assets/scripts/build_picker.py``), never the system's emoji font:
what is picked is what the network sees. Search runs in the browser; the rows are fetched once as JSON.

Source: DESIGN section 7.
"""

from __future__ import annotations

from fusion.assets import ASSETS
from fusion.emoji.catalog import Catalog, Emoji
from fusion.ui.answers import Emojis

SHEET = ASSETS / "picker.webp"
COLUMNS = 40
"""Emoji in one line of the sheet."""


def catalogue(catalog: Catalog) -> Emojis:
    """Everything about the emoji that the browser needs, as compact JSON.

    ``rows``: ``[key, character, name, category index, keywords]`` in sheet order; ``aliases``: a string a row;
    ``categories``: Unicode's groups.
    """
    categories: dict[str, int] = {}
    rows: list[list[str | int]] = []
    for emoji in catalog:
        index = categories.setdefault(emoji.category, len(categories))
        rows.append([emoji.key, emoji.char, emoji.name, index, search_words(emoji)])
    return {
        "columns": COLUMNS,
        "categories": list(categories),
        "rows": rows,
        "aliases": ["|".join(emoji.aliases) for emoji in catalog],
    }


def search_words(emoji: Emoji) -> str:
    """Keywords as one string for the browser's search, without the name itself."""
    return "|".join(word for word in emoji.keywords if word != emoji.name)


def drawing(catalog: Catalog, key: str) -> str:
    """An emoji as a stand-alone SVG document, sharp at any size."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 128 128">{catalog.body(key)}</svg>'
    )
