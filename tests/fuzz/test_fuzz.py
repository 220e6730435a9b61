"""A few hundred cases of those that ``python -m tests.fuzz.run`` has by the thousand, always the same."""

from __future__ import annotations

import pytest

pytest.importorskip("hypothesis", reason="needs tests/requirements.txt")

from tests.fuzz.doors import calm, local_doors, server_doors, told
from tests.fuzz.run import knock, page

CASES = {
    **{"page": 60, "endpoint": 40, "http": 60, "upload": 12, "service": 40},
    **{"emoji": 60, "command line": 40, "config.json": 80, "layout": 120},
}


@pytest.fixture(scope="module")
def doors(tmp_path_factory):
    with page() as (url, component):
        found = [*server_doors(url, component), *local_doors(tmp_path_factory.mktemp("fuzz"))]
        yield {door.name: door for door in found}


@pytest.mark.parametrize("name", CASES)
def test_every_door_stands(doors, name):
    assert knock(doors[name], CASES[name], 1) >= CASES[name]


def test_there_is_no_door_that_nobody_knocks_at(doors):
    assert set(doors) == set(CASES)


def test_a_door_that_gives_way_is_noticed():
    import httpx

    with pytest.raises(AssertionError):
        calm(httpx.Response(500, text="Internal Server Error"))
    with pytest.raises(AssertionError):
        calm(httpx.Response(200, json={"error": None}))
    with pytest.raises(AssertionError):
        told("event: error\ndata: null\n\n")
