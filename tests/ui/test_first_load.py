"""What a first visit costs on a slow network, and what stands there before it is over."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support.page_steps import settled

MOST_BYTES = 1_000_000
OF_GRADIO = ("/assets/", "/static/", "/gradio_api/heartbeat", "/gradio_api/app_id", "/theme.css")
"""Addresses of the framework's own scripts, styles and housekeeping."""


def recorded(page) -> dict[str, list[int]]:
    """Bytes over the wire by who asked for them, counted from now on."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    paths, bytes_of = {}, {"own": [], "gradio": []}

    def begun(event):
        paths[event["requestId"]] = urlsplit(event["request"]["url"]).path

    def ended(event):
        path = paths.get(event["requestId"], "")
        bytes_of["gradio" if path.startswith(OF_GRADIO) else "own"].append(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", begun)
    session.on("Network.loadingFinished", ended)
    return bytes_of


def sheets(page) -> list[str]:
    names = "() => performance.getEntriesByType('resource').map(({ name }) => name)"
    return sorted(name.rpartition("/")[2] for name in page.evaluate(names) if name.endswith(".webp"))


@pytest.mark.browser
def test_a_first_visit_costs_at_most_a_megabyte(chromium, served):
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    found = recorded(page)
    page.goto(served.url)
    page.wait_for_selector(".ef-card img")
    settled(page)
    page.wait_for_load_state("networkidle")
    own, gradio = sum(found["own"]), sum(found["gradio"])
    print(f"own {own / 1e3:.0f} kB, Gradio {gradio / 1e3:.0f} kB")
    assert len(found["own"]) >= 6
    assert 100_000 < own <= MOST_BYTES
    assert sheets(page) == ["0.webp"], "no more than what is in sight"
    context.close()


@pytest.mark.browser
def test_further_sheets_come_when_their_emoji_are_wanted(open_page):
    page = open_page()
    settled(page)
    assert sheets(page) == ["0.webp"]
    slot = page.locator('.ef-slot[data-side="first"]')
    slot.locator("input[type=search]").fill("pirate flag")
    page.wait_for_function("() => performance.getEntriesByType('resource').some(({ name }) => /[1-9].webp/.test(name))")
    assert len(sheets(page)) <= 3
    first = slot.locator(".ef-group:not([hidden]) .ef-tile").first
    drawn = "tile => getComputedStyle(tile).backgroundImage.includes('.webp')"
    page.wait_for_function(drawn, arg=first.element_handle())
    slot.locator("input[type=search]").fill("")
    slot.locator('.ef-cat[title="Flags"]').click()
    page.wait_for_function(
        "() => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/8.webp'))"
    )


def let_go(held: dict[str, list], what: str) -> None:
    """Everything of that kind goes on, and nothing is held up any more."""
    waiting, held[what] = held[what], type("Open", (), {"append": lambda self, route: route.continue_()})()
    for route in waiting:
        route.continue_()


@pytest.mark.browser
def test_outlines_at_once_and_no_button_that_does_nothing(chromium, served):
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    held = {"scripts": [], "answers": []}
    page.route("**/assets/HTML-*.js", lambda route: held["scripts"].append(route))
    page.route("**/component_server/**", lambda route: held["answers"].append(route))
    page.goto(served.url)
    page.wait_for_selector(".ef-skeleton i:last-child")
    assert page.locator(".ef-skeleton").bounding_box()["height"] > 300
    let_go(held, "scripts")
    page.wait_for_function("() => globalThis.EF?.root?.querySelector('[data-until]')")
    live = "() => [...EF.root.querySelectorAll('button, select')].filter((one) => !one.disabled).length"
    assert page.evaluate(live) == 0
    let_go(held, "answers")
    settled(page)
    assert page.locator(".ef-skeleton").count() == 0
    assert page.locator("[data-until]:disabled").count() == 0
    context.close()


@pytest.mark.parametrize(
    ("query", "first", "second"),
    [
        ("", "1f600", "1f355"),
        ("?first=1f525&second=red+heart", "1f525", "2764"),
        ("?first=own:0123456789abcdef&second=1f525", "1f600", "1f525"),
        ('?first="><script>&second=%F0%9F%94%A5', "1f600", "1f525"),
    ],
)
def test_a_preview_shows_the_sticker_of_the_link(served, query, first, second):
    document = httpx.get(served.url + query).text
    told = dict(re.findall(r'<meta property="(og:[^"]*)" content="([^"]*)" />', document))
    assert told["og:image"].replace("&amp;", "&") == f"{served.url}kitchen/{first}_{second}.png?size=512"
    assert "gradio" not in "".join(told.values()).lower()
    picture = httpx.get(told["og:image"], timeout=30)
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert document.count('og:image"') == 1
    assert "ef-skeleton" in document.rpartition("<gradio-app")[2]
