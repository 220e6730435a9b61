"""What axe-core finds on every tab, light and dark: nothing."""

from __future__ import annotations

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
    settled(page)
    page.wait_for_function("() => document.querySelectorAll('.ef-card').length > 10")
    page.evaluate("others => document.querySelectorAll(others).forEach((tile) => tile.remove())", OTHERS)
    page.evaluate(axe)
    found = {}
    for tab in ("fuse", "failures", "compare"):
        page.evaluate("tab => EF.openTab(tab)", tab)
        if tab == "failures":
            page.fill('[data-role="limit"]', "10")
            page.evaluate("EF.act('run', EF.find('failures')).click()")
            page.wait_for_selector('[data-role="charts"]:not([hidden])')
        if tab == "compare":
            page.wait_for_function("() => document.querySelectorAll('.ef-preset-card img[src]').length === 4")
        page.wait_for_timeout(400)  # colours fade
        result = page.evaluate("async () => (await axe.run()).violations")
        found[tab] = [
            (rule["id"], node["html"][:120], node["any"][0]["message"] if node["any"] else "")
            for rule in result
            for node in rule["nodes"][:3]
        ]
    assert found == {"fuse": [], "failures": [], "compare": []}
