"""The roster of taste: total, pure, free of order, inside the frame; classic stays what weights were trained on."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from fusion.__main__ import main
from fusion.emoji.catalog import Catalog
from fusion.errors import FusionError
from fusion.geometry import IDENTITY, STICKER_FRAME
from fusion.model import build_fusion_net
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.craft import covers, eyeless, ground, landing, plain_seat, plainness
from fusion.recipes.painting.paint import paint
from fusion.recipes.painting.sprites import SpriteTable
from fusion.recipes.placing import canvas_center
from fusion.recipes.recipe import MAX_INSTANCES, Sprite
from fusion.recipes.roles import is_smiley
from fusion.recipes.rosters import CLASSIC, TASTE, roster_named
from fusion.recipes.router import explain, recipe_for, role_pools, shares
from fusion.recipes.teacher import Teacher

PAIRS = 600


def random_pairs(n: int, seed: int = 5) -> list[tuple[str, str]]:
    """``n`` pairs of the catalogue, the same on every call."""
    keys = [emoji.key for emoji in Catalog.default()]
    return [(keys[a], keys[b]) for a, b in np.random.default_rng(seed).integers(len(keys), size=(n, 2)) if a != b]


def key(name: str) -> str:
    return Catalog.default().find(name).key


def test_taste_answers_every_pair_inside_the_frame_with_the_main_subject_untouched():
    names = {family.name for family in TASTE.rules}
    for first, second in random_pairs(PAIRS):
        recipe = recipe_for(first, second, roster=TASTE)
        assert recipe.family in names
        assert recipe.reason
        assert len(recipe.instances) <= MAX_INSTANCES
        main_key, other = (first, second)[recipe.main], (first, second)[1 - recipe.main]
        for layout in recipe.instances:
            assert STICKER_FRAME.allows(layout)
        centres = [canvas_center(anatomy(other), layout, STICKER_FRAME) for layout in recipe.instances]
        assert centres == sorted(centres), recipe.family
        for stroke in recipe.strokes:
            assert stroke.sprite.emoji in (main_key, other)
            if stroke.sprite.emoji == main_key and stroke.instance is None:
                assert stroke.layout == IDENTITY, recipe.family
            if stroke.instance is not None:
                assert stroke.sprite.emoji == other, recipe.family
                assert stroke.layout == recipe.instances[stroke.instance]


def test_taste_does_not_mind_the_order_unless_both_are_smileys():
    for first, second in random_pairs(PAIRS // 2, seed=6):
        one, two = (recipe_for(*pair, roster=TASTE) for pair in ((first, second), (second, first)))
        if not (is_smiley(first) and is_smiley(second)):
            assert (one.family, one.main, one.instances) == (two.family, 1 - two.main, two.instances), (first, second)


def test_every_family_of_taste_has_members_and_a_name_of_its_own():
    assert len({family.name for family in TASTE.rules}) == len(TASTE.rules) >= 24
    for family in TASTE.rules:
        first, second = role_pools(family)
        assert first, family.name
        assert second, family.name


def test_taste_is_explained():
    found = explain(key("grinning face"), key("light bulb"), TASTE)
    assert found.family == "face on thing"
    assert all(": wants " in sentence for sentence in found.considered)
    with pytest.raises(FusionError, match="no roster"):
        roster_named("sour")


def test_classic_is_the_default_everywhere_and_a_network_names_its_roster():
    pair = key("guitar"), key("pizza")
    assert recipe_for(*pair) == recipe_for(*pair, roster=CLASSIC) == Teacher().recipe(*pair)
    assert Teacher(roster="taste").recipe(*pair) == recipe_for(*pair, roster=TASTE)
    assert build_fusion_net("unet", width=2, size=32).config.roster == "classic"
    assert build_fusion_net("unet", width=2, size=32, roster="taste").config.roster == "taste"
    assert list(Teacher(roster="taste").pools()) == [family.name for family in TASTE.rules]


def test_taste_paints():
    recipes = [recipe_for(*pair, roster=TASTE) for pair in random_pairs(24, seed=7)]
    pictures = paint(recipes, SpriteTable(32, cache_dir=False))
    assert torch.isfinite(pictures).all()
    assert (pictures[:, :3] <= pictures[:, 3:] + 2 / 255).all()
    assert (pictures[:, 3].amax((1, 2)) > 0.5).all()


def test_a_plain_seat_is_a_circle_without_details():
    for name in ("red heart", "balloon", "blue circle", "droplet", "egg"):
        seat = plain_seat(key(name))
        rows, columns = np.mgrid[:128, :128] + 0.5
        inside = np.hypot(columns - seat.x, rows - seat.y) < seat.radius - 2
        assert seat.plain
        assert (plainness(key(name))[inside] > 0).all(), name
        assert 0 <= ground(key(name), *seat[:3]).value <= 1


def test_eyes_are_gone_where_they_are_painted_over():
    table = SpriteTable(64, cache_dir=False)
    for name in ("panda", "fox", "koala", "robot"):
        part = eyeless(key(name))
        full, bare = table.take([Sprite(key(name)), Sprite(key(name), part)]).float()
        assert (full - bare).abs().sum() > 0, name
        assert torch.equal(full[3] > 128, bare[3] > 128), name


def test_the_last_resort_hides_neither_eyes_nor_mouth():
    last = TASTE.rules[-1]
    faces = [key(name) for name in ("grinning face", "panda", "cat face")]
    for face in faces:
        for other in (key("hammer"), key("anchor"), key("broccoli")):
            recipe = last.build(face, other, STICKER_FRAME)
            assert covers(face, landing(other, recipe.instances[0], STICKER_FRAME)) < 0.35, (face, other)


@pytest.mark.parametrize("name", ["panda", "hammer", "grinning face", "house with garden", "hundred points"])
def test_where_a_companion_stands_is_a_matter_of_the_main_subject_alone(name):
    places = set()
    for other in ("anchor", "broccoli", "cloud", "ladder", "heart suit", "baguette bread"):
        (layout,), body = TASTE.rules[-1].build(key(name), key(other), STICKER_FRAME).instances, anatomy(key(other))
        x, y = canvas_center(body, layout, STICKER_FRAME)
        places.add((x > 0.5, y > 0.5, round(layout.scale_h * max(body.width, body.height), 3)))
    assert len(places) == 1, places


def test_shares_among_given_emoji_add_up(tmp_path, capsys):
    keys = [emoji.key for emoji in Catalog.default()][:12]
    pairs, got = shares(keys)
    assert pairs == 66 == sum(got.values())
    (tmp_path / "some.json").write_text(json.dumps({"emoji": keys}))
    assert main(["recipes", "--among", str(tmp_path / "some.json"), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["pairs"], answer["emoji"]) == (66, 12)
    assert sum(answer["families"].values()) == pytest.approx(1, abs=1e-3)
    assert main(["recipes", "--among", str(tmp_path / "gone.json")]) == 2


def test_a_folder_of_targets_has_one_picture_a_pair(tmp_path):
    (tmp_path / "some.json").write_text(json.dumps({"emoji": [emoji.key for emoji in Catalog.default()][:9]}))
    words = ["sheet", "--among", str(tmp_path / "some.json"), "--pairs", "3", "--folder", str(tmp_path / "out")]
    assert main(words) == 0
    assert len(list((tmp_path / "out").glob("*_*.png"))) == 3
    assert main(["sheet", "--pairs", "3"]) == 2
