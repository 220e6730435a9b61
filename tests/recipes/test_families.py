"""Every family on one pair of its own: main subject, instances, parts, and what the family promises."""

from __future__ import annotations

import numpy as np
import pytest

from fusion.emoji.catalog import Catalog
from fusion.geometry import STICKER_FRAME
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.placing import canvas_center, head
from fusion.recipes.recipe import Recipe
from fusion.recipes.roles import is_face, is_smiley, wear_seat
from fusion.recipes.rosters import CLASSIC, FAMILIES
from fusion.recipes.router import pools, recipe_for

FRAME = STICKER_FRAME


def key(name: str) -> str:
    return Catalog.default().find(name).key


def fused(first: str, second: str) -> Recipe:
    return recipe_for(key(first), key(second))


def canvas_box(emoji: str, layout) -> tuple[float, float, float, float]:
    """Where the emoji's box lands on the canvas, xyxy in [0, 1]."""
    body = anatomy(emoji)
    x, y = canvas_center(body, layout, FRAME)
    half_w, half_h = (side / 256 * FRAME.scale for side in (body.width, body.height))
    return (
        x - layout.scale_w * half_w,
        y - layout.scale_h * half_h,
        x + layout.scale_w * half_w,
        y + layout.scale_h * half_h,
    )


@pytest.mark.parametrize(
    ("first", "second", "family", "main", "instances"),
    [
        ("grinning face", "pizza", "face on object", 1, 1),
        ("grinning face", "ice", "material", 0, 3),
        ("fox", "crown", "wearable", 0, 1),
        ("fox", "red heart", "motif eyes", 0, 2),
        ("grinning face", "angry face", "face swap", 0, 1),
        ("angry face", "grinning face", "face swap", 0, 1),
        ("grinning face", "sparkles", "halo", 0, 3),
        ("grinning face", "parrot", "perch", 0, 1),
        ("fox", "fire", "two steps", 0, 3),
        ("ghost", "cloud", "aura", 1, 1),
        ("fox", "cloud", "two steps", 0, 3),
        ("elephant", "castle", "scene", 1, 1),
        ("jar", "elephant", "inside", 0, 1),
        ("t-shirt", "red heart", "repaint", 0, 3),
        ("fox", "broom", "recolour", 0, 1),
        ("thumbs up", "artist palette", "companion", 1, 1),
    ],
)
def test_a_pair_gets_the_family_one_expects(first: str, second: str, family: str, main: int, instances: int):
    recipe = fused(first, second)
    assert (recipe.family, recipe.main, len(recipe.instances)) == (family, main, instances)


def test_hats_sit_on_the_head_and_leave_the_eyes_free():
    hats = [emoji.key for emoji in Catalog.default() if wear_seat(emoji.key) == "head"]
    faces = [emoji.key for emoji in Catalog.default() if is_smiley(emoji.key) or is_face(emoji.key)]
    assert len(hats) >= 6
    covered = total = 0
    for face in faces:
        seen = head(anatomy(face))
        for hat in hats:
            recipe = recipe_for(face, hat)
            if recipe.family != "wearable" or seen is None:
                continue
            eyes = FRAME.to_canvas(0, seen.eye_top / 128)[1]
            bottom = canvas_box(hat, recipe.instances[0])[3]
            total += 1
            covered += bottom > eyes + 0.01
            assert bottom > FRAME.to_canvas(0, seen.top / 128)[1] - 0.02, f"{hat} floats over {face}"
    assert total > 500
    assert covered / total < 0.02


def test_glasses_cover_both_eyes():
    recipe = fused("cat face", "sunglasses")
    x0, y0, x1, y1 = canvas_box(key("sunglasses"), recipe.instances[0])
    for eye in anatomy(key("cat face")).eyes:
        x, y = FRAME.to_canvas((eye[0] + eye[2]) / 256, (eye[1] + eye[3]) / 256)
        assert x0 < x < x1
        assert y0 < y < y1


def test_motif_eyes_lie_on_the_eyes_in_order():
    recipe = fused("fox", "red heart")
    eyes = anatomy(key("fox")).eyes
    for eye, layout in zip(eyes, recipe.instances, strict=True):
        x0, y0, x1, y1 = canvas_box(key("red heart"), layout)
        x, y = FRAME.to_canvas((eye[0] + eye[2]) / 256, (eye[1] + eye[3]) / 256)
        assert x0 < x < x1
        assert y0 < y < y1
        assert x1 - x0 > 1.4 * (eye[2] - eye[0]) / 128 * FRAME.scale


def test_a_face_fits_on_the_seat_of_its_object():
    smiley = key("neutral face")
    for thing in pools()["face on object"][1][::7]:
        recipe = FAMILIES["face on object"].build(smiley, thing, FRAME)
        x, y, radius = anatomy(thing).seat
        u, v = FRAME.to_canvas(x / 128, y / 128)
        centre = canvas_center(anatomy(smiley), recipe.instances[0], FRAME)
        assert np.hypot(centre[0] - u, centre[1] - v) < 0.6 * radius / 128


def test_faces_shun_animals_from_the_side_and_city_scenes():
    seats = set(pools()["face on object"][1])
    for name in ("elephant", "dog", "cityscape", "night with stars", "parrot"):
        assert key(name) not in seats


def test_the_mouth_is_swapped_disc_to_disc():
    first, second = key("grinning face"), key("angry face")
    recipe = recipe_for(first, second)
    (x0, y0, x1, y1) = anatomy(second).disc
    scale_h, scale_w, offset_y, offset_x = recipe.instances[0]
    u, v = FRAME.to_canvas((x0 + x1) / 256, (y0 + y1) / 256)
    landed = scale_w * (u - 0.5) + 0.5 + offset_x, scale_h * (v - 0.5) + 0.5 + offset_y
    (a0, b0, a1, b1) = anatomy(first).disc
    assert landed == pytest.approx(FRAME.to_canvas((a0 + a1) / 256, (b0 + b1) / 256), abs=1e-6)


def test_recolouring_families_say_so_and_no_other():
    generator = np.random.default_rng(5)
    for name, (firsts, seconds) in pools().items():
        for _ in range(40):
            first, second = (pool[generator.integers(len(pool))] for pool in (firsts, seconds))
            recipe = FAMILIES[name].build(first, second, FRAME)
            if first == second or recipe is None:
                continue
            curved = any(stroke.curve is not None and stroke.instance is None for stroke in recipe.strokes)
            assert recipe.recolour == curved == (name in ("recolour", "material"))


def test_kept_features_lie_over_the_recoloured_face():
    recipe = fused("fox", "broom")
    parts = [stroke.sprite.part for stroke in recipe.strokes]
    assert parts[:2] == ["full", "face-mask"]


def test_families_for_sheets_only_get_no_pairs_from_the_router():
    hidden = [name for name, family in FAMILIES.items() if family not in CLASSIC.rules]
    assert hidden
    keys = [emoji.key for emoji in Catalog.default()]
    generator = np.random.default_rng(6)
    for a, b in generator.integers(len(keys), size=(300, 2)):
        assert recipe_for(keys[a], keys[b]).family not in hidden
