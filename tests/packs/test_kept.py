"""Stickers kept on the disk: within a bound, for packs and the service alike, and none of it needed."""

import os
import threading

import pytest

from fusion.emoji.catalog import Catalog
from fusion.packs.folder import make_pack
from fusion.packs.kept import TRIM_EVERY, Kept, name_of
from fusion.packs.services import SERVICES, Picture
from fusion.service.stickers import Stickers, Wanted
from fusion.turns import Turns
from tests.support.apart import run_apart
from tests.support.fake_fuser import FakeFuser

CATALOG = Catalog.default()
PICTURE = Picture(128, "PNG", 10**6)
LIMIT = 1600
PIECE = int(LIMIT * TRIM_EVERY) + 1
"""Bytes after which the folder is counted."""


class Weights:
    weights_hash = "0123456789ab"


def names(count: int) -> list[str]:
    return [name_of(Weights(), "1f600", "1f355", PICTURE, hypothesis=number) for number in range(count)]


def total(kept: Kept) -> int:
    return sum(file.stat().st_size for file in kept.folder.rglob("*") if file.is_file())


def age(kept: Kept, name: str, seconds: int) -> None:
    """Let a file be read for the last time so long after 1970."""
    os.utime(kept._file(name), (seconds, seconds))


def test_names_tell_everything_that_makes_a_sticker_another():
    class Other(Weights):
        weights_hash = "ba9876543210"

    found = [
        name_of(Weights(), "1f600", "1f355", PICTURE),
        name_of(Weights(), "1f355", "1f600", PICTURE),
        name_of(Other(), "1f600", "1f355", PICTURE),
        name_of(Weights(), "1f600", "1f355", Picture(256, "PNG", 10**6)),
        name_of(Weights(), "1f600", "1f355", Picture(128, "WEBP", 10**6)),
        name_of(Weights(), "1f600", "1f355", PICTURE, main="first"),
        name_of(Weights(), "1f600", "1f355", PICTURE, main="second"),
    ]
    assert len(set(found)) == len(found)
    assert all(len(name) == 40 and int(name, 16) >= 0 for name in found)
    assert name_of(Weights(), "1f600", "1f355", PICTURE) == found[0]
    assert name_of(Weights(), "1f600", "1f355", PICTURE.unbounded) == found[0], "a bound changes no sticker"


def test_what_is_written_is_read_again_also_by_another_process(tmp_path):
    name, other = names(2)
    Kept(tmp_path).write(name, b"sticker")
    again = Kept(tmp_path)
    assert (again.read(name), again.length(name)) == (b"sticker", 7)
    assert (again.read(other), again.length(other)) == (None, 0)


def test_the_folder_keeps_its_bound_and_forgets_what_was_not_read_for_longest(tmp_path):
    kept, every = Kept(tmp_path, LIMIT), names(40)
    for number, name in enumerate(every):
        kept.write(name, bytes(PIECE))
        age(kept, name, number)
        assert total(kept) <= LIMIT + PIECE
    assert kept.read(every[0]) is None
    assert kept.read(every[-1]) == bytes(PIECE)


def test_what_is_read_stays(tmp_path):
    kept, every = Kept(tmp_path, LIMIT), names(40)
    for number, name in enumerate(every):
        kept.write(name, bytes(PIECE))
        age(kept, name, number)
        assert kept.read(every[0]) == bytes(PIECE), number


def test_earlier_processes_files_count_at_the_first_write(tmp_path):
    Kept(tmp_path, 10**9).write("ab" + "0" * 38, bytes(10 * LIMIT))
    kept = Kept(tmp_path, LIMIT)
    kept.write(names(1)[0], b"new")
    assert total(kept) <= LIMIT


def test_many_threads_leave_whole_files(tmp_path):
    kept, every = Kept(tmp_path, LIMIT), names(24)
    torn = []

    def work(part: list[str]) -> None:
        for name in part * 2:
            kept.write(name, name.encode() * 4)
            found = kept.read(name)
            if found not in (None, name.encode() * 4):
                torn.append(name)

    threads = [threading.Thread(target=work, args=(every[start::2],)) for start in (0, 1, 0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not torn
    assert not [file for file in tmp_path.rglob("*") if "partial" in file.name]


def test_a_disk_that_fails_costs_nothing_but_speed(tmp_path, caplog):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    kept = Kept(blocked)
    kept.write(names(1)[0], b"sticker")
    assert kept.read(names(1)[0]) is None
    assert "not kept" in caplog.text


@pytest.fixture
def pair():
    return CATALOG["1f600"], CATALOG["1f355"]


def stickers(fuser: FakeFuser, kept: Kept) -> Stickers:
    return Stickers(lambda: fuser, CATALOG, Turns(), kept)


def by_the_service(fuser: FakeFuser, kept: Kept, pair, picture: Picture) -> bytes:
    return run_apart(lambda: stickers(fuser, kept).content(Wanted(*pair, picture)))


def test_the_service_hands_out_what_a_pack_made(tmp_path, pair):
    fuser, kept = FakeFuser(), Kept(tmp_path / "kept")
    make_pack(fuser, SERVICES["slack"], [pair], tmp_path / "pack", "Grins", kept=kept)
    made = len(fuser.calls)
    content = by_the_service(fuser, kept, pair, SERVICES["slack"].sticker)
    assert len(fuser.calls) == made
    assert content == next((tmp_path / "pack").glob("*.png")).read_bytes()


def test_a_pack_takes_what_the_service_made(tmp_path, pair):
    fuser, kept = FakeFuser(), Kept(tmp_path / "kept")
    content = by_the_service(fuser, kept, pair, SERVICES["slack"].sticker)
    made = len(fuser.calls)
    make_pack(fuser, SERVICES["slack"], [pair], tmp_path / "pack", "Grins", kept=kept)
    assert len(fuser.calls) == made
    assert next((tmp_path / "pack").glob("*.png")).read_bytes() == content


@pytest.mark.parametrize("damage", [b"", b"\x89PNG\r\n\x1a\n cut", b"not a picture"])
def test_a_damaged_file_is_made_anew(tmp_path, pair, damage):
    fuser, kept = FakeFuser(), Kept(tmp_path / "kept")
    picture = SERVICES["slack"].sticker
    whole = by_the_service(fuser, kept, pair, picture)
    name = name_of(fuser, pair[0].key, pair[1].key, picture)
    kept._file(name).write_bytes(damage)
    assert by_the_service(fuser, kept, pair, picture) == whole
    assert kept.read(name) == whole
    kept._file(name).write_bytes(damage)
    make_pack(fuser, SERVICES["slack"], [pair], tmp_path / "pack", "Grins", kept=kept)
    assert next((tmp_path / "pack").glob("*.png")).read_bytes() == whole
