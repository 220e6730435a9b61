"""Publishing on a hub and fetching from it, against one on this machine."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import huggingface_hub.constants as settings
import pytest
import torch

from fusion import hub
from fusion.__main__ import main
from fusion.model.weights import WEIGHTS_FOLDER, WeightsError, load_fusion_net, save_fusion_net
from tests.support.fake_hub import FakeHub
from tests.support.nets import tiny

CARD = "---\nlicense: apache-2.0\ntags:\n  - emoji\n---\n\n![Some](picture.png)\n"


@pytest.fixture
def fake_hub(monkeypatch, tmp_path) -> Iterator[FakeHub]:
    hub_here = FakeHub()
    monkeypatch.setenv("HF_ENDPOINT", hub_here.url)
    monkeypatch.setenv("HF_TOKEN", "hf_right")
    monkeypatch.setattr(settings, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(settings, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(settings, "HF_HUB_OFFLINE", False)
    yield hub_here
    hub_here.close()


@pytest.fixture
def trained(tmp_path) -> Path:
    """A folder as a run leaves it, with a card."""
    folder = save_fusion_net(tiny(), tmp_path / "weights")
    (folder / "README.md").write_text(CARD, "utf-8")
    (folder / "picture.png").write_bytes(b"png")
    (folder / ".cache").mkdir()
    (folder / ".cache" / "notes").write_text("not for others")
    return folder


def publish(*words: str) -> int:
    return main(["publish", *words])


def test_weights_go_up_and_come_down_as_they_were(fake_hub, trained, capsys):
    assert publish("--weights", "me/small", "--from", str(trained)) == 0
    told = capsys.readouterr().out
    assert re.search(r"^ +[\d,]+  model\.safetensors$", told, re.MULTILINE)
    assert fake_hub.commits["model", "me/small"] in told
    sent = fake_hub.repos["model", "me/small"]
    assert set(sent) == {"README.md", "config.json", "model.safetensors", "picture.png"}
    assert sent["model.safetensors"] == (trained / "model.safetensors").read_bytes()
    commit = fake_hub.commits["model", "me/small"]
    for name in ("me/small", "me/small@main", f"me/small@{commit}"):
        here, there = load_fusion_net(trained).state_dict(), load_fusion_net(name).state_dict()
        assert all(torch.equal(here[key], there[key]) for key in here)


def test_a_dry_run_sends_nothing(fake_hub, trained, capsys):
    assert publish("--weights", "me/small", "--from", str(trained), "--dry-run") == 0
    assert "Nothing was sent" in capsys.readouterr().out
    assert (fake_hub.repos, fake_hub.made) == ({}, [])


def test_a_space_has_what_it_needs_and_no_more(fake_hub, capsys):
    assert publish("--space", "me/emoji-fusion") == 0
    (made,) = fake_hub.made
    assert (made["type"], made["sdk"]) == ("space", "gradio")
    sent = fake_hub.repos["space", "me/emoji-fusion"]
    assert {"app.py", "README.md", "requirements.txt", "fusion/ui/page.py", "assets/screenshots/page.png"} <= set(sent)
    assert not [name for name in sent if name.startswith(("tests/", ".")) or "__pycache__" in name]
    assert capsys.readouterr().out.count("\n") == len(sent) + 2


@pytest.mark.parametrize("what", ["bytes", "checksum", "revision"])
def test_what_comes_down_changed_is_refused(fake_hub, trained, what):
    publish("--weights", "me/small", "--from", str(trained))
    files = dict(fake_hub.repos["model", "me/small"])
    name = "me/small"
    if what == "bytes":
        files["model.safetensors"] = files["model.safetensors"][:-1] + b"\x01"
    elif what == "checksum":
        files["config.json"] = re.sub(rb'\s*"sha256": "[^"]*",', b"", files["config.json"])
    fake_hub.put("model", name, files)
    if what == "revision":
        name += "@" + "0" * 40
    with pytest.raises(WeightsError, match=r"sha256|could not be fetched"):
        load_fusion_net(name)


def test_a_hub_that_sends_another_commit_is_not_believed(fake_hub, trained, monkeypatch):
    publish("--weights", "me/small", "--from", str(trained))
    monkeypatch.setattr(fake_hub, "resolve", anything(fake_hub))
    with pytest.raises(WeightsError, match=f"instead of {'0' * 40}"):
        load_fusion_net("me/small@" + "0" * 40)


def anything(hub_here: FakeHub):
    """``resolve`` that answers every revision with the one there is."""
    real = hub_here.resolve
    return lambda request, body, name, revision, path: real(request, body, name, "main", path)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--weights", "nobody", "--dry-run"), "OWNER/NAME"),
        (("--space", "a/b/c", "--dry-run"), "OWNER/NAME"),
        (("--weights", "me/small", "--from", "missing"), "no folder"),
    ],
)
def test_words_that_cannot_be_followed(words, sentence, capsys):
    assert publish(*words) == 2
    told = capsys.readouterr().err
    assert sentence in told
    assert told.count("\n") == 1


@pytest.mark.parametrize("lacks", ["README.md", "picture.png", "model.safetensors", "license", "weights"])
def test_what_is_not_fit_is_not_sent(fake_hub, trained, lacks, capsys):
    if lacks == "license":
        (trained / "README.md").write_text(CARD.replace("license: apache-2.0\n", ""), "utf-8")
    elif lacks == "weights":
        (trained / "model.safetensors").write_bytes(b"damaged")
    else:
        (trained / lacks).unlink()
    assert publish("--weights", "me/small", "--from", str(trained)) == 2
    assert fake_hub.made == []
    assert capsys.readouterr().err.count("\n") == 1


def test_who_may_not_is_told_how(fake_hub, trained, monkeypatch, capsys):
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    assert publish("--weights", "me/small", "--from", str(trained)) == 2
    assert "hf auth login" in capsys.readouterr().err


@pytest.mark.weights
def test_the_weights_that_ship_can_be_published(tmp_path):
    assert hub.weights("me/w", WEIGHTS_FOLDER / "fusion").size > 3_000_000
    shutil.copytree(WEIGHTS_FOLDER / "fusion", tmp_path / "copy")
    (tmp_path / "copy/config.json").write_text((tmp_path / "copy/config.json").read_text().replace('"sha256"', '"sha"'))
    with pytest.raises(ValueError, match="sha"):
        hub.weights("me/w", tmp_path / "copy")
