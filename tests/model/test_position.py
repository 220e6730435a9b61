"""PositionalEncoding: coordinate planes, a small convolution, weights that multiply the aligned channels."""

import pytest
import torch
from torch import nn

from fusion.model.position import PositionalEncoding, box_plane, coordinate_planes
from tests.support.nets import awake, count, pictures, recorded, tiny


@pytest.mark.parametrize(("height", "width"), [(256, 256), (16, 48), (7, 3)])
def test_planes_are_column_and_row_and_hit_0_and_1_exactly(height, width):
    x, y = coordinate_planes(height, width)[0]
    assert x[:, 0].eq(0).all()
    assert x[:, -1].eq(1).all()
    assert y[0].eq(0).all()
    assert y[-1].eq(1).all()
    torch.testing.assert_close(x[0], torch.arange(width) / (width - 1))
    torch.testing.assert_close(y[:, 0], torch.arange(height) / (height - 1))


def test_planes_hit_0_and_1_in_half_precision_too():
    planes = coordinate_planes(256, 256, like=torch.zeros(1, dtype=torch.bfloat16))
    assert planes.dtype == torch.bfloat16
    assert (planes.amin().item(), planes.amax().item()) == (0, 1)


def test_four_planes_count_from_the_other_side_as_well():
    x, y, from_right, from_below = coordinate_planes(5, 9, planes=4)[0]
    torch.testing.assert_close(from_right, x.flip(1))
    torch.testing.assert_close(from_below, y.flip(0))


def test_a_3x3_conv_from_2_planes_to_the_6_aligned_channels_bn_relu_sigmoid(published):
    conv, norm, relu = published.position.encode
    assert (conv.in_channels, conv.out_channels, conv.kernel_size) == (2, 6, (3, 3))
    assert isinstance(norm, nn.BatchNorm2d)
    assert isinstance(relu, nn.ReLU)
    assert count(published.position) == 2 * 6 * 9 + 2 * 6
    weights = published.position(torch.zeros(1, 6, 32, 32))
    planes = coordinate_planes(32, 32)
    torch.testing.assert_close(weights, torch.sigmoid(torch.relu(norm(conv(planes)))))
    assert weights.min() >= 0.5  # ReLU leaves the sigmoid its upper half
    assert weights.max() < 1


def test_the_weights_multiply_the_aligned_channels_before_the_encoder(published):
    first, second = pictures(1)
    with recorded(published.unet) as calls:
        with_position = published(first, second)
        without = published(first, second, disabled=frozenset({"position"}))
    (multiplied, *_), (aligned, *_) = (inputs for inputs, _ in calls)
    torch.testing.assert_close(multiplied, aligned * with_position.position)
    assert without.position is None
    assert with_position.position.shape == (1, 6, 32, 32)


def test_the_middle_variant_sits_inside_the_encoder():
    net = awake(tiny("unet-se-po", position="middle"))
    assert net.position is None
    assert isinstance(net.unet.middle, PositionalEncoding)
    first, second = pictures(1)
    full = net(first, second).image
    assert not torch.equal(full, net(first, second, disabled=frozenset({"position"})).image)


def test_positional_modules_are_under_five_percent(published):
    attention = [block.attention for block in (published.unet.up3, published.unet.up4)]
    positional = count(published.position) + sum(count(module) for module in attention)
    assert 0 < positional < 0.05 * count(published)


def test_the_box_plane_peaks_at_the_nearest_box_and_falls_to_its_edge():
    boxes = torch.tensor([[[0.0, 0.0, 0.5, 0.5], [0.5, 0.5, 1.0, 1.0]]])
    plane = box_plane(boxes, torch.ones(1, 2), 33, 33)[0, 0]
    assert plane[8, 8] == plane[24, 24] == 1
    assert plane[16, 8].abs() < 1e-6
    assert plane.min() >= -1
    assert plane[8, 24] < plane[8, 8]
    only_first = box_plane(boxes, torch.tensor([[1.0, 0.0]]), 33, 33)[0, 0]
    assert only_first[24, 24] < 0
    assert box_plane(boxes, torch.zeros(1, 2), 33, 33).eq(-1).all()
