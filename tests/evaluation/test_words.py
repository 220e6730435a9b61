"""What words are worth: one table of all splits, and another style's pictures as the uploads that people bring."""

from __future__ import annotations

import argparse
import json

import numpy as np
import pytest
import torch
from PIL import Image

from fusion.cli import evaluate
from fusion.data.sampler import PairSample
from fusion.emoji.catalog import Catalog
from fusion.emoji.sources import read_source
from fusion.errors import FusionError
from fusion.evaluation import words
from fusion.evaluation.evaluate import run_evaluation, tell
from fusion.evaluation.style_teacher import StyleTeacher
from fusion.evaluation.uploads import Uploads, UploadTeacher, after, along, inverse
from fusion.geometry import STICKER_FRAME, Layout, content_box, layout_to_box
from fusion.model.weights import save_fusion_net
from fusion.recipes.recipe import Recipe
from tests.support.fake_teacher import FakeTeacher
from tests.support.nets import awake, tiny

TEACHER = FakeTeacher()
PAIRS, EMOJI, STYLE, UPLOADED = words.KINDS


@pytest.fixture
def net():
    return awake(tiny(words=8, size=32))


@pytest.fixture
def noto_as_style(monkeypatch):
    """Noto's own drawings in place of the other style's."""
    monkeypatch.setattr(Catalog, "style", staticmethod(lambda name: Catalog.default()))


def key(name: str) -> str:
    return Catalog.default().find(name).key


def measured(net, kind, **settings):
    return words.joined(kind, "fake", words.measure_words(net, kind, 6, size=32, batch=4, teacher=TEACHER, **settings))


def test_an_upload_is_drawn_as_a_persons_own_picture_is(noto_as_style):
    sprites = Uploads("other", 64, STICKER_FRAME)
    for name in ("grinning face", "pencil", "nail polish"):
        png = Image.fromarray(sprites.uploaded(key(name)), "RGBa").convert("RGBA")
        drawn = read_source(png, Catalog.default()).draw(64, STICKER_FRAME, Catalog.default())
        assert np.array_equal(sprites.one(key(name)).numpy(), drawn.transpose(2, 0, 1))


def test_what_an_upload_moves_is_known(noto_as_style):
    sprites = Uploads("other", 256, STICKER_FRAME)
    for name in ("minus", "pencil", "wine glass"):
        drawn = Catalog.default().render(key(name), 256, STICKER_FRAME)[..., 3]
        plain, cut = (
            content_box(torch.from_numpy(alpha / 255.0)) for alpha in (drawn, sprites.one(key(name))[3].numpy())
        )
        moved = layout_to_box(torch.tensor(sprites.moved(key(name))), plain)
        assert torch.allclose(moved.float(), cut.float(), atol=1.6 / 256)


def test_layouts_follow_what_their_emoji_do():
    layout = Layout(0.5, 0.75, -0.125, 0.25)
    assert after(inverse(layout), layout) == pytest.approx(Layout())
    main, other = Layout(1.1, 1.1, -0.05, 0.02), Layout(1.5, 1.5, 0.1, -0.1)
    recipe = Recipe("perch", 1, (), (Layout(0.4, 0.4, -0.2, 0.1),))
    content = torch.tensor([0.2, 0.3, 0.7, 0.8])
    (found,) = along(recipe, (other, main), STICKER_FRAME).instances
    placed = layout_to_box(torch.tensor(found), layout_to_box(torch.tensor(other), content))
    wanted = layout_to_box(torch.tensor(main), layout_to_box(torch.tensor(recipe.instances[0]), content))
    assert torch.allclose(placed, wanted, atol=1e-6)


def test_the_truth_of_uploads_is_the_styles_in_both_orders(noto_as_style, monkeypatch):
    face, hat = key("dog face"), key("top hat")

    def measured(self, pairs):
        for pair in pairs:
            for order in ((pair.first, pair.second), (pair.second, pair.first)):
                self._own[order] = Recipe("wearable", order.index(face), (), (Layout(0.5, 0.5, -0.3, 0.0),))
        return list(pairs)

    monkeypatch.setattr(StyleTeacher, "measured", measured)
    teacher = UploadTeacher(STICKER_FRAME, "other")
    (pair,) = teacher.measured([PairSample(face, hat, Recipe("wearable", 0, ()))])
    assert pair.recipe == teacher.recipe(face, hat)
    assert pair.recipe.instances == teacher.recipe(hat, face).instances
    assert pair.recipe.instances != (Layout(0.5, 0.5, -0.3, 0.0),)
    assert STICKER_FRAME.allows(pair.recipe.instances[0])


