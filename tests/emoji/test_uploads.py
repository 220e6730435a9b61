"""Pictures of one's own: cropped and framed like an emoji, or refused in one sentence."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from fusion.errors import FusionError
from fusion.geometry import content_box
from tests.support.tiny import SIZE, fuse, tiny_fuser, want


@pytest.fixture
def fuser():
    return want(tiny_fuser())


def blot(mode="RGBA", size=(60, 30)):
    """A picture with an opaque red block inside a transparent border."""
    picture = Image.new("RGBA", size)
    picture.paste((200, 30, 30, 255), (10, 5, size[0] - 10, size[1] - 5))
    return picture.convert(mode)


class TestPictures:
    def test_a_picture_is_cropped_and_framed_like_an_emoji(self, fuser):
        trace = fuse(fuser, first=blot(size=(200, 60)))
        box = content_box(torch.from_numpy(trace.inputs[0][..., 3])).tolist()
        assert box[2] - box[0] == pytest.approx(0.8 * 120 / 128, abs=2 / SIZE)
        assert (box[2] - box[0]) / (box[3] - box[1]) == pytest.approx(180 / 50, rel=0.15)
        assert (box[1] + box[3]) / 2 == pytest.approx(0.6, abs=2 / SIZE)
        assert (trace.inputs[0][..., :3] <= trace.inputs[0][..., 3:] + 1e-6).all()

    def test_the_margin_does_not_matter(self, fuser):
        plain = blot()
        wide = Image.new("RGBA", (300, 200))
        wide.paste(plain, (100, 90))
        np.testing.assert_array_equal(fuse(fuser, plain).inputs[0], fuse(fuser, wide).inputs[0])

    @pytest.mark.parametrize("mode", ["RGB", "L", "LA", "P", "CMYK", "1", "I;16", "I", "F"])
    def test_every_kind_of_picture_is_taken(self, fuser, mode):
        if mode in ("I;16", "I", "F"):
            grey = np.tile(np.linspace(0, 1, 40), (40, 1)) * (65535 if mode != "F" else 1)
            kind = {"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode]
            picture = Image.fromarray(grey.astype(kind))
        else:
            picture = blot(mode)
        trace = fuse(fuser, first=picture)
        assert trace.inputs[0][..., 3].max() == 1
        assert trace.teacher is None
        assert trace.keys[0].startswith("picture-")

    def test_sixteen_bits_keep_their_grey(self, fuser):
        picture = Image.fromarray(np.full((40, 40), 32768, np.uint16))
        middle = fuse(fuser, first=picture).inputs[0][SIZE * 6 // 10, SIZE // 2]
        assert middle[:3] == pytest.approx([0.5] * 3, abs=0.01)

    def test_of_an_animation_the_first_frame_counts(self, fuser, tmp_path):
        path = tmp_path / "moving.gif"
        frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
        frames[0].save(path, save_all=True, append_images=frames[1:])
        middle = fuse(fuser, first=path).inputs[0][SIZE * 6 // 10, SIZE // 2]
        assert middle[0] > 0.9
        assert middle[2] < 0.1

    def test_a_string_never_opens_a_file(self, fuser, tmp_path):
        path = tmp_path / "secret.png"
        blot().save(path)
        with pytest.raises(FusionError):
            fuse(fuser, first=str(path))
        assert fuse(fuser, first=path).names[0] == "secret"

    def test_what_cannot_be_used_is_refused_in_one_sentence(self, fuser, tmp_path):
        whole = io.BytesIO()
        blot().save(whole, "PNG")
        bad = {"cut.png": whole.getvalue()[:-40], "text.png": b"no picture", "empty.png": b""}
        for name, content in bad.items():
            (tmp_path / name).write_bytes(content)
        Image.new("RGBA", (40, 40)).save(tmp_path / "clear.png")
        Image.new("RGB", (3, 3)).save(tmp_path / "tiny.png")
        Image.new("1", (20_000, 3_000)).save(tmp_path / "huge.png")
        for name in [*bad, "clear.png", "tiny.png", "huge.png", "missing.png", "."]:
            with pytest.raises(FusionError) as told:
                fuse(fuser, first=tmp_path / name)
            assert "\n" not in str(told.value)
            assert ";" in str(told.value), "the remedy follows the error"
