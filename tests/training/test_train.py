"""The command: what it refuses, what it builds, and one whole run from options to weights."""

import argparse
import json

import pytest
import torch

from tests.support.fake_teacher import FakeTeacher
from tests.support.stickers import GLOBE, PIZZA, SCENES, compose, write_folder

pytest.importorskip("accelerate", reason="training needs requirements-train.txt")

from fusion.cli import train
from fusion.errors import FusionError
from fusion.evaluation.captions import measure_captions, obeyed
from fusion.kitchen.dataset import ESTIMATES, KitchenDataset
from fusion.model import build_fusion_net
from fusion.model.layout_trunk import DROPOUT
from fusion.model.text_cross_attention import NAMED, PADDING, SAID, Words
from fusion.model.weights import load_fusion_net, save_fusion_net
from fusion.training.engine import WEIGHTS
from fusion.training.resume import CHECKPOINT


class ReadyTeacher(FakeTeacher):
    def prepare(self) -> None:
        """Nothing to measure."""


def options(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    train.add_arguments(parser)
    return parser.parse_args(list(arguments))


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Runs the command at 32 pixels with the fake teacher; returns its exit code."""
    monkeypatch.setattr(train, "Teacher", ReadyTeacher)
    monkeypatch.setattr(train.signal, "signal", lambda *_: None)

    def command(*arguments: str) -> int:
        common = ["--size", "32", "--width", "4", "--out", str(tmp_path / "run"), "--workers", "0", "--quiet"]
        return train.run(options(*common, "--device", "cpu", "--precision", "no", *arguments))

    return command


def test_from_options_to_weights_and_on_again(run, tmp_path):
    short = ["--phases", "layout=2steps,image-32=2steps"]
    assert run(*short, "--export", str(tmp_path / "shipped"), "--tracker", "tensorboard") == 0
    net = load_fusion_net(tmp_path / "shipped")
    assert net.config.width == 4
    assert list((tmp_path / "run").glob("**/events*")), "no curves for TensorBoard"
    with pytest.raises(FusionError, match="--resume"):
        run(*short)
    assert run(*short, "--resume") == 0


def test_minutes_are_shared_out_and_end_the_run(run, tmp_path):
    assert run("--max-minutes", "0.02") == 0
    assert (tmp_path / "run" / WEIGHTS / "model.safetensors").exists()
    assert (tmp_path / "run" / CHECKPOINT).exists()


def test_stickers_are_matched_once_and_mixed_in(run, tmp_path, monkeypatch):
    folder = write_folder(tmp_path, {(PIZZA, GLOBE): compose(*SCENES[1], size=96)})
    drawn, draw = [], KitchenDataset.draw
    monkeypatch.setattr(KitchenDataset, "draw", lambda *given: drawn.append(draw(*given)) or drawn[-1])
    assert run("--kitchen", str(folder), "--all-emoji", "--phases", "layout=1steps,image-32=2steps") == 0
    assert [set(batch.keys) for batch in drawn] == [{(PIZZA, GLOBE)}] * 2
    assert len(json.loads((folder / ESTIMATES).read_text())["stickers"]) == 1
    with pytest.raises(FusionError, match="kitchen fetch"):
        run("--kitchen", str(folder), "--phases", "image-32=2steps", "--out", str(tmp_path / "held-out"))


def test_words_are_trained_through_and_saved(run, tmp_path):
    assert run("--set", "words=16", "--phases", "layout=3steps,image-32=1steps") == 0
    net = load_fusion_net(tmp_path / "run" / WEIGHTS)
    assert net.config.words == 16
    assert net.layout_trunk.text_cross_attention.to_out.weight.abs().max() > 0
    measured = obeyed(measure_captions(net, "pairs", 4, size=32, batch=4, teacher=ReadyTeacher()))
    assert measured["family"]["n"] == 4


def test_bad_options_are_named(run):
    with pytest.raises(FusionError, match="above zero"):
        run("--max-minutes", "0")
    with pytest.raises(FusionError, match="multiple of 16"):
        run("--size", "50")
    with pytest.raises(FusionError, match="from 0 to below 1"):
        run("--dropout", "1")
    with pytest.raises(FusionError, match="--disguises is"):
        run("--disguises", "1")
    with pytest.raises(FusionError, match="--nudges is"):
        run("--nudges", "-0.1")
    with pytest.raises(FusionError, match="leave out --set"):
        run("--init", "somewhere", "--set", "skips=false")
    with pytest.raises(FusionError, match="no file nowhere"):
        run("--kitchen", "nowhere")
    with pytest.raises(FusionError, match="no phase 'image-64'"):
        run("--phases", "image-64=1")


def test_what_layout_heads_miss_in_training_is_an_option_and_no_part_of_the_weights(run, tmp_path, monkeypatch):
    seen = []

    def would_train(net, *_, **__):
        seen.append(net)
        raise InterruptedError

    monkeypatch.setattr(train, "Engine", would_train)
    with pytest.raises(InterruptedError):
        run("--dropout", "0.05")
    assert {layer.p for layer in seen[0].modules() if isinstance(layer, torch.nn.Dropout)} == {0.05}
    save_fusion_net(seen[0], tmp_path / "weights")
    loaded = load_fusion_net(tmp_path / "weights").modules()
    assert {layer.p for layer in loaded if isinstance(layer, torch.nn.Dropout)} == {DROPOUT}


def test_the_layout_branch_moves_between_networks(tmp_path):
    torch.manual_seed(1)
    donor, net = build_fusion_net("fusion", width=4), build_fusion_net("fusion", width=8)
    torch.nn.init.normal_(donor.center_aware_scale.head.numbers.weight)
    train.graft_layout(net, donor)
    first, second = torch.rand(2, 4, 64, 64), torch.rand(2, 4, 64, 64)
    net.eval(), donor.eval()
    torch.testing.assert_close(net(first, second).layout, donor(first, second).layout)
    with pytest.raises(FusionError, match="siamese"):
        train.graft_layout(net, build_fusion_net("unet", width=4))


def test_a_layout_branch_that_hears_no_sentence_moves_to_a_network_that_does(tmp_path):
    torch.manual_seed(1)
    donor = build_fusion_net("fusion", width=4, words=16)
    torch.nn.init.normal_(donor.center_aware_scale.head.numbers.weight)
    save_fusion_net(donor, tmp_path / "donor")
    save_fusion_net(build_fusion_net("fusion", width=8, words=16, sentence=True), tmp_path / "net")
    given = ("--init", str(tmp_path / "net"), "--layout-from", str(tmp_path / "donor"), "--out", str(tmp_path / "out"))
    net = train.starting_net(options(*given)).eval()
    first, second = torch.rand(2, 4, 64, 64), torch.rand(2, 4, 64, 64)
    words = Words(torch.rand(2, 2, 3, 16), torch.full((2, 2, 3), SAID))
    told = load_fusion_net(tmp_path / "donor").eval()(first, second, words=words).layout
    torch.testing.assert_close(net(first, second, words=words).layout, told)


@pytest.mark.parametrize(("hardware", "wanted"), [(True, "bf16"), (False, "no")])
def test_precision_is_what_the_hardware_multiplies(monkeypatch, hardware, wanted):
    monkeypatch.setattr(train, "has_bfloat16", lambda: hardware)
    assert train.faster_precision("cpu") == wanted
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert train.faster_precision("auto") == "bf16"


def test_given_weights_learn_to_read_words(tmp_path):
    torch.manual_seed(1)
    net = build_fusion_net("fusion", width=4)
    torch.nn.init.normal_(net.center_aware_scale.head.numbers.weight)
    reader = train.with_words(net, 16)
    first, second = torch.rand(2, 4, 64, 64), torch.rand(2, 4, 64, 64)
    words = Words(torch.rand(2, 2, 3, 16), torch.ones(2, 2, 3, dtype=torch.long))
    net.eval(), reader.eval()
    torch.testing.assert_close(reader(first, second, words=words).layout, net(first, second).layout)
    torch.nn.init.normal_(reader.layout_trunk.text_cross_attention.to_out.weight)
    assert not reader(first, second, words=words).layout.allclose(net(first, second).layout)
    with pytest.raises(FusionError, match="of 16 dimensions"):
        train.with_words(reader, 64)


def test_given_weights_learn_to_hear_a_sentence():
    torch.manual_seed(1)
    net = build_fusion_net("fusion", width=4, words=16)
    torch.nn.init.normal_(net.center_aware_scale.head.numbers.weight)
    hearer = train.with_words(net, 16, sentence=True)
    first, second = torch.rand(2, 4, 64, 64), torch.rand(2, 4, 64, 64)
    roles = torch.tensor([[[NAMED, SAID], [SAID, PADDING]], [[NAMED, PADDING], [NAMED, PADDING]]])
    words = Words(torch.rand(2, 2, 2, 16), roles)
    net.eval(), hearer.eval()
    silent = net(first, second, words=words).layout
    torch.testing.assert_close(hearer(first, second, words=words).layout, silent)
    torch.nn.init.normal_(hearer.center_aware_scale.head.sentence.numbers.weight)
    heard = hearer(first, second, words=words).layout
    assert not heard[0].allclose(silent[0])
    torch.testing.assert_close(heard[1], silent[1])  # to which nobody says anything
    assert train.with_words(hearer, 16) is hearer


def test_given_weights_learn_to_name_families():
    torch.manual_seed(1)
    net = build_fusion_net("fusion", width=4)
    torch.nn.init.normal_(net.center_aware_scale.head.numbers.weight)
    torch.nn.init.normal_(net.head.conv.weight)
    teller = train.with_families(net, "aura,halo,print")
    pair = torch.rand(2, 4, 64, 64), torch.rand(2, 4, 64, 64)
    net.eval(), teller.eval()
    said, known = teller(*pair), net(*pair)
    torch.testing.assert_close(said.image, known.image)
    torch.testing.assert_close(said.layout, known.layout)
    assert said.family.shape == (2, 3)
    with pytest.raises(FusionError, match="other recipe families"):
        train.with_families(teller, "aura,halo")
    assert "face on thing" in train.family_names("taste").split(",")


def test_training_can_start_from_given_weights(tmp_path):
    torch.manual_seed(1)
    saved = build_fusion_net("fusion", width=4, size=32)
    save_fusion_net(saved, tmp_path / "weights", half=False)
    arguments = options("--out", str(tmp_path / "run"), "--init", str(tmp_path / "weights"))
    net = train.starting_net(arguments)
    for name, value in saved.state_dict().items():
        torch.testing.assert_close(net.state_dict()[name], value)
