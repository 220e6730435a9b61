"""Palettes and curves: nothing learned, so what they do to simple pictures is known exactly."""

import numpy as np
import pytest
import torch

from fusion.colour import KNOT_GAP, luminance, luminance_curve, palette, recolour, repaint, spread
from fusion.emoji.catalog import Catalog
from fusion.geometry import STICKER_FRAME
from fusion.recipes.anatomy.anatomy import anatomy

RED, BLUE = (0.8, 0.2, 0.1), (0.1, 0.3, 0.9)


def plain(rgb: tuple[float, float, float], alpha: float = 1.0, side: int = 16) -> torch.Tensor:
    """One premultiplied picture (1, 4, side, side) of a single colour."""
    return torch.tensor([*(alpha * value for value in rgb), alpha]).view(1, 4, 1, 1).expand(1, 4, side, side).clone()


def ramp(side: int = 32) -> torch.Tensor:
    """Opaque grey from 0.3 to 0.9, left to right: (1, 4, side, side)."""
    grey = torch.linspace(0.3, 0.9, side).expand(1, 3, side, side)
    return torch.cat([grey, torch.ones(1, 1, side, side)], dim=1)


def test_the_palette_of_one_colour_is_that_colour():
    found = palette(torch.cat([plain(RED), plain(BLUE)]))
    torch.testing.assert_close(found[0, :, 1:], torch.tensor(RED).expand(8, 3))
    torch.testing.assert_close(found[1, :, 1:], torch.tensor(BLUE).expand(8, 3))
    torch.testing.assert_close(found[..., 0], luminance(found[..., 1:]))


def test_bins_ascend_and_split_a_ramp_evenly():
    light = palette(ramp(128))[0, :, 0]
    assert (light.diff() > 0).all()
    torch.testing.assert_close(light.diff(), torch.full((7,), light.diff().mean().item()), atol=0.02, rtol=0)


def test_what_is_transparent_and_thin_outlines_do_not_count():
    picture = plain(RED, side=32)
    picture[..., :4] = 0
    picture[:, :3, :3, :] = 0.02
    torch.testing.assert_close(palette(picture)[0, :, 1:], torch.tensor(RED).expand(8, 3), atol=1e-5, rtol=0)


def test_an_empty_picture_has_a_grey_palette():
    assert torch.equal(palette(torch.zeros(1, 4, 8, 8))[..., 1:], torch.full((1, 8, 3), 0.5))


def test_knots_are_apart_and_keep_their_mean():
    knots = torch.tensor([0.5, 0.5, 0.5, 0.51, 0.52, 0.6, 0.6, 0.7])
    apart = spread(knots)
    assert (apart.diff() >= KNOT_GAP - 1e-6).all()
    assert float(apart.mean()) == pytest.approx(float(knots.mean()), abs=1e-6)


def test_a_picture_in_its_own_palette_stays_and_alpha_always_does():
    picture = ramp() * torch.linspace(0.5, 1, 32).view(1, 1, 32, 1)
    same = recolour(picture, luminance_curve(palette(ramp()), palette(ramp())))
    assert (same - picture).abs().max() < 0.05
    assert torch.equal(same[:, 3], picture[:, 3])


def test_only_wanted_rows_take_the_others_colours():
    main, other = ramp().repeat(2, 1, 1, 1), plain(BLUE, side=32).repeat(2, 1, 1, 1)
    painted = repaint(main, other, torch.tensor([0.0, 1.0]))
    assert torch.equal(painted[0], main[0])
    red, _, blue = painted[1, :3].mean((1, 2)).tolist()
    assert blue > 3 * red
    assert torch.equal(repaint(main, other, torch.zeros(2)), main)


def test_the_network_reads_the_palettes_that_the_teacher_measured():
    keys = [emoji.key for emoji in Catalog.default()][::60]
    pictures = [torch.from_numpy(Catalog.default().render(key, 128, STICKER_FRAME)) for key in keys]
    seen = palette(torch.stack(pictures).permute(0, 3, 1, 2).float() / 255).numpy()
    apart = np.abs(seen - np.stack([anatomy(key).palette for key in keys])).max((1, 2))
    assert np.median(apart) < 0.03
    assert np.quantile(apart, 0.8) < 0.08
