"""What axe-core finds on every tab and in what opens on it, light and dark: nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.page_steps import settled

pytestmark = pytest.mark.browser
OTHERS = ".ef-tile:nth-child(n + 3)"
"""Tiles of the pickers beyond the first two of a group: 7,000 that are made alike would take minutes, and are taken
off the page."""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing(open_page, axe, theme, width):
    page = open_page(f"?__theme={theme}", width=width)
    prepare(page, axe)
    found = {}
    for tab in ("fuse", "failures", "compare"):
        page.evaluate("tab => EF.openTab(tab)", tab)
        if tab == "failures":
            evaluate(page)
        if tab == "compare":
            page.wait_for_function("() => document.querySelectorAll('.ef-preset-card img[src]').length === 4")
        found[tab] = violations(page)
    assert found == {"fuse": [], "failures": [], "compare": []}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_what_opens_later(open_page, axe, theme):
    page = open_page(f"?__theme={theme}")
    prepare(page, axe)
    found = {}
    for state, opened in later(page):
        found[state] = violations(page)
        opened()
    assert found == {state: [] for state in found}
    assert len(found) == 9


def later(page: Any) -> Iterator[tuple[str, Callable[[], object]]]:
    """States of the page one after the other; each with what ends it."""
    page.fill('[data-role="say"]', "on its head")
    page.press('[data-role="say"]', "Enter")
    page.wait_for_function("() => EF.answer.notices.length")
    yield "notice", lambda: None
    page.click('[data-stage="output"] .ef-frame')
    page.hover('[data-role="view"]')
    page.wait_for_selector('[data-role="readings"] td')
    yield "stage", lambda: page.click('[data-role="zoom"] [data-act="close"]')
    page.click('[data-act="what-if"]')
    page.wait_for_function("() => document.querySelectorAll('.ef-variant img[src]').length > 40")
    yield "sweep", lambda: page.click('[data-act="sweep-close"]')
    page.click('[data-act="browse"]')
    page.wait_for_selector(".ef-partner img[src]")
    yield "partners", lambda: page.click('[data-act="browse-close"]')
    page.click('[data-act="keep-layout"]')
    page.wait_for_selector(".ef-kept li", state="attached")
    page.evaluate("() => { EF.find('kept-corrections').open = true; }")
    yield "corrections", lambda: None
    page.click('[data-act="pack"]')
    page.wait_for_function("() => EF.find('pack-state').textContent.startsWith('Saved')")
    yield "pack", lambda: None
    page.locator('.ef-slot[data-side="second"] input[type=file]').set_input_files(
        {"name": "broken.png", "mimeType": "image/png", "buffer": b"no picture"}
    )
    page.wait_for_selector('.ef-slot[data-side="second"] [data-role="slot-note"]:not([hidden])')
    yield "broken picture", lambda: page.evaluate("EF.openTab('failures')")
    for _ in range(2):
        evaluate(page)
    page.wait_for_function("() => EF.find('against').options.length > 1")
    page.evaluate(
        "() => { const list = EF.find('against'); list.selectedIndex = 1; list.dispatchEvent(new Event('change')); }"
    )
    page.wait_for_selector('[data-role="changes"]:not([hidden])')
    yield "comparison", lambda: page.click('[data-act="judge"]')
    page.wait_for_function("() => !EF.act('right', EF.find('queue')).disabled")
    yield "queue", lambda: None


def prepare(page: Any, axe: str) -> None:
    """Settled, with few tiles, and with axe at hand."""
    settled(page)
    page.wait_for_function("() => document.querySelectorAll('.ef-card').length > 10")
    page.evaluate("others => document.querySelectorAll(others).forEach((tile) => tile.remove())", OTHERS)
    page.evaluate(axe)


def evaluate(page: Any) -> None:
    """Run an evaluation of few pairs on the tab Failures, and wait until it is drawn."""
    page.fill('[data-role="limit"]', "10")
    page.evaluate("EF.act('run', EF.find('failures')).click()")
    page.wait_for_function("() => EF.sheet.count() === 10 && !EF.find('charts').hidden")


def violations(page: Any) -> list[tuple[str, str, str]]:
    """Rule, element and message of whatever axe finds."""
    page.wait_for_timeout(400)  # colours fade
    return [
        (rule["id"], node["html"][:120], node["any"][0]["message"] if node["any"] else "")
        for rule in page.evaluate("async () => (await axe.run()).violations")
        for node in rule["nodes"][:3]
    ]
