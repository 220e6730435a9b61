"""Other art styles: packages of icons become catalogs in the same drawing area; the shipped one can be rebuilt."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fusion.emoji import catalog as module
from fusion.emoji.catalog import Catalog, Emoji, MissingStyle
from fusion.geometry import PUBLISHED_FRAME, Frame

ASSETS = Path(__file__).parents[2] / "assets"
RED_LEFT = '<path fill="#f00" d="M0 0h10v20H0z"/>'


@pytest.fixture
def scripts(monkeypatch):
    """The scripts of assets/, importable by name."""
    monkeypatch.syspath_prepend(str(ASSETS / "scripts"))
    import build_catalog
    import fetch_styles

    return build_catalog, fetch_styles


@pytest.fixture
def catalog():
    emoji = [
        Emoji("1f355", "🍕", "pizza", "Food & Drink", "food-prepared"),
        Emoji("2639", "☹️", "frowning face", "Smileys & Emotion", "face-concerned", ("sad",)),
        Emoji("1f981", "🦁", "lion", "Animals & Nature", "animal-mammal", (), ("lion head",)),
        Emoji("1f600", "😀", "grinning face", "Smileys & Emotion", "face-smiling"),
    ]
    return Catalog(emoji, [b"<g/>"] * len(emoji))


def write_package(folder: Path, icons: dict, chars: dict | None = None, aliases: dict | None = None, **sizes) -> Path:
    """A tiny iconify package. ``icons``: name -> what it has besides its body."""
    package = folder / "package"
    package.mkdir(parents=True)
    described = {name: {"body": RED_LEFT, **more} for name, more in icons.items()}
    (package / "icons.json").write_text(json.dumps({"icons": described, "aliases": aliases or {}, **sizes}))
    (package / "chars.json").write_text(json.dumps(chars or {}))
    return package


def test_icons_are_matched_by_codepoint_and_fill_the_drawing_area(tmp_path, scripts, catalog):
    package = write_package(
        tmp_path, {"slice": {}, "sad": {}, "no-emoji": {}}, {"1f355": "slice", "2639-fe0f": "sad", "aaaa": "no-emoji"},
        width=20, height=20,
    )  # fmt: skip
    bodies = scripts[1].match(package, catalog)
    assert set(bodies) == {"1f355", "2639"}
    path = tmp_path / "tiny.json.gz"
    path.write_bytes(scripts[1].pack(catalog, bodies))
    style = Catalog.load(path)
    assert [emoji.key for emoji in style] == ["1f355", "2639"]
    assert style["2639"] == catalog["2639"]
    picture = style.render("1f355", 16, PUBLISHED_FRAME)
    assert (picture[:, :8] == [255, 0, 0, 255]).all()
    assert not picture[:, 8:].any()


def test_mirrored_and_oblong_icons_keep_their_shape(tmp_path, scripts, catalog):
    package = write_package(
        tmp_path, {"slice": {"height": 40}}, {"1f355": "turned"}, {"turned": {"parent": "slice", "hFlip": True}},
        width=20, height=20,
    )  # fmt: skip
    body = scripts[1].match(package, catalog)["1f355"]
    picture = module.rasterise(body, 16, PUBLISHED_FRAME)
    shown = np.zeros((16, 16), bool)
    shown[:8, 8:12] = True
    assert ((picture[..., 3] > 0) == shown).all()


def test_sets_without_codepoints_are_matched_by_name(tmp_path, scripts, catalog):
    icons = {"pizza": {}, "lion-face": {}, "grinning": {}, "grinning-face": {}, "letter-a": {}}
    bodies = scripts[1].keys_by_name(catalog, list(icons))
    assert bodies == {"1f355": "pizza", "1f981": "lion-face", "1f600": "grinning-face"}


def test_what_lies_beside_the_drawing_area_is_hidden(scripts):
    beside = '<path fill="#f00" d="M64 0h128v128h-128z"/>'
    picture = module.rasterise(scripts[0].within_area(beside), 32, Frame(scale=0.5))
    shown = np.zeros((32, 32), bool)
    shown[8:24, 16:24] = True
    assert ((picture[..., 3] > 0) == shown).all()
    inside = '<path d="M0 0h128v128H0z"/>'
    assert scripts[0].within_area(inside) == inside


@pytest.mark.parametrize("name", ["gorilla", "package", "crossed swords", "heavy equals sign", "pizza"])
def test_no_shipped_drawing_shows_more_than_its_area(name):
    catalog = Catalog.default()
    picture = catalog.render(catalog.find(name).key, 64, Frame(scale=0.5))[..., 3].copy()
    assert picture[15:49, 15:49].max() == 255
    picture[15:49, 15:49] = 0
    assert not picture.any()


def test_an_alias_of_a_missing_icon_is_left_out(tmp_path, scripts, catalog):
    package = write_package(tmp_path, {}, {"1f355": "gone"}, {"gone": {"parent": "never-there"}})
    assert scripts[1].match(package, catalog) == {}


def test_packing_is_the_same_every_time(scripts, catalog):
    bodies = {"1f355": "<g/>", "1f600": RED_LEFT}
    assert scripts[1].pack(catalog, bodies) == scripts[1].pack(catalog, dict(reversed(bodies.items())))


def test_the_style_split_is_not_for_training(scripts):
    sets = scripts[1].SETS
    assert sets["twemoji"].use == "split"
    assert all(
        "SA" not in style.licence and "NC" not in style.licence for style in sets.values() if style.use == "training"
    )


def test_a_style_is_read_from_its_folder_and_its_absence_explained(tmp_path, monkeypatch, scripts, catalog):
    monkeypatch.setattr(module, "STYLES", tmp_path)
    (tmp_path / "here.json.gz").write_bytes(scripts[1].pack(catalog, {"1f600": RED_LEFT}))
    assert len(Catalog.style("here")) == 1
    with pytest.raises(MissingStyle, match=r"python assets/scripts/fetch_styles\.py away"):
        Catalog.style("away")


def test_an_unknown_style_is_refused_before_anything_is_fetched():
    command = [sys.executable, ASSETS / "scripts" / "fetch_styles.py", "cubist"]
    told = subprocess.run(command, capture_output=True, text=True)
    assert told.returncode == 2
    assert "no style is called cubist: choose from noto-v1" in told.stderr


def test_the_shipped_catalog_has_no_skin_tones_or_hidden_icons(tmp_path, scripts):
    package = write_package(
        tmp_path,
        {"man": {}, "man-dark": {}, "old-man": {"hidden": True}, "letter": {}},
        {"1f468": "man", "1f468-1f3ff": "man-dark", "1f474": "old-man", "1f1e6": "letter", "0023-fe0f-20e3": "man"},
    )
    assert set(scripts[0].read_noto(package)) == {"1f468", "23-20e3"}


def test_the_shipped_file_is_reproducible_gzip():
    assert module.NOTO.read_bytes()[4:8] == bytes(4)
    assert gzip.decompress(module.NOTO.read_bytes()).count(b"\n") == len(Catalog.default())
