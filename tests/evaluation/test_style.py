"""The style split's truth is measured on the style's own pictures; ideas and sizes are measured on any split."""

from __future__ import annotations

import gzip
import inspect
import json
import math

import pytest
import torch

from fusion.data.batch import Batch, collate
from fusion.emoji.catalog import Catalog
from fusion.evaluation.evaluate import among_three, fill_columns, run_evaluation
from fusion.geometry import STICKER_FRAME
from fusion.model import build_fusion_net
from fusion.model.center_aware_scale import Hypotheses
from fusion.recipes import foreign
from fusion.recipes.anatomy import layers
from fusion.recipes.rosters import TASTE
from fusion.recipes.router import recipe_for
from tests.support.fake_teacher import FakeTeacher


def key(name: str) -> str:
    return Catalog.default().find(name).key


@pytest.fixture(scope="module")
def halved(tmp_path_factory):
    """A style of five emoji as Noto draws them, all in half the size and inside one group."""
    keys = [key(name) for name in ("grinning face", "light bulb", "red heart", "ghost", "crown")]
    whole = Catalog.default()
    rows = [
        [whole[k].char, whole[k].name, whole[k].category, whole[k].subcategory, whole[k].keywords, whole[k].aliases]
        for k in keys
    ]
    bodies = [f'<g transform="translate(64 64) scale(.5) translate(-64 -64)">{whole.body(k)}</g>' for k in keys]
    path = tmp_path_factory.mktemp("styles") / "halved.json.gz"
    path.write_bytes(gzip.compress("\n".join([json.dumps(rows), *bodies]).encode()))
    return path


def test_truth_follows_the_styles_own_pictures(halved, monkeypatch, tmp_path):
    monkeypatch.setenv("EMOJI_FUSION_CACHE", str(tmp_path))
    face, bulb, crown = key("grinning face"), key("light bulb"), key("crown")
    ours = recipe_for(crown, bulb, STICKER_FRAME)
    found = foreign.recipes_in(halved, [(crown, bulb), (face, bulb), (bulb, face)], STICKER_FRAME, "classic")
    # Both shrink about the centre, so the companion's scale doubles what is left of its long side.
    assert found[0] is not None
    assert found[0].family == ours.family
    assert found[0].instances[0].scale_h == pytest.approx(min(2 * ours.instances[0].scale_h, 2.0), rel=0.03)
    # A smiley's disc is too small there to be told as one: what Noto's drawing gets is no truth of this style.
    assert found[1] is None
    assert found[2] is None
    assert [path.name.split("-")[1] for path in tmp_path.iterdir()] == ["halved"]


def test_a_group_about_a_drawing_goes_to_its_layers():
    body = '<g transform="scale(.5)"><path d="M0 0h9v9z"/><g fill="red"><path d="M1 1h2v2z"/></g></g>'
    assert len(layers.flatten(body).leaves) == 1
    assert len(layers.flatten(foreign.ungrouped(body)).leaves) == 2
    for other in ('<path d="M0 0h9v9z"/>', f"{body}{body}"):
        assert foreign.ungrouped(other) == other


def test_families_with_places_read_off_notos_drawings_are_known():
    read = {
        family.name
        for family in TASTE.rules
        if "anatomy.fittings import" in (source := inspect.getsource(inspect.getmodule(family.build)))
        or "anatomy.seats import" in source
    }
    assert read == foreign.READ_OFF_NOTO


def ideas(truth: Batch, places: list[float]) -> Hypotheses:
    """So many ideas for one pair, the likeliest first, each the truth moved to the right by a share of the canvas."""
    layout = truth.layout[:, None].repeat(1, len(places), 1, 1)
    layout[..., 3] += torch.tensor(places)[None, :, None]
    presence = (20 * truth.presence - 10)[:, None].repeat(1, len(places), 1)
    return Hypotheses(-torch.arange(float(len(places)))[None], layout, presence, torch.full((1, len(places)), -9.0))


@pytest.mark.parametrize(
    ("places", "right"),
    [([0.0], True), ([0.3, 0.0], True), ([0.3, 0.3, 0.3, -0.3, 0.0], True), ([0.3, -0.3, 0.2, 0.0], False)],
)
def test_the_truth_is_looked_for_among_three_distinct_ideas(places, right):
    pair = next(p for p in fake_pairs() if p.recipe.family == "corner")
    data = collate([pair], FakeTeacher(), 32)
    plan = ideas(data, places).likeliest()
    assert among_three(plan, data, torch.tensor([True])).tolist() == [right]
    assert among_three(plan, data, torch.tensor([False])).tolist() == [False]


def fake_pairs():
    from fusion.evaluation.evaluate import evaluation_pairs

    return evaluation_pairs("pairs", 4, FakeTeacher())


def test_fill_is_the_long_side_before_and_after_the_fit():
    image = torch.zeros(2, 4, 256, 256)
    image[0, :, 64:192, 32:96] = 1
    found = fill_columns(image)
    assert found["fill"].tolist() == [0.5, 0.0]
    assert found["fill_fitted"][0] == pytest.approx(0.96, abs=0.035)  # a hard edge rings a little
    assert found["fill_fitted"][1] == 0


def test_every_row_says_both():
    torch.manual_seed(0)
    rows = list(run_evaluation("pairs", build_fusion_net("fusion", width=4, size=32), 6, teacher=FakeTeacher()))
    assert all(row.among_three >= row.aligned for row in rows)
    assert all(0 < row.fill <= 1 and row.fill_fitted > 0.9 for row in rows)
    free = list(run_evaluation("pairs", build_fusion_net("unet", width=4, size=32), 2, teacher=FakeTeacher()))
    assert all(math.isnan(row.among_three) and row.fill == 1 for row in free)
