"""Other art styles in training: some inputs change, the truth does not."""

import numpy as np
import pytest
import torch

from fusion.data.art_styles import STYLE_SHARE, restyle, training_styles
from fusion.data.batch import collate
from fusion.data.loader import TrainingSteps
from fusion.data.sampler import PairSampler
from fusion.errors import FusionError
from fusion.geometry import STICKER_FRAME, content_box
from tests.support.fake_teacher import FakeTeacher


class Blocks:
    """A style in which every disc is a small black block; squares it does not have."""

    def __contains__(self, key: str) -> bool:
        return key.startswith("disc")

    def one(self, key: str) -> torch.Tensor:
        picture = torch.zeros(4, 32, 32, dtype=torch.uint8)
        picture[3, 12:20, 14:18] = 255
        return picture


def batch(count: int = 200):
    teacher = FakeTeacher()
    return collate(PairSampler(teacher, weights={"any": 0}).draw(count, 0), teacher, 32, paint=False)


def test_some_inputs_are_redrawn_and_the_truth_stays():
    plain, changed = batch(), batch()
    restyle(changed, [Blocks()], np.random.default_rng(0))
    first, second = (
        (a != b).flatten(1).any(1) for a, b in ((plain.first, changed.first), (plain.second, changed.second))
    )
    assert 0.4 * STYLE_SHARE < (first | second).float().mean() <= 1.3 * STYLE_SHARE
    assert not torch.where(changed.main == 0, first, second).any(), "where things go is read off the main subject"
    for name in ("main", "layout", "presence", "recolour"):
        assert torch.equal(getattr(plain, name), getattr(changed, name))
    for pictures, before, side in ((changed.first, plain.first, 0), (changed.second, plain.second, 1)):
        for row, keys in enumerate(changed.keys):
            assert keys[side].startswith("disc") or torch.equal(pictures[row], before[row])


def test_the_content_box_follows_what_is_drawn():
    changed = batch()
    restyle(changed, [Blocks()], np.random.default_rng(0))
    main = changed.main.view(-1, 1, 1, 1).bool()
    torch.testing.assert_close(changed.content, content_box(torch.where(main, changed.first, changed.second)[:, 3]))


def test_steps_stay_a_function_of_their_number():
    steps = TrainingSteps(PairSampler(FakeTeacher()), 8, 32, False, (0, 0, 0), [Blocks()])
    assert torch.equal(steps[3].first, steps[3].first)


@pytest.mark.parametrize(("style", "why"), [("twemoji", "tests foreign styles"), ("openmoji", "share-alike")])
def test_styles_that_are_not_for_training_are_refused(style, why):
    with pytest.raises(FusionError, match=rf"{why}.*leave it out"):
        training_styles(["noto-v1", style], 64, STICKER_FRAME)
