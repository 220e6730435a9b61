"""The contrast of the attention: a map that knows the non-main, one that does not, and the published form's bound."""

import math

import torch

from fusion.evaluation.attention_contrast import attention_contrast, best_of_form, contrast, figures
from fusion.model import build_fusion_net
from fusion.model.position import coordinate_planes


def corners(count: int, side: int = 16) -> tuple[torch.Tensor, torch.Tensor]:
    """``count`` pairs whose non-main sits in the four corners in turn, and the rest of a full main."""
    other = torch.zeros(count, 1, side, side)
    half = side // 2
    for i in range(count):
        y, x = (i // 2 % 2) * half, (i % 2) * half
        other[i, :, y : y + half, x : x + half] = 1
    return other, 1 - other


def test_contrast_is_the_ratio_of_two_means():
    other, rest = corners(4)
    assert torch.allclose(contrast(0.9 * other + 0.3 * rest, other, rest), torch.full((4,), 3.0))
    assert torch.allclose(contrast(torch.full((1, 1, 16, 16), 0.4), other, rest), torch.ones(4))
    assert contrast(other, torch.zeros_like(other), rest).isnan().all()


def test_figures_leave_out_what_cannot_be_measured():
    assert figures(torch.tensor([4.0, 1.0, math.nan])) == {"contrast": round(1.3 / 0.7, 4), "raised": 0.5, "n": 2}
    assert figures(torch.tensor([3.0, 3.0]))["contrast"] == 3
    assert figures(torch.tensor([math.nan]))["n"] == 0


def test_one_map_for_all_pairs_cannot_follow_a_non_main_that_moves():
    torch.manual_seed(0)
    moving, still = corners(8), [mask[:1].expand(8, -1, -1, -1) for mask in corners(8)]
    ramps, knowing = coordinate_planes(16, 16), moving[0] - moving[1]
    assert best_of_form(ramps, *moving) < 1.2
    assert best_of_form(ramps, *still) > 3
    assert best_of_form(knowing, *moving) > 3


def test_a_fresh_layout_aware_network_looks_at_the_non_main_and_a_plain_one_has_no_maps():
    torch.manual_seed(0)
    y, x = torch.meshgrid(*[torch.linspace(-1, 1, 32)] * 2, indexing="ij")
    disc = ((x**2 + y**2) < 0.6).float().expand(1, 4, 32, 32)

    def measured(preset: str) -> dict:
        net = build_fusion_net(preset, width=4).eval()
        if net.aligns:  # small and to one side, else nothing of the main subject is left
            net.center_aware_scale.head.numbers.bias.data[:4] = torch.tensor([-1.0, -1.0, 0.5, 0.5])
        return attention_contrast(net, [(disc, disc)])

    assert measured("unet") == {}
    found = measured("fusion")
    assert found["up3"]["contrast"] > 1.1
    assert found["up4"]["contrast"] > 1.1
    assert found["up4"]["n"] == 1
