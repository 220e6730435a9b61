"""The two emoji pickers: what the browser needs to draw, search and name every emoji.

The browser shows pictures from sprite sheets (``assets/scripts/build_picker.py``), never the system's emoji font: what
is picked is what the network sees. A sheet is fetched when one of its emoji is to be seen; the first has all that the
page opens with. Search runs in the browser; the rows are fetched once as JSON.

Source: DESIGN section 7.
"""

from __future__ import annotations

from fusion.assets import ASSETS
from fusion.emoji.catalog import Catalog, Emoji
from fusion.emoji.popular import POPULAR
from fusion.ui.answers import Emojis
from fusion.ui.contract import OPENING

SHEETS = ASSETS / "picker"
"""Folder of the sheets: 0.webp, 1.webp and so on."""
COLUMNS, TILES = 20, 200
"""Emoji in one line of a sheet, and on a whole one."""


def leading(catalog: Catalog) -> list[int]:
    """Indices of the emoji that stand first on the first sheet: the opening pair, and the first of each category."""
    first: dict[str, int] = {}
    indices = {}
    for index, emoji in enumerate(catalog):
        first.setdefault(emoji.category, index)
        indices[emoji.key] = index
    return list(dict.fromkeys([*(indices[key] for key in OPENING if key in indices), *first.values()]))


def order(catalog: Catalog) -> list[int]:
    """Indices of all emoji in the order in which the sheets have them."""
    ahead = leading(catalog)
    return [*ahead, *sorted(set(range(len(catalog))) - set(ahead))]


def popular(catalog: Catalog) -> list[int]:
    """Indices of the emoji that people pick most."""
    return [index for index, emoji in enumerate(catalog) if emoji.subcategory in POPULAR]


def catalogue(catalog: Catalog) -> Emojis:
    """Everything about the emoji that the browser needs, as compact JSON.

    ``rows``: ``[key, character, name, category index, keywords]`` in Unicode's order; ``aliases``: a string a row;
    ``categories``: Unicode's groups.
    """
    categories: dict[str, int] = {}
    rows: list[list[str | int]] = []
    for emoji in catalog:
        index = categories.setdefault(emoji.category, len(categories))
        rows.append([emoji.key, emoji.char, emoji.name, index, search_words(emoji)])
    return {
        "columns": COLUMNS,
        "tiles": TILES,
        "leading": leading(catalog),
        "popular": popular(catalog),
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
