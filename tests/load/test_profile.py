"""The profile itself: what it times is there, and a part's time is its own."""

from __future__ import annotations

import importlib
import time
from functools import reduce

import pytest

from tests.load import profile


@pytest.mark.parametrize("address", profile.PARTS.values())
def test_what_is_timed_is_there(address):
    module, _, path = address.partition(":")
    assert callable(reduce(getattr, path.split("."), importlib.import_module(module)))


def test_a_part_is_not_counted_twice(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(time, "process_time", lambda: now[0])
    monkeypatch.setattr(profile, "kernel_seconds", lambda: 0.0)

    def computes(seconds):
        now[0] += seconds

    clock = profile.Clock()
    inner = clock.wrapped("inner", lambda: computes(0.25))

    def outer():
        computes(0.5)
        inner()
        inner()

    def answer():
        computes(1)
        clock.wrapped("outer", outer)()

    clock.ask("pick", answer)
    assert clock.figures() == {"pick": {"total": 2000, "everything else": 1000, "outer": 500, "inner": 500}}
