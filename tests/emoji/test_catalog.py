"""The catalog: every way to name an emoji leads to it, wrong names explain themselves, pictures are what they claim."""

import gzip
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from fusion.emoji import catalog as module
from fusion.emoji.catalog import Catalog, Emoji, UnknownEmoji, UnreadableCatalog, rasterise
from fusion.geometry import PUBLISHED_FRAME, STICKER_FRAME, Frame
from fusion.ui import picker


@pytest.fixture(scope="module")
def catalog():
    return Catalog.default()


@pytest.mark.parametrize(
    "text", ["pizza", "🍕", "1f355", "U+1F355", "u+1f355", "0x1F355", "  Pizza ", ":pizza:", "PIZZA"]
)
def test_each_spelling_of_pizza_finds_it(catalog, text):
    assert catalog.find(text).char == "🍕"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("grinning face", "grinning face"),
        ("grinning_face", "grinning face"),
        ("GRINNING-FACE", "grinning face"),
        ("☹", "frowning face"),
        ("☹️", "frowning face"),
        ("2639-FE0F", "frowning face"),
        ("👍🏽", "thumbs up"),
        ("1f44d-1f3fd", "thumbs up"),
        ("👨‍🍳", "man cook"),
        ("1F468-200D-1F373", "man cook"),
        ("U+1F468 U+200D U+1F373", "man cook"),
        ("#️⃣", "keycap: #"),
        ("keycap: 7", "keycap: 7"),
        ("one o'clock", "one o’clock"),
        ("pinata", "piñata"),
        ("smile", "grinning face with smiling eyes"),
        ("+1", "thumbs up"),
        ("-1", "thumbs down"),
        ("100", "hundred points"),
        ("burger", "hamburger"),
    ],
)
def test_find(catalog, text, name):
    assert catalog.find(text).name == name


def test_every_emoji_is_found_by_its_character_codepoints_and_name(catalog):
    for emoji in catalog:
        for text in (emoji.char, emoji.key, emoji.key.upper(), emoji.name, emoji.char.replace("\ufe0f", "")):
            assert catalog.find(text) is catalog[emoji.key], text


def test_an_unknown_name_comes_with_near_matches(catalog):
    with pytest.raises(UnknownEmoji, match="no emoji is called 'asdf': did you mean"):
        catalog.find("asdf")
    with pytest.raises(UnknownEmoji, match="🍕 pizza"):
        catalog.find("piza")


def test_a_word_for_many_emoji_is_refused_with_examples(catalog):
    with pytest.raises(UnknownEmoji, match=r"'water' can mean several emoji: did you mean .*water"):
        catalog.find("water")


@pytest.mark.parametrize(
    "text", ["", "   ", "::", None, 7, b"pizza", "x" * 100_000, "🍕" * 60, "\x00", "(", "-", "U+", "U+110000000"]
)
def test_senseless_input_gets_one_sentence(catalog, text):
    with pytest.raises(UnknownEmoji) as caught:
        catalog.find(text)
    message = str(caught.value)
    assert 20 < len(message) < 300
    assert "\n" not in message


@pytest.mark.parametrize("text", ["🍕🍔", "😀 🍕", "🇩🇪", "é́", "ﷺ" * 99])
def test_what_is_no_emoji_here_is_said_plainly(catalog, text):
    with pytest.raises(UnknownEmoji, match=r"type a single emoji|no emoji is called"):
        catalog.find(text)


def test_keys_are_codepoints_without_selector_and_lookups_agree(catalog):
    for emoji in catalog:
        assert emoji.key == "-".join(f"{ord(c):x}" for c in emoji.char if c != "\ufe0f")
        assert emoji.key in catalog
        assert catalog[emoji.key] is emoji
    assert "nonsense" not in catalog
    with pytest.raises(UnknownEmoji, match="nonsense"):
        catalog["nonsense"]


def test_the_shipped_catalog_is_whole(catalog):
    assert len(catalog) > 1_600
    assert len({emoji.name for emoji in catalog}) == len(catalog)
    assert not any({"1f3fb", "1f3ff"} & set(emoji.key.split("-")) for emoji in catalog)
    assert all(emoji.category and emoji.subcategory and "<" in catalog.body(emoji.key) for emoji in catalog)
    assert {emoji.category for emoji in catalog} == {
        *("Smileys & Emotion", "People & Body", "Animals & Nature", "Food & Drink", "Travel & Places"),
        *("Activities", "Objects", "Symbols", "Flags"),
    }
    order = list(catalog)
    assert order[0].name == "grinning face"
    assert order[-1].category == "Flags"


