"""The layers that several boxes share."""

import pytest
import torch

from fusion.model.layers import pixel_by_pixel


@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("learning", [False, True])
def test_a_map_stays_the_same_with_its_channels_last(batch, learning):
    x = torch.randn(batch, 5, 64, 48, requires_grad=learning)
    for given in (x, x.detach().contiguous(memory_format=torch.channels_last)):
        with torch.set_grad_enabled(learning):
            found = pixel_by_pixel(given)
        assert found.is_contiguous(memory_format=torch.channels_last)
        assert torch.equal(found, given)


def test_one_picture_is_copied_as_a_matrix_that_is_turned_over():
    """The general copy takes as long as the largest convolution."""
    with torch.profiler.profile() as seen, torch.inference_mode():
        pixel_by_pixel(torch.randn(1, 42, 64, 64))
    assert "aten::t" in {one.key for one in seen.key_averages()}
