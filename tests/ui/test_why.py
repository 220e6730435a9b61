"""Why here: asked for by hand, and then a part of the fusion like every other stage."""

from __future__ import annotations

import pytest

from fusion.emoji.catalog import Catalog
from fusion.pipeline.attribution import NoCaptum
from fusion.ui.backend import Backend
from tests.support.fake_fuser import FakeFuser
from tests.support.page_steps import settled

PAIR = {"first": "1f600", "second": "1f355"}


def available(cards: list[dict]) -> dict[str, bool]:
    return {card["id"]: card["available"] for card in cards}


def test_what_was_explained_stays_with_its_fusion():
    backend = Backend(Catalog.default(), {"fusion": FakeFuser})
    assert not available(backend.stages(PAIR)["cards"])["why main"]
    found = available(backend.explain(PAIR)["cards"])
    assert found["why main"]
    assert found["why here"]
    assert available(backend.stages(PAIR)["cards"]) == found
    assert not available(backend.stages(PAIR | {"main": "second"})["cards"])["why here"], (
        "another one is another question"
    )


@pytest.mark.browser
def test_the_button_fills_both_stages_or_says_what_is_missing(open_page, served, monkeypatch):
    page = open_page()
    settled(page)
    page.wait_for_selector('[data-stage="why main"].ef-off')
    page.click('[data-act="why"]')
    page.wait_for_selector('[data-stage="why main"]:not(.ef-off) img')
    assert page.locator('[data-stage="why here"] img').count() == 1

    def missing(*_, **__):
        raise NoCaptum("Captum is not installed, which this needs; pip install -r requirements-explain.txt.")

    monkeypatch.setattr(served.fusers["fusion"], "explain", missing)
    page.evaluate("EF.update({ first: '1f525' })")
    page.wait_for_function("() => EF.answer.names[0] === 'fire'")
    page.wait_for_selector('[data-stage="why main"].ef-off')
    page.click('[data-act="why"]')
    page.wait_for_function("() => EF.find('toast').textContent.includes('requirements-explain.txt')")
