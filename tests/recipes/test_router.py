"""The router is total, pure, the same in every process and order, and keeps within the frame."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from fusion.emoji.catalog import Catalog
from fusion.geometry import IDENTITY, STICKER_FRAME
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.painting.parts import PART_NAMES
from fusion.recipes.placing import canvas_center
from fusion.recipes.recipe import MAX_INSTANCES
from fusion.recipes.roles import is_smiley
from fusion.recipes.rosters import CLASSIC, FAMILIES
from fusion.recipes.router import counts, explain, pools, recipe_for

PAIRS = 20_000
ROOT = Path(__file__).parents[2]

DIGEST = """
import sys
from tests.recipes.test_router import digest
print(digest(int(sys.argv[1])))
"""


def random_pairs(n: int) -> list[tuple[str, str]]:
    """``n`` pairs of the catalog, the same on every call."""
    keys = [emoji.key for emoji in Catalog.default()]
    generator = np.random.default_rng(20)
    return [(keys[a], keys[b]) for a, b in generator.integers(len(keys), size=(n, 2))]


def digest(n: int) -> str:
    """Hash of the recipes of ``n`` random pairs."""
    parts = []
    for first, second in random_pairs(n):
        recipe = recipe_for(first, second)
        strokes = [(tuple(s.sprite), [round(v, 6) for v in s.layout], s.instance, s.opacity) for s in recipe.strokes]
        parts.append([recipe.family, recipe.main, recipe.recolour, recipe.reason, strokes])
    return hashlib.blake2b(json.dumps(parts).encode()).hexdigest()


def check(first: str, second: str) -> None:
    """One pair: total, inside the frame, ordered, the main subject untouched."""
    recipe = recipe_for(first, second)
    assert recipe.family in FAMILIES
    assert recipe.main in (0, 1)
    assert recipe.reason
    main, other = (first, second) if recipe.main == 0 else (second, first)
    assert len(recipe.instances) <= MAX_INSTANCES
    assert all(STICKER_FRAME.allows(layout) for layout in recipe.instances)
    centers = [canvas_center(anatomy(other), layout, STICKER_FRAME)[0] for layout in recipe.instances]
    assert centers == sorted(centers)
    followed = {stroke.instance for stroke in recipe.strokes if stroke.instance is not None}
    assert followed == set(range(len(recipe.instances)))
    for stroke in recipe.strokes:
        assert stroke.sprite.part in PART_NAMES
        if stroke.instance is None:
            assert stroke.layout == IDENTITY
            assert stroke.sprite.emoji == main
        else:
            assert stroke.layout == recipe.instances[stroke.instance]
            assert stroke.sprite.emoji == other


def test_every_random_pair_gets_a_sound_recipe():
    for first, second in random_pairs(PAIRS):
        check(first, second)


def test_the_order_of_the_two_emoji_does_not_matter():
    for first, second in random_pairs(PAIRS // 4):
        if first == second or (is_smiley(first) and is_smiley(second)):
            continue
        one, two = recipe_for(first, second), recipe_for(second, first)
        assert one.family == two.family
        assert one.main == 1 - two.main
        assert one.instances == two.instances
        assert one.strokes == two.strokes


def test_of_two_smileys_the_first_is_the_main_subject():
    smileys = [emoji.key for emoji in Catalog.default() if is_smiley(emoji.key)]
    assert len(smileys) > 60
    for first, second in pairwise(smileys):
        assert recipe_for(first, second).main == recipe_for(second, first).main == 0


@pytest.mark.parametrize("salt", ["0", "1234"])
def test_recipes_are_the_same_in_every_process(salt: str):
    environment = {**os.environ, "PYTHONHASHSEED": salt, "PYTHONPATH": str(ROOT)}
    shown = subprocess.run(
        [sys.executable, "-c", DIGEST, "200"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == digest(200)


def test_explain_agrees_with_the_recipe():
    for first, second in random_pairs(200):
        recipe, why = recipe_for(first, second), explain(first, second)
        assert why.family == recipe.family
        assert why.main == (first, second)[recipe.main]
        assert why.reason == recipe.reason


def test_enough_emoji_take_part_and_no_role_is_a_handful():
    assert counts(500)["emoji"] >= 1300
    roles = pools()
    assert min(len(roles["motif eyes"][1]), len(roles["repaint"][0]), len(roles["inside"][0])) > 100


def test_every_family_in_the_router_gets_pairs_from_its_own_pools():
    generator = np.random.default_rng(3)
    for name, (firsts, seconds) in pools().items():
        if FAMILIES[name] not in CLASSIC.rules:
            continue
        drawn = [
            recipe_for(firsts[generator.integers(len(firsts))], seconds[generator.integers(len(seconds))]).family
            for _ in range(200)
        ]
        assert drawn.count(name) >= 10, f"{name} is hardly ever reached"
