"""Views: every stage has its picture, colours mean what the scale says, and boxes lie where the layout puts them."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from fusion.geometry import STICKER_FRAME
from fusion.model import PRESETS
from fusion.names import ATTENTION_BLOCKS
from fusion.trace import MixtureTrace, WordTrace
from fusion.ui.cards import cards
from fusion.views import bundle, drawing, maps, painters
from fusion.views import pictures as views
from fusion.views.drawing import Scale
from fusion.views.stages import STAGES, Stage
from fusion.views.summary import layout_rows, summary
from tests.support.tiny import SIZE, tiny_fuser, want

NOT_HERE = ("words", "why main", "why here")
"""Stages of a network that reads words, and those that somebody has to ask for."""


@pytest.fixture(scope="module")
def trace():
    return want(tiny_fuser(), present=2, recolour=True).fuse("😀", "🍕", size=SIZE, layout=(0.4, 0.4, 0.1, -0.2))


def test_a_strip_leaves_laying_heat_maps_over_pictures_to_the_page(trace, monkeypatch):
    monkeypatch.setattr(drawing, "overlay", lambda *_: pytest.fail("nobody shows it"))
    assert all(card["base"] for card in cards(trace) if card["id"] in ATTENTION_BLOCKS)


def test_straight_colours_are_those_of_the_formula():
    alpha = np.array([0.0, 1 / 1024, 1 / 256, 0.3, 1.0, 1.2], np.float32)[:, None, None]
    colour = np.linspace(-0.1, 1.1, 6, dtype=np.float32)[None, :, None].repeat(3, 2)
    picture = np.concatenate([colour * alpha, alpha.repeat(6, 1)], axis=-1)
    whole = alpha.clip(0, 1)
    plain = np.where(whole > 1 / 512, picture[..., :3] / np.maximum(whole, 1e-9), 0).clip(0, 1)
    wanted = np.concatenate([plain, whole.repeat(6, 1)], axis=-1) * 255 + 0.5
    assert np.abs(drawing.straight(picture).astype(int) - wanted.astype(np.uint8)).max() <= 1


def test_unlikely_hypotheses_do_not_count_in_the_density(trace, monkeypatch):
    layouts = np.tile(np.float32([0.5, 0.5, 0.1, 0.1]), (24, 1, 1))
    shares = np.full(24, 0.9 * maps.NEGLIGIBLE, np.float32)
    shares[0] = 1 - shares[1:].sum()
    mixed = dataclasses.replace(trace, mixture=MixtureTrace(shares, layouts, np.ones((24, 1), np.float32)))
    quick = maps.density(mixed).values["covered"]
    monkeypatch.setattr(maps, "NEGLIGIBLE", 0.0)
    assert np.abs(quick - maps.density(mixed).values["covered"]).max() < 1 / 255


def test_words_are_shown_where_they_counted(trace):
    attention = np.stack([np.full((4, 4), 0.25, np.float32), np.full((4, 4), 0.75, np.float32)])
    told = WordTrace(("pizza",), ("head",), attention), WordTrace((), ("head",), attention[1:])
    found = maps.words(dataclasses.replace(trace, words=told))
    assert list(found.values) == ["head (first)", "head (second)", "pizza (first)"]  # what counted most comes first
    shown = painters.show_words(dataclasses.replace(trace, words=told, say="on its head"))
    assert (shown.picture.size, "on its head" in shown.caption) == ((SIZE, SIZE), True)
    assert painters.show_words(dataclasses.replace(trace, words=(WordTrace((), (), attention[:0]),) * 2)) is None


def test_every_stage_has_a_square_picture_and_words(trace):
    shown = views.views(trace)
    assert [one.stage.id for one in shown] == list(STAGES)
    for one in shown:
        assert one.picture.size == (SIZE, SIZE), one.stage.id
        assert one.picture.mode == "RGBA"
        assert one.stage.title
        assert one.stage.values
        assert one.stage.sentence.endswith(".")
        assert one.available == (one.picture.getextrema()[3][1] > 0) == (one.stage.id not in NOT_HERE), one.stage.id


@pytest.mark.parametrize("preset", list(PRESETS))
def test_what_a_preset_has_not_is_said_and_keeps_its_place(preset):
    trace = tiny_fuser(preset).fuse("😀", "🍕", size=SIZE, teacher=False)
    shown = {one.stage.id: one for one in views.views(trace)}
    assert [name for name in shown if name not in {"up1", "up2"} - set(STAGES)] == list(STAGES)
    assert not shown["teacher"].available
    assert shown["gates"].available == (trace.gates is not None)
    for one in shown.values():
        assert one.available or (one.caption and one.picture.getextrema()[3][1] == 0)


def test_a_stage_is_one_entry_and_a_painter(trace, monkeypatch):
    """Strip, numbers and bundle have it from then on, without a word elsewhere."""

    def show_alpha(trace):
        found = alpha(trace)
        return painters.Painted(drawing.heat(found.values["alpha"], found.scale, trace.size), "opacity", found.scale)

    def alpha(trace):
        return maps.Maps({"alpha": trace.output[..., 3]}, Scale(0.0, 1.0))

    monkeypatch.setitem(STAGES, "alpha", Stage("alpha", "Alpha", "0 to 1", "How opaque.", show_alpha, alpha))
    assert (cards(trace)[-1]["id"], cards(trace)[-1]["caption"]) == ("alpha", "opacity")
    assert list(views.panels(trace, "alpha")) == ["alpha"]
    assert any(name.endswith("-alpha.png") for name, _ in bundle.files(trace))


def test_a_switched_off_stage_says_so():
    off = tiny_fuser().fuse("😀", "🍕", size=SIZE, disabled=frozenset({"up3"}), teacher=False)
    assert views.view(off, "up3").caption == "switched off"


def test_a_changed_layout_changes_its_pictures_and_nothing_before_it(trace):
    other = want(tiny_fuser(), present=2, recolour=True).fuse("😀", "🍕", size=SIZE, layout=(0.4, 0.4, -0.1, 0.2))
    for stage, moves in {"separated": False, "main": False, "layout": True, "transformed": True}.items():
        same = views.view(trace, stage).picture.tobytes() == views.view(other, stage).picture.tobytes()
        assert same != moves, stage


def test_a_box_is_drawn_where_the_layout_puts_it(trace):
    picture = Image.new("RGBA", (SIZE, SIZE))
    box = painters.landing(trace.effective.layouts[0], painters.content(trace))
    np.testing.assert_allclose(box, trace.instance_boxes[0], atol=2 / SIZE)
    drawing.draw_box(picture, box, drawing.EFFECTIVE)
    ys, xs = np.nonzero(np.asarray(picture)[..., 3])
    np.testing.assert_allclose([xs.min(), ys.min(), xs.max(), ys.max()], np.array(box) * SIZE, atol=2)


def test_both_blocks_share_one_scale_that_holds_all_their_weights(trace):
    scales = {views.view(trace, block).scale for block in ATTENTION_BLOCKS}
    assert len(scales) == 1
    (scale,) = scales
    whole = maps.attention_scale(trace)
    for block, found in trace.attention.items():
        mean = maps.attention(trace, block).values["joint"]
        np.testing.assert_allclose(mean, found.joint.mean(0), rtol=1e-5)
        assert scale.low <= mean.min() <= mean.max() <= scale.high
        assert whole.low == 0
        assert max(found.channel.max(), found.spatial.max()) <= whole.high


def test_focus_compares_the_non_main_with_the_rest_of_the_main(trace):
    found = trace.attention["up4"]
    alpha = drawing.shrink(trace.transformed[..., 3], len(found.spatial)) > 0.5
    doubled = dataclasses.replace(found, spatial=np.where(alpha, 0.8, 0.4).astype(np.float32))
    pointed = dataclasses.replace(trace, attention={"up4": doubled})
    assert maps.focus(pointed, "up4") == pytest.approx(2, rel=1e-4)
    assert maps.focus(pointed, "up3") is None
    assert maps.focus(dataclasses.replace(pointed, transformed=trace.transformed * 0), "up4") is None


def test_zero_is_white_on_a_signed_scale_and_signs_differ():
    scale = drawing.symmetric(np.array([-1.0, 3.0]))
    assert (scale.low, scale.high) == (-3, 3)
    below, zero, above = scale.apply(np.array([[-3.0, 0.0, 3.0]]))[0].astype(int)
    assert zero.min() > 240
    assert below[2] > below[0]
    assert above[0] > above[2]


def test_a_colour_can_be_read_back_from_its_scale():
    scale = Scale(0.2, 0.9)
    values = np.linspace(0.2, 0.9, 50)[None]
    table = drawing.lut(scale.colours).astype(int)
    found = [np.abs(table - colour).sum(1).argmin() / 255 * 0.7 + 0.2 for colour in scale.apply(values)[0].astype(int)]
    np.testing.assert_allclose(found, values[0], atol=0.01)


def test_a_flat_map_does_not_become_dramatic():
    flat = np.full((8, 8), 0.7) + np.linspace(0, 0.001, 8)
    colours = drawing.between(flat).apply(flat).astype(int)
    assert np.ptp(colours.reshape(-1, 3), axis=0).max() < 20


def test_bars_grow_with_their_values():
    picture = np.asarray(drawing.bars(np.array([0.0, 0.5, 1.0, 0.25], np.float32), Scale(0, 1), 64))
    heights = (picture[..., 3] > 0).sum(0)[8::16]
    np.testing.assert_allclose(heights, [0, 32, 64, 16], atol=1)


def test_straight_and_premultiplied_agree():
    rng = np.random.default_rng(0)
    alpha = rng.random((9, 9, 1)).astype(np.float32)
    premultiplied = np.concatenate([rng.random((9, 9, 3)).astype(np.float32) * alpha, alpha], -1)
    back = np.asarray(drawing.emoji_picture(premultiplied)).astype(np.float32) / 255
    np.testing.assert_allclose(back[..., :3] * back[..., 3:], premultiplied[..., :3], atol=1.5 / 255)


def test_opacity_goes_from_the_picture_to_the_map(trace):
    none, full = (views.view(trace, "up4", opacity=value).picture.convert("RGB") for value in (0, 1))
    red, green, blue = np.moveaxis(np.asarray(none).astype(int), -1, 0)
    assert np.abs(red - blue).max() == np.abs(red - green).max() == 0, "the picture under the map is grey"
    found = maps.attention(trace, "up4")
    expected = drawing.heat(found.values["joint"], found.scale, SIZE).convert("RGB")
    assert full.tobytes() == expected.tobytes()


def test_panels_are_the_single_maps(trace):
    assert len(views.panels(trace, "separated")) == 2 * len(trace.separated[0])
    assert {name.split(",")[0] for name in views.panels(trace, "up3")} == {"joint", "spatial", "channel"}
    assert set(views.panels(trace, "gates")) == {"main", "instance 1", "instance 2"}
    assert views.panels(trace, "output") == {}


def test_difference_is_nothing_where_the_output_is_the_target(trace):
    same = dataclasses.replace(trace, output=trace.teacher.target)
    assert maps.difference(same).values["difference"].max() == 0
    assert maps.difference(trace).values["difference"].max() > 0


def test_tables_tell_the_three_kinds_of_layout(trace):
    rows = layout_rows(trace)
    assert [row["instance"] for row in rows] == [1] * 4 + [2] * 4
    assert [row["override"] for row in rows[:4]] == pytest.approx([0.4, 0.4, 0.1, -0.2])
    assert [row["effective"] for row in rows[:4]] == pytest.approx([0.4, 0.4, 0.1, -0.2], abs=1e-4)
    assert rows[0]["predicted"] == pytest.approx(float(trace.predicted.layouts[0, 0]), abs=1e-4)
    told = summary(trace)
    assert set(told["timings_ms"]) == set(trace.timings_ms)
    assert told["layout"]["effective"] == [row["effective"] for row in rows[:4]]
    assert len(told["layout"]["instances"]) == 2


def test_views_come_up_without_torch():
    names = "fusion.views.pictures, fusion.views.summary"
    code = f"import sys, {names}; sys.exit('torch' in sys.modules or 'gradio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_landing_follows_the_one_convention():
    import torch

    from fusion.geometry import layout_to_box

    layout, box = STICKER_FRAME.layout(0.5, 0.7, (0.5, 0.4), (0.3, 0.6)), (0.1, 0.2, 0.8, 0.9)
    expected = layout_to_box(torch.tensor(layout), torch.tensor(box))
    np.testing.assert_allclose(painters.landing(np.array(layout), box), expected, atol=1e-6)
