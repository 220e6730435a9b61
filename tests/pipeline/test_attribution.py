"""Why: shares that add up, and patches that matter."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from fusion.model import FusionNet
from fusion.pipeline import attribution
from fusion.pipeline.attribution import NoCaptum, Question, attribute
from fusion.pipeline.fuser import Fuser
from fusion.views import pictures as views
from tests.support.nets import awake, tiny
from tests.support.tiny import FACE, PIZZA, SIZE, fuse, tiny_fuser


def explained(fuser: Fuser, **asked):
    pytest.importorskip("captum", reason="captum is missing; see requirements-explain.txt")
    return fuser.explain(FACE, PIZZA, size=SIZE, **asked)


@pytest.mark.parametrize("quick", [False, True])
@pytest.mark.parametrize("main", ["first", "second"])
def test_shares_add_up_to_what_the_emoji_changed(quick, main):
    net = awake(tiny())
    fuser = Fuser(net=net, device="cpu", quick=quick)
    found = explained(fuser, main=main)
    pair = fuser._read_pair(FACE, PIZZA, None, SIZE)
    whole = [fuser._tensor(picture) for picture in pair.pictures]
    with torch.no_grad():
        sign = 1 if main == "second" else -1
        change = sign * (net.perceive(*whole).main_logit - net.perceive(*map(torch.zeros_like, whole)).main_logit)
    shares = found.main["gradients (first)"].sum() + found.main["gradients (second)"].sum()
    assert shares == pytest.approx(float(change), abs=0.05 * abs(float(change)) + 1e-3)


def test_taking_nothing_away_changes_nothing_and_moves_are_never_towards_it():
    found = explained(Fuser(net=awake(tiny()), device="cpu", quick=False), main="first")
    blank = np.asarray(fuse(tiny_fuser()).inputs[0][..., 3] == 0)
    corner = found.main["occlusion (first)"][:4, :4]
    assert blank[:4, :4].all()
    np.testing.assert_allclose(corner, 0, atol=1e-6)
    assert found.here["moved (first)"].min() >= -1e-6
    assert set(found.here) == {
        f"{name} ({side})" for name in ("moved", "scale", "down", "right") for side in ("first", "second")
    }


def test_the_strip_shows_them_like_other_stages():
    fuser = tiny_fuser()
    trace = fuse(fuser)
    shown = {one.stage.id: one for one in views.views(replace(trace, attribution=explained(fuser, main="first")))}
    assert shown["why main"].available
    assert shown["why here"].available
    assert len(shown["why here"].places) == 8


def test_without_captum_one_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setattr(attribution, "find_spec", lambda name: None)
    net = tiny()
    blank = torch.zeros(1, 4, SIZE, SIZE)
    with pytest.raises(NoCaptum, match=r"pip install -r requirements-explain\.txt"):
        attribute(Question(net, (blank, blank), None, 0, 0, 0))
    assert isinstance(net, FusionNet)


def test_nothing_of_it_is_imported_with_the_pipeline():
    assert "fusion.pipeline.attribution" in sys.modules
    code = "import sys, fusion.pipeline.fuser; print('captum' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "False"
