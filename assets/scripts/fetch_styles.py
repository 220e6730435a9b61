"""Fetch other art styles of the same emoji into data/styles/, for training and for tests of generalisation.

    python assets/scripts/fetch_styles.py [STYLE ...] [--packages DIR] [--out DIR]

Without names, all styles but those under share-alike terms. Each becomes ``<style>.json.gz`` in the format of
noto.json.gz, holding the emoji of the catalog that the style has, moved to the same drawing area of 128 x 128 units;
``Catalog.style(name)`` reads it. Nothing fetched here is part of the repository: the terms below are yours to keep.

Source: DESIGN section 3, splits in section 5.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from build_catalog import codepoint_key, fetch, load, within_area  # noqa: E402

from fusion.emoji.catalog import STYLES, Catalog  # noqa: E402
from fusion.emoji.search import words_of  # noqa: E402
from fusion.files import write_beside  # noqa: E402


@dataclass(frozen=True)
class Style:
    """One icon set. ``use``: "training", "split" (kept out of training to test on) or "looking" (only on demand)."""

    version: str
    author: str
    licence: str
    use: str = "training"


SETS = {
    "noto-v1": Style("1.2.5", "Google", "Apache-2.0"),
    "fluent-emoji-flat": Style("1.2.6", "Microsoft", "MIT"),
    "emojione": Style("1.2.3", "EmojiOne and EmojiTwo", "CC-BY-4.0"),
    "twemoji": Style("1.2.5", "Twitter and contributors", "CC-BY-4.0", use="split"),
    "openmoji": Style("1.2.29", "OpenMoji", "CC-BY-SA-4.0", use="looking"),
}
"""The sets that can be fetched, each from the npm package ``@iconify-json/<name>``.

Apache, MIT and CC BY let a model be trained on the pictures, with attribution. OpenMoji is share-alike: whether weights
trained on it would have to be shared alike is unsettled, so it is never trained on and only fetched when named.
"""


def draw_icon(name: str, icons: dict) -> str | None:
    """The SVG of an icon in 128 x 128 units, aliases and mirrored icons resolved; None for one that is missing."""
    alias = icons.get("aliases", {}).get(name, {})
    icon = icons["icons"].get(alias.get("parent", name))
    if icon is None:
        return None
    whole = {**{k: v for k, v in icons.items() if k in ("left", "top", "width", "height")}, **icon, **alias}
    width, height = whole.get("width", 16), whole.get("height", 16)
    scale = 128 / max(width, height)
    x, y = -whole.get("left", 0) - width / 2, -whole.get("top", 0) - height / 2
    mirror = -1 if whole.get("hFlip") else 1
    body = icon["body"].replace("\n", " ")
    if (scale, x, y, mirror) == (1, -64, -64, 1):
        return body
    return f'<g transform="translate(64 64) scale({mirror * scale:g} {scale:g}) translate({x:g} {y:g})">{body}</g>'


def keys_by_name(catalog: Catalog, names: list[str]) -> dict[str, str]:
    """Key -> icon name, for sets that give no code points.

    An icon is taken by the emoji's name or alias; then, as older names of animals and cats say "face" where today's do
    not, by its name without that word.
    """
    known = {words_of(alias): emoji.key for emoji in catalog for alias in emoji.aliases}
    known |= {words_of(emoji.name): emoji.key for emoji in catalog}
    found: dict[str, str] = {}
    for shorten in (False, True):
        for name in names:
            words = tuple(word for word in words_of(name) if not (shorten and word == "face"))
            if words in known:
                found.setdefault(known[words], name)
    return found


def match(package: Path, catalog: Catalog) -> dict[str, str]:
    """Key -> SVG for the emoji of the catalog that the icon set has."""
    icons, chars = load(package / "icons.json"), load(package / "chars.json")
    if chars:
        names = {codepoint_key(codes): name for codes, name in chars.items()}
    else:
        names = keys_by_name(catalog, [*icons["icons"], *icons.get("aliases", {})])
    drawn = {emoji.key: draw_icon(names[emoji.key], icons) for emoji in catalog if emoji.key in names}
    return {key: within_area(body) for key, body in drawn.items() if body}


def pack(catalog: Catalog, bodies: dict[str, str]) -> bytes:
    """The file of a style, in the format that Catalog.load reads."""
    emoji = [emoji for emoji in catalog if emoji.key in bodies]
    rows = [[e.char, e.name, e.category, e.subcategory, e.keywords, e.aliases] for e in emoji]
    lines = [json.dumps(rows, ensure_ascii=False, separators=(",", ":")), *(bodies[one.key] for one in emoji)]
    return gzip.compress("\n".join(lines).encode(), mtime=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("styles", nargs="*", metavar="STYLE", help=f"any of {', '.join(SETS)}")
    parser.add_argument("--packages", type=Path, help="folder of packages already fetched")
    parser.add_argument("--out", type=Path, default=STYLES, help="where to put the files")
    options = parser.parse_args()
    unknown = sorted(set(options.styles) - set(SETS))
    if unknown:
        parser.error(f"no style is called {', '.join(unknown)}: choose from {', '.join(SETS)}")
    options.out.mkdir(parents=True, exist_ok=True)
    catalog = Catalog.default()
    with tempfile.TemporaryDirectory() as scratch:
        for name in options.styles or [name for name, style in SETS.items() if style.use != "looking"]:
            style = SETS[name]
            bodies = match(fetch(f"@iconify-json/{name}", style.version, options.packages or Path(scratch)), catalog)
            with write_beside(options.out / f"{name}.json.gz") as path:
                path.write_bytes(pack(catalog, bodies))
            print(f"{name}: {len(bodies)} of {len(catalog)} emoji, by {style.author}, {style.licence}, for {style.use}")


if __name__ == "__main__":
    main()
