"""Weights on disk: round trips, half precision, where they are looked for, and what they are called."""

import json

import pytest
import torch

from fusion.model import PRESETS, ConfigError, WeightsError, build_fusion_net
from fusion.model import weights as checkpoint
from fusion.model.weights import available_weights, load_fusion_net, locate_weights, save_fusion_net, weights_hash
from tests.support.nets import tiny


@pytest.mark.parametrize("preset", PRESETS)
def test_full_precision_round_trip_is_exact(tmp_path, preset):
    net = tiny(preset)
    back = load_fusion_net(save_fusion_net(net, tmp_path / preset, half=False))
    assert back.config == net.config
    for name, value in net.state_dict().items():
        assert torch.equal(value, back.state_dict()[name]), name


def test_half_precision_halves_the_file_and_loads_as_float32(tmp_path):
    net = tiny()
    full, half = save_fusion_net(net, tmp_path / "full", half=False), save_fusion_net(net, tmp_path / "half")
    sizes = [(folder / "model.safetensors").stat().st_size for folder in (half, full)]
    assert sizes[0] < 0.6 * sizes[1]
    back = load_fusion_net(half)
    assert all(value.dtype == torch.float32 for value in back.parameters())
    for name, value in net.named_parameters():
        torch.testing.assert_close(back.get_parameter(name), value, atol=1e-3, rtol=1e-3)


def test_a_folder_holds_config_and_weights_and_nothing_half_written(tmp_path):
    folder = save_fusion_net(tiny(), tmp_path)
    assert sorted(file.name for file in folder.iterdir()) == ["config.json", "model.safetensors"]
    save_fusion_net(tiny(), tmp_path)
    assert sorted(file.name for file in folder.iterdir()) == ["config.json", "model.safetensors"]
    assert json.loads((folder / "config.json").read_text())["width"] == 4


def test_the_hash_names_the_weights(tmp_path):
    one = weights_hash(save_fusion_net(tiny(), tmp_path / "one"))
    other = tiny()
    with torch.no_grad():
        other.head.conv.bias += 1
    assert one == weights_hash(save_fusion_net(tiny(), tmp_path / "again"))
    assert one != weights_hash(save_fusion_net(other, tmp_path / "other"))
    assert len(one) == 12


def test_shipped_weights_are_found_by_preset(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "WEIGHTS_FOLDER", tmp_path)
    assert available_weights() == {}
    with pytest.raises(WeightsError, match="No weights ship for preset 'unet'"):
        load_fusion_net(preset="unet")
    save_fusion_net(tiny("unet"), tmp_path / "unet")
    assert available_weights() == {"unet": tmp_path / "unet"}
    assert load_fusion_net(preset="unet").config.preset == "unet"
    with pytest.raises(WeightsError, match="shipped: unet"):
        locate_weights(None, "fusion")


@pytest.mark.parametrize("name", ["nowhere", "./nowhere", "/nowhere/at/all", "a/b/c", "../x/y"])
def test_a_local_path_never_touches_the_network(monkeypatch, name):
    monkeypatch.setattr(checkpoint, "hf_hub_download", lambda *_, **__: pytest.fail("asked the hub"))
    with pytest.raises(WeightsError, match="There are no weights at"):
        load_fusion_net(name)


def test_a_hub_id_is_fetched_and_its_failure_told(tmp_path, monkeypatch):
    folder = save_fusion_net(tiny(), tmp_path / "cache")
    monkeypatch.setattr(checkpoint, "hf_hub_download", lambda repo, file, **_: str(folder / file))
    assert load_fusion_net("someone/emoji-fusion").config.width == 4

    def offline(*_, **__):
        raise OSError("no route to host")

    monkeypatch.setattr(checkpoint, "hf_hub_download", offline)
    with pytest.raises(WeightsError, match=r"someone/emoji-fusion .*no route to host"):
        load_fusion_net("someone/emoji-fusion")


def test_a_file_stands_for_its_folder(tmp_path):
    folder = save_fusion_net(tiny(), tmp_path)
    assert load_fusion_net(folder / "model.safetensors").config.preset == "fusion"
    (folder / "model.safetensors").rename(folder / "other.safetensors")
    with pytest.raises(WeightsError, match="name the folder"):
        load_fusion_net(folder / "other.safetensors")


def test_settings_that_contradict_are_refused_on_loading(tmp_path):
    folder = save_fusion_net(tiny(), tmp_path)
    settings = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(settings | {"has_alpha": False}))
    with pytest.raises(ConfigError, match="has_alpha"):
        load_fusion_net(folder)


@pytest.mark.weights
@pytest.mark.parametrize("preset", PRESETS)
def test_shipped_weights_load(preset):
    if preset not in available_weights():
        pytest.skip(f"no weights ship for {preset}")
    net = load_fusion_net(preset=preset)
    assert net.config.preset == preset
    assert not net.training


def test_half_precision_keeps_large_running_statistics(tmp_path):
    net = build_fusion_net(width=2)
    variance = net.unet.up1.convs[0][1].running_var
    variance.fill_(1e6)
    again = load_fusion_net(save_fusion_net(net, tmp_path))
    assert torch.equal(again.unet.up1.convs[0][1].running_var, variance)
