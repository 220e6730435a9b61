"""Sheets of pictures are whole whenever somebody looks at them."""

import pytest
import torch
from PIL import Image

from fusion.evaluation import contact_sheet
from fusion.files import OutputError
from tests.support.nets import tiny


def test_a_sheet_that_cannot_be_finished_leaves_the_one_before(tmp_path, monkeypatch):
    def half(picture, path, *args, **options):
        path.write_bytes(b"half a picture")
        raise OSError("no room")

    net, path = tiny(size=32), tmp_path / "sheets" / "a.png"
    pair = torch.rand(2, 1, 4, 32, 32)
    batch = type("Pairs", (), {"first": pair[0], "second": pair[1], "painted_target": pair[0]})
    with torch.inference_mode():
        output = net(*pair)
    contact_sheet.write_sheet(path, net, batch, output)
    before = path.read_bytes()
    monkeypatch.setattr(Image.Image, "save", half)
    with pytest.raises(OutputError, match="no room"):
        contact_sheet.write_sheet(path, net, batch, output)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["a.png"]
