"""Packs: every service's rules on real files, the same bytes each time, going on after a stop; shards by rank."""

import json
import tarfile
from pathlib import Path

import numpy as np
import pytest

from fusion.emoji.catalog import Catalog
from fusion.errors import FusionError
from fusion.files import OutputError
from fusion.packs.check import check_pack
from fusion.packs.choice import choose_pairs, split
from fusion.packs.encode import QUALITIES, encode, webp_bytes
from fusion.packs.folder import make_pack
from fusion.packs.services import SERVICES, PackError, Picture
from fusion.packs.shards import MANIFEST, make_shards, missing_shards
from fusion.views.bundle import sticker_picture

CATALOG = Catalog.default()


class Stamps:
    """An engine without a network: one emoji drawn over the other at half strength. Counts what it was asked for."""

    preset, weights_hash = "stamps", "0123456789ab"

    def __init__(self, stop_after: int | None = None) -> None:
        self.made, self.stop_after = 0, stop_after

    def outputs(self, pairs, size=256):
        if self.stop_after is not None and self.made >= self.stop_after:
            raise KeyboardInterrupt
        self.made += len(pairs)
        drawn = [[CATALOG.render(key, size).astype(np.float32) / 255 for key in pair] for pair in pairs]
        return np.stack([0.5 * one + 0.5 * other for one, other in drawn])


def pairs(count: int):
    return choose_pairs(["popular"], ["😀"], CATALOG)[:count]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


@pytest.mark.parametrize("name", SERVICES)
def test_a_pack_keeps_the_rules_of_its_service(name, tmp_path):
    service, some = SERVICES[name], pairs(4)
    make_pack(Stamps(), service, some, tmp_path / "pack", "Grins 😀 & more")
    assert check_pack(tmp_path / "pack", service) == 4
    made = contents(tmp_path / "pack")
    assert b"Noto Emoji" in made["ATTRIBUTION.txt"]
    assert json.loads(made["index.json"])["licence"] == "Apache-2.0"
    assert {row["second"] for row in json.loads(made["index.json"])["stickers"]} == {"1f600"}


@pytest.mark.parametrize("name", ["whatsapp", "telegram", "discord"])
def test_too_many_stickers_make_several_sets(name, tmp_path):
    service = SERVICES[name]
    count = service.most + 1
    small = [range(a.start, a.stop) for a in split(count, service.least, service.most)]
    assert [len(part) for part in small] in ([15, 16], [60, 61], [30, 31])
    with pytest.raises(PackError, match="needs at least 3"):
        split(2, 3, 30)


def test_whatsapp_sets_of_thirty_one(tmp_path):
    make_pack(Stamps(), SERVICES["whatsapp"], pairs(31), tmp_path / "pack", "Grins")
    assert check_pack(tmp_path / "pack", SERVICES["whatsapp"]) == 31
    told = json.loads((tmp_path / "pack" / "contents.json").read_text())
    assert [pack["identifier"] for pack in told["sticker_packs"]] == ["grins_01", "grins_02"]


def test_the_same_request_gives_the_same_bytes_and_makes_nothing_again(tmp_path):
    engine = Stamps()
    for folder in ("one", "other"):
        make_pack(engine, SERVICES["telegram"], pairs(3), tmp_path / folder, "Grins")
    assert contents(tmp_path / "one") == contents(tmp_path / "other")
    make_pack(engine, SERVICES["telegram"], pairs(3), tmp_path / "one", "Grins")
    assert engine.made == 6


def test_a_killed_run_goes_on_and_ends_with_the_same_bytes(tmp_path):
    service, some = SERVICES["slack"], pairs(20)
    make_pack(Stamps(), service, some, tmp_path / "whole", "Grins")
    with pytest.raises(KeyboardInterrupt):
        make_pack(Stamps(stop_after=8), service, some, tmp_path / "pack", "Grins")
    with pytest.raises(OutputError):
        check_pack(tmp_path / "pack", service)
    rest, told = Stamps(), []
    make_pack(rest, service, some, tmp_path / "pack", "Grins", told.append)
    assert rest.made == 12
    assert told == [8, 8, 4]
    assert contents(tmp_path / "pack") == contents(tmp_path / "whole")


def test_two_packs_do_not_mix(tmp_path):
    make_pack(Stamps(), SERVICES["slack"], pairs(2), tmp_path / "pack", "Grins")
    with pytest.raises(OutputError, match="another pack"):
        make_pack(Stamps(), SERVICES["slack"], pairs(3), tmp_path / "pack", "Grins")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(OutputError, match="other files"):
        make_pack(Stamps(), SERVICES["slack"], pairs(2), tmp_path / "mine", "Grins")


