"""The command line: names that others script against, and what bad input gets. Run in this process where it can be."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from fusion.__main__ import COMMANDS, main
from fusion.model.weights import save_fusion_net
from tests.support.nets import tiny
from tests.support.tiny import SIZE

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    return str(save_fusion_net(tiny("fusion"), tmp_path_factory.mktemp("weights"), half=False))


@pytest.fixture
def run(capsys):
    """Exit code, stdout and stderr of a command line."""

    def call(*words):
        try:
            code = main(list(map(str, words)))
        except SystemExit as leaving:
            code = leaving.code
        return code, *capsys.readouterr()

    return call


def one_line(text):
    return text.endswith("\n") and text.count("\n") == 1 and len(text) > 20


class TestWords:
    def test_weights_without_words_refuse_a_sentence_in_one_line(self, run, tmp_path):
        weights = save_fusion_net(tiny(), tmp_path / "weights", half=False)
        options = ["--json", "--weights", weights, "--size", SIZE]
        code, told, error = run("fuse", "😀", "🍕", *options, "--say", "on its head")
        assert (code, told) == (2, "")
        assert one_line(error)
        assert error.startswith("These weights know no words")

    def test_a_sentence_is_read_and_unknown_words_are_named(self, run, tmp_path):
        weights = save_fusion_net(tiny(words=64), tmp_path / "weights", half=False)
        options = ["--json", "--weights", weights, "--size", SIZE]
        code, told, error = run("fuse", "😀", "🍕", *options, "--say", "qwxyz on its head")
        assert (code, json.loads(told)["first"]) == (0, "1f600")
        left_out, unmet = error.splitlines()
        assert "does not know it: “qwxyz”" in left_out
        assert "“qwxyz on its head”" in unmet

    def test_weights_without_words_have_no_captions_to_obey(self, run, tmp_path):
        weights = save_fusion_net(tiny(), tmp_path / "weights", half=False)
        code, _, error = run("evaluate", "--captions", "--limit", "2", "--weights", weights)
        assert code == 2
        assert one_line(error)
        code, _, error = run("evaluate")
        assert code == 2
        assert "--split" in error


class TestFuse:
    def test_a_transparent_png_of_the_asked_size_with_its_parameters(self, run, weights, tmp_path):
        out = tmp_path / "sticker.png"
        code, told, error = run("fuse", "😀", "🍕", "-o", out, "--weights", weights, "--size", SIZE, "--main", "second")
        assert (code, told, error) == (0, "", "")
        with Image.open(out) as picture:
            assert (picture.mode, picture.size) == ("RGBA", (SIZE, SIZE))
            parameters = json.loads(picture.text["emoji-fusion"])
        assert parameters["first"] == "1f600"
        assert parameters["main"] == "second"
        assert parameters["preset"] == "fusion"

    def test_json_has_the_names_of_the_design(self, run, weights):
        code, told, _ = run(
            *("fuse", "1f600", "pizza", "--weights", weights, "--size", SIZE),
            *("--layout", "0.5,0.5,-0.1,0", "--json"),
        )
        answer = json.loads(told)
        assert code == 0
        assert (answer["first"], answer["second"]) == ("1f600", "1f355")
        assert answer["main"] in ("first", "second")
        assert 0.5 <= answer["main_confidence"] <= 1
        assert len(answer["layout"]["predicted"]) == 4
        assert answer["layout"]["effective"] == [0.5, 0.5, -0.1, 0]
        assert isinstance(answer["family"], str)
        assert set(answer["alignment"]) == {"iou", "center_error", "scale_error"}
        assert answer["timings_ms"]["total"] > 0

    def test_a_picture_has_no_teacher(self, run, weights, tmp_path):
        path = tmp_path / "blue.png"
        Image.new("RGB", (50, 40), "blue").save(path)
        code, told, _ = run("fuse", path, "🍕", "--weights", weights, "--size", SIZE, "--json")
        assert code == 0
        assert json.loads(told)["alignment"] is None
        assert json.loads(told)["names"][0] == "blue"

    def test_trace_writes_every_stage_and_can_be_repeated(self, run, weights, tmp_path):
        folder = tmp_path / "stages"
        for _ in range(2):
            assert run("fuse", "😀", "🍕", "--trace", folder, "--weights", weights, "--size", SIZE)[0] == 0
        assert {path.name for path in folder.iterdir()} >= {"trace.json", "sticker.png", "attention.npz", "stages"}
        assert sorted(path.name for path in tmp_path.iterdir()) == ["stages"]

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["😀", "asdf", "-o", "x.png"], "did you mean"),
            (["😀", "none.png", "-o", "x.png"], "There is no file"),
            (["😀", "🍕"], "-o OUT.png"),
            (["😀", "🍕", "-o", "x.jpg"], "x.png"),
            (["😀", "🍕", "-o", "."], "sticker.png"),
            (["😀", "🍕", "-o", "x.png", "--size", "100"], "multiple of 16"),
            (["😀", "🍕", "-o", "x.png", "--size", "-1"], "whole number"),
            (["😀", "🍕", "-o", "x.png", "--layout", "1,2,3"], "four numbers"),
            (["😀", "🍕", "-o", "x.png", "--layout", "a,b,c,d"], "four numbers"),
            (["😀", "🍕", "-o", "x.png", "--layout", "nan,1,0,0"], "out of range"),
            (["😀", "🍕", "-o", "x.png", "--main", "third"], "--help"),
            (["😀", "🍕", "-o", "missing/x.png"], "choose another place"),
            (["😀", "broken.png", "-o", "x.png"], "cannot be read"),
            (["😀"], "SECOND"),
        ],
    )
    def test_bad_input_gets_one_line_and_leaves_nothing(self, run, weights, tmp_path, monkeypatch, words, said):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "broken.png").write_bytes(b"\x89PNG nothing more")
        code, told, error = run("fuse", *words, "--weights", weights)
        assert code == 2
        assert told == ""
        assert one_line(error)
        assert said in error
        assert [path.name for path in tmp_path.iterdir()] == ["broken.png"]

    def test_weights_that_are_not_there(self, run, tmp_path):
        code, _, error = run("fuse", "😀", "🍕", "-o", tmp_path / "x.png", "--weights", tmp_path / "nowhere")
        assert code == 2
        assert one_line(error)

    def test_weights_of_another_preset(self, run, weights, tmp_path):
        code, _, error = run("fuse", "😀", "🍕", "-o", tmp_path / "x.png", "--weights", weights, "--preset", "unet")
        assert code == 2
        assert "'fusion', not 'unet'" in error

    def test_a_foreign_folder_is_not_overwritten(self, run, weights, tmp_path):
        (tmp_path / "letter.txt").write_text("dear")
        words = ("--trace", tmp_path, "-o", tmp_path / "x.png", "--weights", weights, "--size", SIZE)
        code, _, error = run("fuse", "😀", "🍕", *words)
        assert code == 2
        assert "other files" in error
        assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


class TestOthers:
    def test_catalog_finds_by_every_kind_of_text(self, run):
        for text in ("pizza", "🍕", "1f355"):
            code, told, _ = run("catalog", text)
            assert code == 0
            assert told.splitlines()[0] == "🍕\t1f355\tpizza"
        assert json.loads(run("catalog", "pizza", "--json")[1])[0]["key"] == "1f355"
        code, _, error = run("catalog", "qqqqzz")
        assert code == 2
        assert one_line(error)

    def test_recipes_of_a_pair_and_overview(self, run):
        answer = json.loads(run("recipes", "😀", "🍕", "--json")[1])
        assert answer["family"]
        assert answer["main"] == "second"
        assert answer["family"] in run("recipes", "😀", "🍕")[1]
        assert run("recipes", "😀")[0] == 2

    def test_sheet(self, run, tmp_path, weights):
        out = tmp_path / "sheet.png"
        assert run("sheet", "--family", "face on object", "--pairs", 2, "-o", out, "--weights", weights)[0] == 0
        with Image.open(out) as picture:
            assert picture.width > picture.height
        code, _, error = run("sheet", "--family", "nonsense", "-o", tmp_path / "y.png")
        assert code == 2
        assert one_line(error)
        assert [path.name for path in tmp_path.iterdir()] == ["sheet.png"]

    def test_help_teaches_by_example(self, run):
        code, told, _ = run("--help")
        assert code == 0
        for name in COMMANDS:
            assert name in told
        for name in ("fuse", "catalog", "recipes", "sheet", "kitchen"):
            code, told, _ = run(name, "--help")
            assert code == 0
            assert told.count(f"python -m fusion {name}") >= 2, "two examples at least"

    def test_unknown_commands_and_options_take_one_line(self, run):
        for words in (["fuze"], [], ["fuse", "--nonsense", "😀", "🍕"], ["catalog"]):
            code, _, error = run(*words)
            assert code == 2
            assert one_line(error)
            assert "--help" in error

    def test_an_emoji_may_be_called_like_a_command(self, run, weights):
        assert json.loads(run("fuse", "train", "🍕", "--weights", weights, "--size", SIZE, "--json")[1])["names"][0]
        assert "🚆" in run("catalog", "train")[1]


def test_it_starts_without_torch_and_leaves_no_traceback():
    code = "import sys, fusion.__main__ as m; m.main(['catalog', 'pizza']); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True).returncode == 0
    words = [sys.executable, "-m", "fusion", "fuse", "asdf", "qwer", "-o", "x.png"]
    done = subprocess.run(words, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert one_line(done.stderr)
