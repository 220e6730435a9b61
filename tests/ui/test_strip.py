"""The strip of stages in a real Chromium, on a fake network."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


def test_strip_explains_every_stage(open_page):
    page = open_page()
    page.wait_for_selector(".ef-card")
    cards = page.evaluate(
        "() => [...document.querySelectorAll('.ef-card')].map((card) => [card.dataset.stage,"
        " card.querySelectorAll('p')[1].textContent, card.querySelectorAll('img').length])"
    )
    assert {"separated", "main", "layout", "transformed", "position", "up3", "up4", "output"} <= {c[0] for c in cards}
    assert all(sentence for _, sentence, _ in cards)
    assert {c[0]: c[2] for c in cards}["up3"] == 2, "the heat map lies over the composite"
    page.click('[data-stage="up3"] .ef-frame')
    page.wait_for_selector("dialog[open] .ef-parts img")
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0


def test_an_attention_block_that_is_off_shows_no_map(open_page):
    page = open_page("?off=up3")
    page.wait_for_selector('[data-stage="up3"].ef-off')
    assert page.inner_text('[data-stage="up3"] .ef-caption') == "switched off"


def test_a_pick_asks_for_the_sticker_first_and_for_its_stages_once_it_is_there(open_page):
    page = open_page()
    page.wait_for_selector(".ef-card")
    page.evaluate(
        "() => { const ask = EF.ask; globalThis.asked = [];"
        " EF.ask = (name, ...rest) => { const shown = document.querySelector('[data-role=result]').alt;"
        "  asked.push([name, shown]); return ask(name, ...rest); };"
        " EF.update({ first: '1f525', second: '1f431' }); }"
    )
    page.wait_for_function("() => asked.some(([name]) => name === 'stages')")
    asked = page.evaluate("asked")
    assert asked[0][0] == "fuse", "before the drawings for the slots"
    assert dict(asked)["stages"] == "fire fused with cat face", "the sticker is on the page by then"
