"""The hub's conventions, and a sentence for everything that can be wrong with weights."""

import json
import shutil

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save, save_file

from fusion.model import ConfigError, FusionNet, WeightsError
from fusion.model.rekey import rekey
from fusion.model.weight_files import current_name
from fusion.model.weights import available_weights, load_fusion_net, save_fusion_net
from tests.support.nets import awake, pictures, tiny


@pytest.fixture
def folder(tmp_path):
    """A folder as the hub mixin writes it."""
    awake(tiny()).save_pretrained(tmp_path / "weights")
    return tmp_path / "weights"


def change(folder, edit) -> None:
    tensors = load_file(folder / "model.safetensors")
    edit(tensors)
    save_file(tensors, folder / "model.safetensors")


def settings(folder, **changes) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | changes))


def test_saved_and_loaded_it_is_the_same_network(folder):
    net, pair = awake(tiny()), pictures()
    back = FusionNet.from_pretrained(folder)
    assert back.config == net.config
    assert not back.training
    assert torch.equal(back(*pair).image, net(*pair).image)
    assert (folder / "README.md").is_file()  # the model card
    assert json.loads((folder / "config.json").read_text())["preset"] == "fusion"


def test_loading_both_ways_agrees(folder):
    pair = pictures()
    assert torch.equal(load_fusion_net(folder)(*pair).image, FusionNet.from_pretrained(folder)(*pair).image)


def rename(tensors: dict[str, torch.Tensor]) -> None:
    """The names that files carried before: today's ``upsample`` was ``rise``."""
    for name in [name for name in tensors if ".upsample." in name]:
        tensors[name.replace(".upsample.", ".rise.")] = tensors.pop(name)


@pytest.mark.parametrize("load", [load_fusion_net, FusionNet.from_pretrained], ids=["folder", "hub mixin"])
def test_files_with_old_names_load_as_they_did(folder, load):
    wanted = load(folder).state_dict()
    change(folder, rename)
    assert any(".rise." in name for name in load_file(folder / "model.safetensors"))
    found = load(folder).state_dict()
    assert all(torch.equal(found[name], value) for name, value in wanted.items())
    assert found.keys() == wanted.keys()


def test_rekeying_changes_names_alone(tmp_path):
    folder = save_fusion_net(awake(tiny()), tmp_path)  # in float16, with metadata
    path = folder / "model.safetensors"
    whole = path.read_bytes()
    assert rekey(folder) == 0
    assert path.read_bytes() == whole
    with safe_open(path, "pt") as file:
        metadata, tensors = file.metadata(), {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118
    old = dict(tensors)
    rename(old)
    path.write_bytes(save(old, metadata))
    assert path.read_bytes() != whole
    assert rekey(folder) == 8  # weight and bias of four blocks
    with safe_open(path, "pt") as file:
        assert file.metadata() == metadata == {"preset": "fusion"}
        again = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    assert again.keys() == tensors.keys()
    assert all(again[name].dtype == value.dtype and torch.equal(again[name], value) for name, value in tensors.items())


@pytest.mark.weights
def test_shipped_weights_carry_todays_names():
    folders = available_weights().values()
    names = [name for folder in folders for name in load_file(folder / "model.safetensors")]
    assert [current_name(name) for name in names] == names


def test_where_there_is_nothing_to_rekey_it_is_said(tmp_path):
    with pytest.raises(WeightsError, match="name a folder that holds weights"):
        rekey(tmp_path)


BROKEN = {
    "weights missing": (lambda f: (f / "model.safetensors").unlink(), "no weights at"),
    "weights empty": (lambda f: (f / "model.safetensors").write_bytes(b""), "damaged"),
    "weights truncated": (
        lambda f: (f / "model.safetensors").write_bytes((f / "model.safetensors").read_bytes()[:-1000]),
        "damaged",
    ),
    "weights noise": (lambda f: (f / "model.safetensors").write_bytes(b"\x00" * 4096), "damaged"),
    "weights pickled in disguise": (
        lambda f: torch.save({"a": torch.zeros(1)}, f / "model.safetensors"),
        "damaged or no safetensors",
    ),
    "config missing": (lambda f: (f / "config.json").unlink(), "config.json"),
    "config damaged": (lambda f: (f / "config.json").write_text('{"preset": '), "config.json is damaged"),
    "config no settings": (lambda f: (f / "config.json").write_text("[1, 2]"), "holds no settings"),
    "a tensor missing": (lambda f: change(f, lambda t: t.pop("head.conv.bias")), "lacks head.conv.bias"),
    "a tensor too many": (
        lambda f: change(f, lambda t: t.update(surplus=torch.zeros(1))),
        "surplus",
    ),
    "a wrong shape": (
        lambda f: change(f, lambda t: t.update({"head.conv.bias": torch.zeros(3)})),
        r"head.conv.bias has shape \(3,\)",
    ),
    "not a number": (
        lambda f: change(f, lambda t: t["head.conv.bias"].fill_(float("nan"))),
        "head.conv.bias holds NaN",
    ),
    "infinity": (
        lambda f: change(f, lambda t: t["head.conv.bias"].fill_(float("inf"))),
        "head.conv.bias holds NaN or infinity",
    ),
    "another width": (lambda f: settings(f, width=8), "has shape"),
    "another preset": (
        lambda f: shutil.copy(
            save_fusion_net(tiny("unet-se-po"), f.parent / "other") / "config.json", f / "config.json"
        ),
        "is not the file that config.json was written with",
    ),
    "another preset without a checksum": (lambda f: unnamed_preset(f), "another network than its config.json"),
}


def unnamed_preset(folder):
    """The config of another network, as written before configs named the bytes of their weights."""
    other = json.loads((save_fusion_net(tiny("unet-se-po"), folder.parent / "other") / "config.json").read_text())
    del other["sha256"]
    (folder / "config.json").write_text(json.dumps(other))


@pytest.mark.parametrize("load", [load_fusion_net, FusionNet.from_pretrained], ids=["checkpoint", "hub mixin"])
@pytest.mark.parametrize(("damage", "cause"), BROKEN.values(), ids=BROKEN)
def test_what_is_wrong_is_said_with_file_and_cause(folder, damage, cause, load):
    damage(folder)
    with pytest.raises(WeightsError, match=cause) as raised:
        load(folder)
    sentence = str(raised.value)
    assert str(folder) in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize("load", [load_fusion_net, FusionNet.from_pretrained], ids=["checkpoint", "hub mixin"])
def test_unknown_settings_are_refused(folder, load):
    settings(folder, colour="red")
    with pytest.raises(ConfigError, match="colour"):
        load(folder)


@pytest.mark.parametrize("name", ["weights.pt", "pytorch_model.bin", "weights.ckpt"])
def test_pickled_weights_are_never_opened(tmp_path, name):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("the pickle was opened",))

    torch.save({"trap": Trap()}, tmp_path / name)
    with pytest.raises(WeightsError, match=rf"{name} is not a \.safetensors file"):
        load_fusion_net(tmp_path / name)
    with pytest.raises(WeightsError, match="pickled"):
        FusionNet._load_as_pickle(tiny(), str(tmp_path / name), "cpu", strict=True)


def test_a_failed_load_leaves_the_network_as_it_was(folder):
    from fusion.model.weight_files import read_weights

    change(folder, lambda t: t["head.conv.bias"].fill_(float("nan")))
    net = awake(tiny(seed=1), seed=1)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    with pytest.raises(WeightsError):
        read_weights(net, folder / "model.safetensors")
    assert all(torch.equal(value, net.state_dict()[name]) for name, value in before.items())