def test_search_ranks_names_before_keywords(catalog):
    found = catalog.search("fire", limit=5)
    assert found[0].char == "🔥"
    assert len(found) == 5
    assert catalog.search("pizz")[0].char == "🍕"
    assert {emoji.name for emoji in catalog.search("grinning eyes")} >= {"grinning face with smiling eyes"}
    assert catalog.search("cheese pizza")[0].char == "🍕"


@pytest.mark.parametrize("text", ["", None, "   ", "qqqqzz", "🍕🍕", "x" * 100_000])
def test_search_for_nothing_finds_nothing(catalog, text):
    assert catalog.search(text) == []


def test_render_is_premultiplied_and_framed(catalog):
    picture = catalog.render("1f355", 64, PUBLISHED_FRAME)
    assert picture.shape == (64, 64, 4)
    assert picture.dtype == np.uint8
    assert (picture[..., :3] <= picture[..., 3:]).all()
    assert picture[..., 3].max() == 255
    framed = catalog.render("1f355", 64, STICKER_FRAME)
    assert np.array_equal(catalog.render("1f355", 64), framed)
    assert framed[..., 3].sum() == pytest.approx(0.64 * picture[..., 3].sum(), rel=0.02)


def test_the_frame_decides_where_a_shape_lands():
    body = '<rect width="128" height="128" fill="#ff0000" fill-opacity="0.5"/>'
    full = rasterise(body, 32, Frame())
    assert (full == full[0, 0]).all()
    assert full[0, 0].tolist() == [128, 0, 0, 128]
    lowered = rasterise(body, 40, Frame(scale=0.5, drop=0.25))
    inside = np.zeros((40, 40), bool)
    inside[20:, 10:30] = True
    assert ((lowered[..., 3] > 0) == inside).all()


def test_a_picture_handed_out_can_be_changed_without_harm(catalog):
    first = catalog.render("1f600", 32)
    before = first.copy()
    first[:] = 0
    assert np.array_equal(catalog.render("1f600", 32), before)


def test_the_cache_forgets_the_oldest_beyond_its_bound(monkeypatch):
    drawn = []
    monkeypatch.setattr(module, "CACHE_BYTES", 3 * 8 * 8 * 4)
    monkeypatch.setattr(
        module, "rasterise", lambda body, size, frame: drawn.append(body) or np.zeros((8, 8, 4), np.uint8)
    )
    catalog = Catalog([Emoji(str(i), str(i), str(i), "", "") for i in range(5)], [b"%d" % i for i in range(5)])
    for key in ["0", "1", "2", "0", "3", "0", "1"]:
        catalog.render(key, 8, PUBLISHED_FRAME)
    assert drawn == ["0", "1", "2", "3", "1"]


@pytest.mark.parametrize(
    "content",
    [None, b"", b"not gzip", *(gzip.compress(text, mtime=0) for text in (b"[]\n<g/>", b"{", b"[1]\n"))],
    ids=["missing", "empty", "not gzip", "no emoji", "half a list", "a number"],
)
def test_a_damaged_catalog_says_how_to_mend_it(tmp_path, content):
    path = tmp_path / "emoji.json.gz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnreadableCatalog, match="build_catalog"):
        Catalog.load(path)


@pytest.mark.parametrize("harm", [lambda data: data[:100_000], lambda data: data[:5000] + bytes(99) + data[5099:]])
def test_a_truncated_or_altered_catalog_is_refused(tmp_path, harm):
    path = tmp_path / "emoji.json.gz"
    path.write_bytes(harm(module.NOTO.read_bytes()))
    with pytest.raises(UnreadableCatalog):
        Catalog.load(path)


def test_looking_up_needs_no_torch():
    code = (
        "import sys; from fusion.emoji.catalog import Catalog; "
        "Catalog.default().find('pizza'); print('torch' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=module.NOTO.parents[1]
    )
    assert told.stdout.strip() == "False"


def test_the_picker_sheets_show_the_catalog_in_order(catalog):
    keys = [list(catalog)[index].key for index in picker.order(catalog)]
    assert sorted(keys) == sorted(emoji.key for emoji in catalog)
    assert len(list(picker.SHEETS.iterdir())) == -(-len(keys) // picker.TILES)
    for place in (0, 11, 41, 700, len(keys) - 1):
        number, within = divmod(place, picker.TILES)
        with Image.open(picker.SHEETS / f"{number}.webp") as sheet:
            tile = sheet.width // picker.COLUMNS
            here = len(keys[number * picker.TILES :][: picker.TILES])
            assert sheet.height == tile * -(-here // picker.COLUMNS)
            x, y = within % picker.COLUMNS * tile, within // picker.COLUMNS * tile
            shown = np.asarray(sheet.crop((x, y, x + tile, y + tile)).convert("RGBA"))[..., 3].astype(int)
            assert abs(shown - catalog.render(keys[place], tile, PUBLISHED_FRAME)[..., 3]).mean() < 8
