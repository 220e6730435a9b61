"""A client of the emoji-kitchen format, written after its published types alone: it knows a base address, no more."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass

import pytest
from PIL import Image
from starlette.testclient import TestClient

from fusion.emoji.catalog import Catalog
from fusion.kitchen.metadata import read_metadata
from fusion.packs.kept import Kept
from fusion.service.app import build_service
from fusion.service.metadata import KitchenMetadata
from fusion.service.stickers import Stickers
from fusion.turns import Turns
from tests.support.fake_fuser import FakeFuser

HOME = "http://kitchen.example"

DATA = {"alt": str, "keywords": list, "emojiCodepoint": str, "gBoardOrder": int, "combinations": dict}
COMBINATION = {
    "gStaticUrl": str,
    "alt": str,
    "leftEmoji": str,
    "leftEmojiCodepoint": str,
    "rightEmoji": str,
    "rightEmojiCodepoint": str,
    "date": str,
    "isLatest": bool,
    "gBoardOrder": int,
}
"""Fields of ``EmojiData`` and ``EmojiCombination``, and their types."""


@dataclass
class KitchenClient:
    """What a front end for the format does with it."""

    http: TestClient
    base: str

    def load(self, query: str = "") -> None:
        self.metadata = self.http.get(f"{self.base}/metadata.json{query}").json()

    def printable(self, code: str) -> str:
        return "".join(chr(int(part, 16)) for part in code.split("-"))

    def grid(self) -> list[str]:
        """The emoji to choose from, in the keyboard's order."""
        known = self.metadata["knownSupportedEmoji"]
        return sorted(known, key=lambda code: self.metadata["data"][code]["gBoardOrder"])

    def partners(self, left: str) -> set[str]:
        return set(self.metadata["data"][left]["combinations"])

    def sticker(self, left: str, right: str) -> bytes:
        """The latest sticker of a pair, whichever of the two was chosen first."""
        found = self.metadata["data"][left]["combinations"][right]
        latest = next(one for one in found if one["isLatest"])
        return self.http.get(latest["gStaticUrl"]).content


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    kept = Kept(tmp_path_factory.mktemp("stickers"))
    http = TestClient(build_service(Stickers(FakeFuser, Catalog.default(), Turns(), kept)), HOME)
    client = KitchenClient(http, HOME)
    client.load("?emoji=😀,red heart,1f355")
    return client


def test_a_client_of_the_format_works_by_its_base_address_alone(client):
    assert [client.printable(code) for code in client.grid()] == ["😀", "❤️", "🍕"]
    assert client.metadata["knownSupportedEmoji"] == ["1f600", "2764-fe0f", "1f355"]
    for left in client.grid():
        assert len(client.partners(left)) == len(Catalog.default()) - 1
    heart = client.sticker("1f600", "2764-fe0f")
    assert heart == client.sticker("2764-fe0f", "1f600")
    assert Image.open(io.BytesIO(heart)).size == (256, 256)


def test_every_field_has_its_type(client):
    for code, data in client.metadata["data"].items():
        assert data["emojiCodepoint"] == code
        assert data["emoji"] == client.printable(code)
        assert {name: type(data[name]) for name in DATA} == DATA
        for other, found in data["combinations"].items():
            (one,) = found
            assert {name: type(value) for name, value in one.items()} == COMBINATION
            assert {one["leftEmojiCodepoint"], one["rightEmojiCodepoint"]} == {code, other}


def test_our_own_reader_of_the_format_reads_it(client, tmp_path):
    (tmp_path / "metadata.json").write_text(json.dumps(client.metadata), encoding="utf-8")
    stickers = read_metadata(tmp_path / "metadata.json")
    assert len(stickers) == 3 * (len(Catalog.default()) - 1) - 3  # the three pairs among themselves are listed twice
    assert all(sticker.url.startswith(f"{HOME}/kitchen/") for sticker in stickers)


def test_the_whole_is_written_emoji_by_emoji():
    chunks = KitchenMetadata(Catalog.default(), HOME).chunks()
    head, first, second = next(chunks), next(chunks), next(chunks)
    told = json.loads(head + first + second + b"}}")
    assert len(told["knownSupportedEmoji"]) == len(Catalog.default())
    assert list(told["data"]) == told["knownSupportedEmoji"][:2]


def test_it_is_asked_for_again_only_where_something_changed(client):
    first = client.http.get("/metadata.json?emoji=😀")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.http.get("/metadata.json?emoji=😀", headers=tag).status_code == 304
    assert client.http.get("/metadata.json?emoji=🍕", headers=tag).status_code == 200


def test_behind_a_proxy_addresses_are_the_proxy_s(client):
    told = client.http.get("/metadata.json?emoji=😀", headers={"X-Forwarded-Proto": "https"}).json()
    first = next(iter(told["data"]["1f600"]["combinations"].values()))[0]
    assert first["gStaticUrl"].startswith("https://kitchen.example/kitchen/")
