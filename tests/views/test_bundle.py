"""The bundle: everything is in it, the folder and the zip are the same, and a sticker tells how it was made."""

import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image

from fusion.files import OutputError, write_beside, write_folder_beside
from fusion.views import bundle
from fusion.views.stages import STAGES
from tests.support.tiny import SIZE, tiny_fuser, want


@pytest.fixture(scope="module")
def fuser():
    return want(tiny_fuser(), present=2, recolour=True)


@pytest.fixture(scope="module")
def trace(fuser):
    return fuser.fuse("😀", "🍕", size=SIZE, layout=(0.4, 0.4, 0.1, -0.2))


@pytest.fixture(scope="module")
def files(trace):
    with zipfile.ZipFile(io.BytesIO(bundle.zip_bytes(trace))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_folder_and_zip_hold_the_same(trace, files, tmp_path):
    bundle.write_files(trace, tmp_path)
    written = {p.relative_to(tmp_path).as_posix(): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert written == files


def test_every_stage_and_number_is_there(trace, files):
    # This network reads no words, and nobody asked why.
    for stage in set(STAGES) - {"words", "why main", "why here"}:
        (name,) = [name for name in files if name.endswith(f"-{stage}.png")]
        assert Image.open(io.BytesIO(files[name])).height == SIZE
    report = json.loads(files["trace.json"])
    assert report["weights"] == trace.weights_hash
    assert {"python", "torch", "numpy"} <= set(report["versions"])
    assert set(report["stages"]) == set(STAGES)
    assert report["layout"]["override"] == pytest.approx([0.4, 0.4, 0.1, -0.2])


def test_arrays_are_those_of_the_trace(trace, files):
    held = np.load(io.BytesIO(files["attention.npz"]))
    for block, found in trace.attention.items():
        joint = held[f"{block}_channel"][:, None, None] * held[f"{block}_spatial"]
        np.testing.assert_array_equal(joint, found.joint)
    np.testing.assert_array_equal(np.load(io.BytesIO(files["layouts.npz"]))["effective"], trace.effective.layouts)
    np.testing.assert_allclose(np.load(io.BytesIO(files["maps.npz"]))["gates"], trace.gates, atol=1e-3)


def test_a_sticker_can_be_made_again_from_its_own_metadata(fuser, trace, files):
    with Image.open(io.BytesIO(files["sticker.png"])) as picture:
        told = json.loads(picture.text[bundle.PNG_KEY])
        pixels = picture.tobytes()
    again = fuser.fuse(told["first"], told["second"], main=told["main"], layout=told["layout"][0], size=told["size"])
    with Image.open(io.BytesIO(bundle.sticker_png(again))) as picture:
        repeated = picture.tobytes()
    np.testing.assert_allclose(
        np.frombuffer(repeated, np.uint8).astype(int), np.frombuffer(pixels, np.uint8).astype(int), atol=2
    )


def test_a_preset_with_little_to_show_still_bundles():
    trace = tiny_fuser("unet").fuse("😀", "🍕", size=SIZE, teacher=False)
    names = [name for name, _ in bundle.files(trace)]
    assert "trace.json" in names
    assert not any("teacher" in name or "gates" in name for name in names)


class Interrupted(Exception):
    """Something that goes wrong in the middle of writing."""


def write_half(path):
    path.write_text("half")
    raise Interrupted


class TestFiles:
    def test_an_error_leaves_the_old_file_and_nothing_else(self, tmp_path):
        target = tmp_path / "a.txt"
        target.write_text("old")
        with pytest.raises(Interrupted), write_beside(target) as path:
            write_half(path)
        assert target.read_text() == "old"
        with write_beside(target) as path:
            assert path.suffix == ".txt"
            path.write_text("new")
        assert target.read_text() == "new"
        assert list(tmp_path.iterdir()) == [target]

    def test_a_folder_is_replaced_whole_or_not_at_all(self, tmp_path):
        target = tmp_path / "run"
        for content in ("one", "two"):
            with write_folder_beside(target, "mark") as folder:
                (folder / "mark").write_text(content)
                (folder / content).touch()
        with pytest.raises(Interrupted), write_folder_beside(target, "mark") as folder:
            write_half(folder / "mark")
        assert sorted(path.name for path in target.iterdir()) == ["mark", "two"]
        assert list(tmp_path.iterdir()) == [target]

    def test_places_that_cannot_be_written_are_named(self, tmp_path):
        (tmp_path / "file").touch()
        for target in (tmp_path, tmp_path / "missing" / "a.txt", tmp_path / "file" / "a.txt"):
            with pytest.raises(OutputError, match=str(target)), write_beside(target):
                pass
        with pytest.raises(OutputError), write_folder_beside(tmp_path / "file", "mark"):
            pass