def test_of_an_upload_nobody_knows_keywords():
    assert UPLOADED.uploads
    assert "full" not in UPLOADED.words
    assert all(kind.words == ("full", "names", "none") for kind in (PAIRS, EMOJI, STYLE))


def test_without_painting_the_layout_is_judged_alike(net):
    painted = list(run_evaluation("pairs", net, 6, size=32, teacher=TEACHER))
    full = measured(net, PAIRS)[0].rows
    for ours, theirs in zip(full, painted, strict=True):
        for name in ("first", "second", "family", "main_ok", "aligned", "among_three", "iou", "confidence"):
            assert getattr(ours, name) == pytest.approx(getattr(theirs, name), abs=1e-5)


def test_each_telling_reaches_the_network(net):
    dog, hat = key("dog face"), key("top hat")
    data = words.collate([PairSample("square-00", "disc-00", TEACHER.recipe("square-00", "disc-00"))], TEACHER, 32)
    data.keys = [(dog, hat)]
    told = {}
    for telling in ("full", "names", "none"):
        tell(data, net, telling)
        told[telling] = 0 if data.word_roles is None else int((data.word_roles > 0).sum())
    assert told["full"] > told["names"] > told["none"] == 0


def test_the_report_says_what_words_changed(net):
    report = words.words_report(measured(net, PAIRS) + measured(net, UPLOADED))
    assert [one["words"] for one in report] == ["full", "names", "none", "names", "none"]
    assert all(one["n"] == 6 and 0 <= one["alignment_accuracy"] <= 1 for one in report)
    # Fake emoji have no names, so that words change nothing.
    assert [one["against_none"] and one["against_none"]["mended"] for one in report] == [0, 0, None, 0, None]
    lines = words.words_table(report).splitlines()
    assert len(lines) == 2 + len(report)
    assert {line.count("|") for line in lines} == {10}
    assert "style, as uploads | name |" in lines[5]


def test_networks_without_words_are_refused():
    with pytest.raises(FusionError, match="know no words"):
        measured(tiny(size=32), PAIRS)


def run_command(tmp_path, net, monkeypatch, *arguments):
    save_fusion_net(net, tmp_path / "weights")
    monkeypatch.setattr(words.Kind, "teacher", lambda self, frame, roster: FakeTeacher(frame))
    monkeypatch.setattr(Catalog, "style_path", staticmethod(lambda name: None))
    monkeypatch.setattr("fusion.data.splits.held_out_emoji", lambda: {"disc-03", "square-05", "square-07"})
    parser = argparse.ArgumentParser()
    evaluate.add_arguments(parser)
    common = ["--words", "each", "--limit", "4", "--weights", str(tmp_path / "weights"), "--quiet"]
    return evaluate.run(parser.parse_args([*common, *arguments]))


def test_one_command_measures_every_split(tmp_path, net, monkeypatch, capsys):
    assert run_command(tmp_path, net, monkeypatch) == 0
    table = capsys.readouterr().out
    assert [table.count(f"| {kind.title} |") for kind in words.KINDS] == [3, 3, 3, 2]
    assert run_command(tmp_path, net, monkeypatch, "--split", "style", "--json") == 0
    found = json.loads(capsys.readouterr().out)["words"]
    assert [one["uploads"] for one in found] == [False] * 3 + [True] * 2


def test_the_table_comes_alone(tmp_path, net, monkeypatch):
    with pytest.raises(FusionError, match="leave out --captions"):
        run_command(tmp_path, net, monkeypatch, "--captions")
    with pytest.raises(FusionError, match="leave out --report"):
        run_command(tmp_path, net, monkeypatch, "--report", str(tmp_path / "report.json"))


def test_held_out_emoji_are_measured_with_weights_that_never_saw_them(tmp_path, monkeypatch):
    monkeypatch.setattr(words, "WEIGHTS_FOLDER", tmp_path)
    monkeypatch.setattr(words, "locate_weights", lambda weights, preset: tmp_path / (weights or preset))
    assert words.weights_for(EMOJI, None, "fusion").name == "fusion"
    (tmp_path / "fusion-held-out").mkdir()
    assert words.weights_for(EMOJI, None, "fusion").name == "fusion-held-out"
    assert words.weights_for(EMOJI, "mine", "fusion").name == "mine"
    assert words.weights_for(PAIRS, None, "fusion").name == "fusion"
