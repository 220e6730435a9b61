"""The contrast of attention: one number for arrays and tensors, and a gradient where a region is empty."""

import math

import numpy as np
import pytest
import torch

from fusion.attention_contrast import attention_contrast, contrast_of_masks

REGION = np.float32([[1, 1, 0, 0]] * 4)
WEIGHTS = np.float32([[0.8, 0.6, 0.2, 0.0]] * 4)


def test_arrays_and_tensors_give_the_ratio_of_the_means():
    assert attention_contrast(WEIGHTS, REGION, 1 - REGION) == pytest.approx(0.7 / 0.1)
    tensors = (torch.from_numpy(one) for one in (WEIGHTS, REGION, 1 - REGION))
    assert attention_contrast(*tensors).item() == pytest.approx(0.7 / 0.1)


def test_masks_and_shares_are_read_alike():
    assert attention_contrast(WEIGHTS, REGION > 0.5, REGION < 0.5) == pytest.approx(0.7 / 0.1)
    assert attention_contrast(WEIGHTS, 0.5 * REGION, 1 - REGION) == pytest.approx(0.7 / 0.1)


def test_an_empty_region_has_no_contrast_unless_a_least_divisor_is_given():
    weights = torch.from_numpy(WEIGHTS).requires_grad_()
    region, empty = torch.from_numpy(REGION), torch.zeros(4, 4)
    assert math.isnan(attention_contrast(weights.detach(), empty, region))
    found = attention_contrast(weights, region, empty, least=1e-3)
    found.backward()
    assert weights.grad.isfinite().all()


def test_hard_masks_agree_with_the_general_form():
    region = REGION > 0.5
    assert contrast_of_masks(WEIGHTS, region, ~region) == pytest.approx(0.7 / 0.1)
    assert contrast_of_masks(WEIGHTS, region, np.zeros_like(region)) is None
