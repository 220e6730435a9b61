"""Packs on the page: what is asked, what is in the zip, and the button that asks."""

from __future__ import annotations

import base64
import io
import zipfile
from pathlib import Path

import pytest

from fusion.emoji.catalog import Catalog, UnknownEmoji
from fusion.errors import FusionError
from fusion.frame import STICKER_FRAME
from fusion.packs.check import check_pack
from fusion.packs.kept import Kept
from fusion.packs.services import SERVICES, PackError
from fusion.recipes.rosters import ROSTERS
from fusion.recipes.router import recipe_for
from fusion.ui.backend import Backend
from fusion.ui.contract import PARTNERS
from fusion.ui.packing import DULL, Packing, partners
from tests.support.fake_fuser import FakeFuser
from tests.support.page_steps import pick, settled

CATALOG = Catalog.default()
PAIRS = [["1f600", "1f355"], ["1f431", "1f525"], ["1f600", "1f355"], ["1f34e", "1f40b"]]


@pytest.fixture
def fuser() -> FakeFuser:
    return FakeFuser()


@pytest.fixture
def packing(fuser: FakeFuser, tmp_path: Path) -> Packing:
    return Packing(Backend(CATALOG, {"fusion": lambda: fuser}), Kept(tmp_path / "kept"))


def unpacked(content: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    return folder


@pytest.mark.parametrize("service", ["telegram", "whatsapp", "discord", "slack"])
def test_a_pack_of_the_history_keeps_the_rules(packing, fuser, service, tmp_path) -> None:
    answer = packing.pack({"service": service, "pairs": PAIRS})
    folder = unpacked(base64.b64decode(answer["zip"]), tmp_path / "pack")
    assert check_pack(folder, SERVICES[service]) == 3, "a pair twice is one sticker"
    assert answer["name"].endswith(f"{SERVICES[service].title}.zip")
    assert not list(folder.rglob(".request.json"))
    made = len(fuser.calls)
    assert packing.pack({"service": service, "pairs": PAIRS}) == answer
    assert len(fuser.calls) == made, "stickers that are kept are not fused again"


def test_one_emoji_and_its_best_partners(packing, tmp_path) -> None:
    answer = packing.pack({"service": "slack", "of": "cat face"})
    folder = unpacked(base64.b64decode(answer["zip"]), tmp_path / "pack")
    assert check_pack(folder, SERVICES["slack"]) == PARTNERS
    assert "cat face" in answer["name"]


@pytest.mark.parametrize("key", ["1f431", "1f600", "1f355"])
def test_partners_are_those_with_ideas(key) -> None:
    for roster in ROSTERS.values():
        found = partners(CATALOG[key], CATALOG, STICKER_FRAME, roster)
        families = [recipe_for(key, other.key, roster=roster).family for other in found]
        assert len({other.key for other in found} - {key}) == PARTNERS
        assert len(set(families)) > 2
        assert sum(family in DULL for family in families) == 0


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"service": "fax", "of": "1f431"}, PackError, "no packs for"),
        ({"service": "whatsapp", "pairs": PAIRS[:2]}, PackError, "needs at least 3"),
        ({"service": "slack", "of": ""}, UnknownEmoji, "no emoji given"),
        ({"service": "slack", "pairs": [["own:1", "1f355"]]}, UnknownEmoji, "own"),
        ({"service": "slack", "pairs": [["1f355"]]}, FusionError, "pairs"),
        ({"service": "slack", "pairs": [["1f355", "1f431"]] * 61}, FusionError, "at most 60"),
    ],
)
def test_what_makes_no_pack_is_one_sentence(packing, asked, error, said) -> None:
    with pytest.raises(error, match=said):
        packing.pack(asked)


@pytest.mark.browser
def test_the_button_saves_a_pack(open_page, tmp_path) -> None:
    page = open_page()
    settled(page)
    for name in ("cat face", "dog face"):
        pick(page, "first", name)
        page.wait_for_function("name => EF.answer?.names[0] === name", arg=name)
        settled(page)
    page.wait_for_function("JSON.parse(localStorage['emoji-fusion.history']).length === 3")
    assert page.locator('[data-role="pack-of"] option').all_inner_texts() == [
        "the latest fusions",
        f"dog face and its {PARTNERS} best partners",
        f"pizza and its {PARTNERS} best partners",
    ]
    page.select_option('[data-role="pack-for"]', "whatsapp")
    with page.expect_download() as saving:
        page.click('[data-act="pack"]')
    folder = unpacked(saving.value.path().read_bytes(), tmp_path / "pack")
    assert check_pack(folder, SERVICES["whatsapp"]) == 3
    page.wait_for_function("document.querySelector('[data-role=pack-state]').textContent.startsWith('Saved')")
    assert page.is_enabled('[data-act="pack"]')
