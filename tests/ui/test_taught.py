"""A pair is fused before the teacher is asked; what it says comes with the strip."""

from __future__ import annotations

import pytest

from tests.support.fake_fuser import FakeFuser

PAIR = {"first": "1f600", "second": "1f355", "preset": "fusion"}


@pytest.fixture
def fuser():
    return FakeFuser()


@pytest.fixture
def backend(fuser):
    from fusion.emoji.catalog import Catalog
    from fusion.ui.backend import Backend

    return Backend(Catalog.default(), {"fusion": lambda: fuser})


def test_a_fresh_pair_does_not_wait_for_the_teacher(backend, fuser):
    answer = backend.fuse(PAIR)
    assert answer["facts"]["family"] is answer["facts"]["alignment"] is answer["controls"]["truth"] is None
    assert not fuser.teacher.traces


def test_the_strip_brings_what_the_teacher_says(backend, fuser):
    before = backend.fuse(PAIR)
    strip = backend.stages(PAIR)
    assert strip["facts"]["family"] == "face on object"
    assert strip["facts"]["alignment"]["iou"] == pytest.approx(0.87)
    assert strip["truth"]
    assert len(strip["hypotheses"]) == len(before["controls"]["hypotheses"])
    assert next(card for card in strip["cards"] if card["id"] == "teacher")["available"]
    # Neither the network nor the teacher is asked again, and the next answer has it all.
    assert backend.fuse(PAIR)["facts"] == strip["facts"]
    assert backend.stages(PAIR) == strip
    assert len(fuser.teacher.traces) == len(fuser.calls) == 1


def test_what_is_moved_by_hand_is_compared_at_once(backend, fuser):
    answer = backend.fuse(PAIR | {"layout": [0.5, 0.5, 0.0, 0.1]})
    assert answer["facts"]["family"] == "face on object"
    assert answer["controls"]["truth"]


def test_the_sticker_is_the_same_before_and_after(backend):
    assert backend.fuse(PAIR)["result"] == (backend.stages(PAIR), backend.fuse(PAIR)["result"])[1]
