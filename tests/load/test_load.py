"""The load tests themselves, with few: a real server answers people, and stays within its memory."""

from __future__ import annotations

import sys

import pytest

from tests.load import memory
from tests.load.people import crowd
from tests.load.server import running
from tests.support.apart import run_apart

pytestmark = [pytest.mark.weights, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]


@pytest.fixture(scope="module")
def server():
    with running() as started:
        yield started


def test_a_few_people_are_answered(server):
    figures = run_apart(lambda: crowd(server, people=3, seconds=6, pairs=10))
    assert figures["errors"] == 0, figures
    assert figures["kinds"]["strip"]["n"] > 0
    assert set(figures) >= {"p50_ms", "p95_ms", "busy", "evaluated"}
    assert figures["cpu_ms_per_answer"] > 0


def test_large_pictures_leave_little_behind(server):
    server.forget_most()
    before = server.resident()
    points = run_apart(lambda: memory.climb(server, fusions=2, uploads=3, people=3))
    assert {point["part"] for point in points} == {"fusions", "uploads"}
    # Six decoded pictures of this side, kept as they are, would be 400 MB beside what five fusions leave in the caches.
    assert server.resident() - before < 350
    assert server.resident() < memory.BOUND
    assert server.resident("VmHWM") < memory.PEAK * memory.BOUND


def test_a_server_beyond_its_bound_fails(server, monkeypatch, capsys):
    class Again:
        def __enter__(self):
            return server

        def __exit__(self, *_):
            pass

    monkeypatch.setattr(memory, "running", Again)
    few = ["--fusions", "1", "--uploads", "0"]
    assert memory.main([*few, "--bound", "50"]) == 1
    assert memory.main([*few, "--bound", "100000"]) == 0
    assert '"bound_mb": 50' in capsys.readouterr().out
