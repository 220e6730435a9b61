"""Build assets/noto.json.gz: every Noto emoji as layered SVG, with its Unicode name, group and keywords.

    python assets/scripts/build_catalog.py [--packages DIR]

The four npm packages below are fetched with ``npm pack`` (or taken, unpacked, from DIR). The file that comes out
depends on nothing else and is the same byte for byte every time: a gzip of one JSON line, the list of
``[character, name, category, subcategory, keywords, aliases]`` in Unicode order, followed by one line of SVG for each
emoji. The keywords are those of Unicode's CLDR and of emojilib, the aliases GitHub's shortcodes ("smile", "100").

Left out: skin-tone variants, icons that the package hides, and pictures that are no emoji of their own
(regional letters, the empty keycap, the flag of no country). Source: DESIGN section 3.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from fusion.emoji.catalog import rasterise  # noqa: E402
from fusion.geometry import Frame  # noqa: E402

PACKAGES = {
    "@iconify-json/noto": "1.2.9",
    "emojibase-data": "17.0.0",
    "emojilib": "4.0.3",
    "unicode-emoji-json": "0.9.0",
}
TARGET = HERE.parent / "noto.json.gz"

SKIN_TONES = {"1f3fb", "1f3fc", "1f3fd", "1f3fe", "1f3ff"}
NOT_EMOJI = {"20e3", "fe82b"} | {f"{code:x}" for code in range(0x1F1E6, 0x1F200)}

NEWCOMERS = {
    "1faeb": "face-unwell",
    "1faf9": "hand-fingers-closed",
    "1fafa": "hand-fingers-closed",
    "1facc": "animal-bug",
    "1fadd": "food-prepared",
    "1f6d9": "place-building",
    "1fa8b": "sky-weather",
    "1fa8c": "writing",
    "1fa8d": "tool",
}
"""Emoji that Noto draws and emojibase 17 does not list yet: they are put at the end of this subgroup."""


def folder_name(package: str, version: str) -> str:
    """The name of an npm tarball without its suffix: ``@a/b`` at 1.0.0 is ``a-b-1.0.0``."""
    return f"{package.lstrip('@').replace('/', '-')}-{version}"


def fetch(package: str, version: str, folder: Path) -> Path:
    """The unpacked npm package under ``folder``; fetched first if it is not there."""
    place = folder / folder_name(package, version)
    if not place.is_dir():
        subprocess.run(
            ["npm", "pack", "--silent", f"{package}@{version}"], cwd=folder, check=True, stdout=subprocess.DEVNULL
        )
        with tarfile.open(folder / f"{place.name}.tgz") as archive:
            archive.extractall(place, filter="data")
    return place / "package"


def codepoint_key(codepoints: str) -> str:
    """Lower-case hexadecimal code points without zeros in front or variation selector: ``0023-FE0F`` is ``23``."""
    return "-".join(f"{int(code, 16):x}" for code in codepoints.split("-") if code.lower() != "fe0f")


def character_key(character: str) -> str:
    """The key of an emoji given as a character."""
    return codepoint_key("-".join(f"{ord(c):x}" for c in character))


def load(path: Path) -> dict | list:
    """The JSON in a file."""
    return json.loads(path.read_text(encoding="utf-8"))


def read_noto(package: Path) -> dict[str, str]:
    """Key -> SVG body for each visible icon of an iconify emoji set that has no skin tone of its own."""
    icons = load(package / "icons.json")
    bodies = {}
    for codepoints, name in load(package / "chars.json").items():
        key = codepoint_key(codepoints)
        name = icons.get("aliases", {}).get(name, {}).get("parent", name)
        icon = icons["icons"][name]
        if icon.get("hidden") or SKIN_TONES & set(key.split("-")) or key in NOT_EMOJI:
            continue
        bodies[key] = with_whole_gradients(icon["body"].replace("\n", " "))
    return bodies


def with_whole_gradients(body: str) -> str:
    """The SVG with every radial gradient that takes its height over from another naming all that it takes over.

    The renderer follows such references only in part, and cheeks would blush on one side only. A gradient with a
    height of its own has lost nothing but a transform that did nothing, so it is left as it is.
    """
    gradient = re.compile(r"<radialGradient\b([^>]*?)/?>")
    attributes = [dict(re.findall(r'([\w:]+)="([^"]*)"', found[1])) for found in gradient.finditer(body)]
    named = {own["id"]: own for own in attributes}

    def whole(found: re.Match) -> str:
        own = dict(re.findall(r'([\w:]+)="([^"]*)"', found[1]))
        if "href" not in own or "cy" in own:
            return found[0]
        other = named.get(own["href"][1:], {})
        missing = "".join(f' {name}="{value}"' for name, value in other.items() if name not in own)
        return found[0].replace(found[1], found[1] + missing, 1)

    return gradient.sub(whole, body)


def within_area(body: str) -> str:
    """The SVG, clipped to its drawing area if anything lies outside.

    A browser hides what some drawings leave beside the canvas; on a frame wider than the area it would appear.
    """
    beyond = rasterise(body, 64, Frame(scale=0.5))[..., 3]
    beyond[15:49, 15:49] = 0
    if beyond.max() == 0:
        return body
    return f'<clipPath id="area"><path d="M0 0h128v128H0z"/></clipPath><g clip-path="url(#area)">{body}</g>'


def clean(words: list[str], name: str) -> list[str]:
    """The keywords in lower case, once each, underscores as spaces, without the name itself."""
    seen = dict.fromkeys(word.replace("_", " ").strip().lower() for word in words)
    return [word for word in seen if word and word != name.lower()]


def read_unicode(emojibase: Path, emojilib: Path, unicode: Path) -> list[list]:
    """The rows of the catalog in Unicode order; each character is fully qualified."""
    subgroups = load(emojibase / "meta/groups.json")["subgroups"]
    named = {character_key(char): (char, entry) for char, entry in load(unicode / "data-by-emoji.json").items()}
    extra = {character_key(char): words for char, words in load(emojilib / "dist/emoji-en-US.json").items()}
    codes = load(emojibase / "en/shortcodes/github.json")
    rows = []
    for entry in sorted(load(emojibase / "en/data.json"), key=lambda entry: entry.get("order", 0)):
        key = codepoint_key(entry["hexcode"])
        if key not in named:
            continue
        char, known = named[key]
        name = entry["label"]
        words = [known["name"], *entry.get("tags", []), *extra.get(key, [])]
        aliases = codes.get(entry["hexcode"], [])
        aliases = clean([aliases] if isinstance(aliases, str) else aliases, name)
        rows.append([char, name, known["group"], subgroups[str(entry["subgroup"])], clean(words, name), aliases])
    return rows


def with_newcomers(rows: list[list], package: Path) -> list[list]:
    """``rows`` with each of NEWCOMERS behind the last emoji of its subgroup."""
    names = {codepoint_key(codes): name for codes, name in load(package / "chars.json").items()}
    rows = list(rows)
    for key, subgroup in NEWCOMERS.items():
        at = max(index for index, row in enumerate(rows) if row[3] == subgroup)
        name = names[key].replace("-", " ")
        rows.insert(at + 1, [chr(int(key, 16)), name, rows[at][2], subgroup, name.split(), []])
    return rows


def build(folder: Path) -> bytes:
    """The catalog as bytes, from packages under ``folder``."""
    noto, emojibase, emojilib, unicode = (fetch(name, version, folder) for name, version in PACKAGES.items())
    bodies = read_noto(noto)
    rows = with_newcomers(read_unicode(emojibase, emojilib, unicode), noto)
    rows = [row for row in rows if character_key(row[0]) in bodies]
    left = sorted(set(bodies) - {character_key(row[0]) for row in rows})
    if left:
        raise SystemExit(f"no name or group for {', '.join(left)}: add them to NEWCOMERS or NOT_EMOJI")
    lines = [
        json.dumps(rows, ensure_ascii=False, separators=(",", ":")),
        *(within_area(bodies[character_key(row[0])]) for row in rows),
    ]
    print(f"{len(rows)} emoji, {sum(map(len, lines)) / 1e6:.1f} MB of text")
    return gzip.compress("\n".join(lines).encode(), compresslevel=9, mtime=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--packages", type=Path, help="folder of packages already fetched")
    folder = parser.parse_args().packages
    with tempfile.TemporaryDirectory() as scratch:
        TARGET.write_bytes(build(folder or Path(scratch)))
    print(f"{TARGET.name}: {TARGET.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
