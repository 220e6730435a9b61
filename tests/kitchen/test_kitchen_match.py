"""Matching finds what was put where; noise and strangers get no confidence."""

import pytest
import torch

from fusion.geometry import Layout, box_iou, content_box, layout_to_box
from fusion.kitchen import match
from fusion.kitchen.dataset import KitchenDataset
from fusion.kitchen.match import Template, estimate, inverse, relative
from fusion.kitchen.metadata import KitchenError
from tests.support.stickers import CAT, GLOBE, HAT, PIZZA, SCENES, compose, noise, picture, write_folder


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(("first", "second", "main", "instances", "placement"), SCENES)
def test_known_layouts_are_recovered(first, second, main, instances, placement):
    sticker = compose(first, second, main, instances, placement)
    both = tuple((Template(picture(key)),) for key in (first, second))
    found = estimate(both, sticker)
    assert found.main == main
    assert len(found.instances) == len(instances)
    assert found.layout_confidence > 0.5
    boxes = [content_box(picture(key)[3]) for key in (first, second)]
    for guess, truth in zip(found.instances, instances, strict=True):
        pair = [layout_to_box(torch.tensor(layout), boxes[1 - main]) for layout in (guess, truth)]
        assert box_iou(*pair) > 0.8
    pair = [layout_to_box(torch.tensor(layout), boxes[main]) for layout in (found.placement, placement)]
    assert box_iou(*pair) > 0.9


def test_noise_and_strangers_get_no_confidence():
    both = ((Template(picture(CAT)),), (Template(picture(PIZZA)),))
    noise = torch.rand(4, match.VIEW, match.VIEW, generator=torch.Generator().manual_seed(3))
    noise[:3] *= noise[3:]
    stranger = compose("1f697", "1f332", 0, [Layout(0.5, 0.5, 0.1, 0.2)], Layout())
    for sticker in (noise, stranger, torch.zeros(4, match.VIEW, match.VIEW)):
        assert estimate(both, sticker).layout_confidence < 0.3


def test_inverse_and_relative_undo_a_placement():
    placement, layout = Layout(1.2, 0.9, 0.1, -0.05), Layout(0.5, 0.6, -0.2, 0.1)
    box = torch.tensor([0.2, 0.3, 0.7, 0.9])
    there = layout_to_box(torch.tensor(placement), layout_to_box(torch.tensor(layout), box))
    back = layout_to_box(torch.tensor(inverse(placement)), there)
    assert torch.allclose(back, layout_to_box(torch.tensor(layout), box), atol=1e-6)
    whole = Layout(1.2 * 0.5, 0.9 * 0.6, 1.2 * -0.2 + 0.1, 0.9 * 0.1 - 0.05)
    assert torch.allclose(torch.tensor(relative(whole, placement)), torch.tensor(layout), atol=1e-6)


@pytest.fixture
def folder(tmp_path):
    """One sticker that matches, one of noise, and one that never came."""
    good = compose(*SCENES[0], size=192)
    return write_folder(tmp_path, {(CAT, HAT): good, (PIZZA, GLOBE): noise(), (CAT, GLOBE): None})


def test_the_dataset_gives_the_teachers_tensors(folder):
    stickers = KitchenDataset(folder, 64)
    assert len(stickers) == 2
    rows = {sticker.keys: index for index, sticker in enumerate(stickers.stickers)}
    batch = stickers.batch([rows[CAT, HAT], rows[PIZZA, GLOBE]])
    shapes = {name: tuple(value.shape) for name, value in batch.tensors().items()}
    assert shapes["first"] == shapes["second"] == shapes["target"] == (2, 4, 64, 64)
    assert shapes["layout"] == shapes["painted_layout"] == (2, 3, 4)
    assert (batch.target[:, :3] <= batch.target[:, 3:] + 1e-3).all(), "premultiplied"
    assert batch.layout_known.tolist() == [1, 0]
    assert batch.recolour_known.tolist() == [0, 0]
    assert batch.presence.tolist() == [[1, 0, 0], [0, 0, 0]]
    # The main subject lies where the frame draws it: the sticker below the hat is the cat itself.
    difference = (batch.target[0] - batch.first[0])[:, 40:].abs().mean()
    assert difference < 0.04


def test_estimates_are_kept_and_dropped_with_what_made_them(folder):
    stickers = KitchenDataset(folder, 64)
    stickers.prepare()
    again = KitchenDataset(folder, 64)
    assert again.estimates == stickers.estimates
    assert len(again.estimates) == 2
    text = (folder / "estimates.json").read_text()
    (folder / "estimates.json").write_text(text.replace(stickers.maker(), "another"))
    assert KitchenDataset(folder, 64).estimates == {}
    (folder / "estimates.json").write_text(text[: len(text) // 2])
    assert KitchenDataset(folder, 64).estimates == {}


def test_an_empty_folder_says_what_to_do(tmp_path):
    (tmp_path / "metadata.json").write_text(
        '{"x": [{"leftEmoji": "1f431", "rightEmoji": "1f355", "date": "20230418"}]}'
    )
    with pytest.raises(KitchenError, match="kitchen fetch"):
        KitchenDataset(tmp_path, 64)