def spoil_size(folder: Path) -> None:
    file = next((folder / "grins_01").glob("*.webp"))
    file.write_bytes(encode(np.zeros((256, 256, 4), np.float32), Picture(256, "WEBP", 10**6)))


def spoil_emoji(folder: Path) -> None:
    told = json.loads((folder / "contents.json").read_text())
    told["sticker_packs"][0]["stickers"][0]["emojis"] = ["😀"] * 4
    (folder / "contents.json").write_text(json.dumps(told))


def spoil_tray(folder: Path) -> None:
    (folder / "grins_01" / "tray.png").write_bytes(b"x" * 60_000)


@pytest.mark.parametrize(
    ("spoil", "error"), [(spoil_size, "must have 512"), (spoil_emoji, "too many"), (spoil_tray, "60000 bytes")]
)
def test_the_check_finds_what_is_wrong(spoil, error, tmp_path):
    make_pack(Stamps(), SERVICES["whatsapp"], pairs(3), tmp_path / "pack", "Grins")
    spoil(tmp_path / "pack")
    with pytest.raises(FusionError, match=error):
        check_pack(tmp_path / "pack", SERVICES["whatsapp"])


def test_a_noisy_picture_is_brought_below_the_limit():
    noise = np.random.default_rng(0).random((256, 256, 4)).astype(np.float32).repeat(2, 0).repeat(2, 1)
    noise[..., 3] = 1
    noise[:8, :8] = 0
    assert len(webp_bytes(sticker_picture(noise), QUALITIES[0])) > 100 * 1024
    assert len(encode(noise, SERVICES["whatsapp"].sticker)) < 100 * 1024
    with pytest.raises(PackError, match="does not fit"):
        encode(noise, Picture(512, "WEBP", 1000))


def test_pairs_are_chosen_once():
    def keys(*words, others=()):
        return [(a.char, b.char) for a, b in choose_pairs(words, others, CATALOG)]

    assert keys("😀", "🍕", "🔥") == [("😀", "🍕"), ("😀", "🔥"), ("🍕", "🔥")]
    assert keys("😀", "🍕", others=("🍕", "😀")) == [("😀", "🍕")]
    assert len(keys("🐱", others=("popular",))) > 300
    with pytest.raises(PackError, match="makes no pair"):
        keys("😀")


class TestShards:
    def test_ranks_share_the_shards_and_one_manifest(self, tmp_path, monkeypatch):
        monkeypatch.setattr("fusion.packs.shards.SHARD", 3)
        some, service = pairs(8), SERVICES["files"]
        make_shards(Stamps(), service, some, tmp_path / "alone")
        monkeypatch.setenv("WORLD_SIZE", "2")
        engines = [Stamps(), Stamps()]
        for rank in (1, 0):
            monkeypatch.setenv("RANK", str(rank))
            make_shards(engines[rank], service, some, tmp_path / "shared")
            assert missing_shards(tmp_path / "shared") == (["shard-000000.tar", "shard-000002.tar"] if rank else [])
        assert [engine.made for engine in engines] == [5, 3]
        assert contents(tmp_path / "alone") == contents(tmp_path / "shared")

    def test_a_killed_run_goes_on_with_the_missing_shards(self, tmp_path, monkeypatch):
        monkeypatch.setattr("fusion.packs.shards.SHARD", 3)
        some, service = pairs(8), SERVICES["files"]
        with pytest.raises(KeyboardInterrupt):
            make_shards(Stamps(stop_after=4), service, some, tmp_path / "shards", batch=2)
        assert missing_shards(tmp_path / "shards") == ["shard-000001.tar", "shard-000002.tar"]
        rest = Stamps()
        make_shards(rest, service, some, tmp_path / "shards", batch=2)
        assert rest.made == 5
        assert not missing_shards(tmp_path / "shards")

    def test_a_shard_holds_picture_and_words_of_each_pair(self, tmp_path):
        make_shards(Stamps(), SERVICES["files"], pairs(2), tmp_path / "shards")
        with tarfile.open(tmp_path / "shards" / "shard-000000.tar") as archive:
            names = archive.getnames()
            told = json.load(archive.extractfile(names[1]))
        assert len(names) == 4
        assert names[0].removesuffix(".png") == names[1].removesuffix(".json") == f"{told['first']}_{told['second']}"
        assert json.loads((tmp_path / "shards" / MANIFEST).read_text())["shards"] == [
            {"file": "shard-000000.tar", "pairs": 2}
        ]

    def test_ranks_that_make_no_sense_are_refused(self, tmp_path, monkeypatch):
        monkeypatch.setenv("RANK", "2")
        monkeypatch.setenv("WORLD_SIZE", "2")
        with pytest.raises(PackError, match="count from 0"):
            make_shards(Stamps(), SERVICES["files"], pairs(2), tmp_path / "shards")
