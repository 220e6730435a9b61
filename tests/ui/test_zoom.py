"""Looking closer in a real Chromium: one place in all stages, their numbers, and any channel pixel by pixel."""

from __future__ import annotations

import pytest

from tests.support.page_steps import box_at_rest, settled

pytestmark = pytest.mark.browser
PLACE = (0.4, 0.6)
TWO_DIGITS = 6e-3


def strip_of(page) -> None:
    settled(page)
    page.wait_for_selector('[data-stage="output"] .ef-frame img')


def put_mouse(page, selector: str) -> None:
    page.locator(selector).scroll_into_view_if_needed()
    box = box_at_rest(page, selector)
    page.mouse.move(box["x"] + PLACE[0] * box["width"], box["y"] + PLACE[1] * box["height"])


def expected(page, served) -> list[float]:
    """The output's numbers at the place that the page points at, from a trace of its own."""
    x, y = page.evaluate("EF.place.at")
    trace = served.fusers["fusion"].fuse("1f600", "1f355")
    return trace.output[int(y * trace.size), int(x * trace.size)].tolist()


def test_one_place_is_shown_in_all_stages_with_its_numbers(open_page, served):
    page = open_page()
    strip_of(page)
    put_mouse(page, '[data-stage="composite"] .ef-frame')
    page.wait_for_function("() => document.querySelector('[data-stage=output] .ef-value').textContent")
    told = [float(one) for one in page.inner_text('[data-stage="output"] .ef-value').split()]
    assert told == pytest.approx(expected(page, served), abs=TWO_DIGITS)
    crossed = page.evaluate(
        "() => [...document.querySelectorAll('.ef-card:not(.ef-off)')]"
        ".map((card) => [...card.querySelectorAll('.ef-place')]"
        ".filter((one) => getComputedStyle(one).display === 'block').length)"
    )
    assert min(crossed) >= 1
    assert max(crossed) == 16, "each tile has a crosshair of its own"
    page.mouse.move(2, 2)
    page.wait_for_function("() => !EF.root.classList.contains('ef-pointing')")


def test_the_dialog_walks_through_stages_and_channels(open_page, served):
    page = open_page()
    strip_of(page)
    page.click('[data-stage="output"] .ef-frame')
    put_mouse(page, ".ef-view")
    row = ".ef-readings tr.ef-here td"
    page.wait_for_function("row => /\\d/.test(document.querySelector(row)?.textContent ?? '')", arg=row)
    told = [float(one) for one in page.inner_text(row).split() if one[-1].isdigit()]
    assert told == pytest.approx(expected(page, served), abs=TWO_DIGITS)
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_function(f"() => Math.abs(EF.place.at[0] - {PLACE[0]} - 1 / 256) < 2e-3")

    page.keyboard.press("ArrowLeft")
    assert page.inner_text('[data-role="zoom-title"]') == "Composite"
    page.click('[data-act="next"]')
    page.click('[data-act="next"]')
    assert page.inner_text('[data-role="zoom-title"]') == "Fitted"
    page.keyboard.press("Escape")

    page.click('[data-stage="up3"] .ef-frame')
    page.wait_for_function("() => EF.find('channel').options.length === 67")  # as shown, mean, places, 64 channels
    page.select_option('[data-role="channel"]', "places")
    page.wait_for_selector(".ef-inner canvas")
    assert page.evaluate("() => document.querySelector('.ef-inner canvas').width") == 64, "a pixel a number"


def test_a_channel_s_colours_are_its_numbers_on_the_bar(open_page):
    page = open_page()
    strip_of(page)
    colours = page.evaluate(
        """async () => {
            const asked = { ...EF.state, stage: "gates", channel: "main" };
            const { plane } = await EF.ask("plane", asked);
            const drawn = EF.plane(plane).getContext("2d");
            const { stages } = await EF.ask("read", { ...EF.state, x: 0.75, y: 0.5 });
            const value = stages.find(({ id }) => id === "gates").readings[0].value;
            return [value, [...drawn.getImageData(192, 128, 1, 1).data], plane.stops];
        }"""
    )
    value, pixel, stops = colours
    table = [[int(stop[i : i + 2], 16) for i in (1, 3, 5)] for stop in stops]
    at = value * (len(table) - 1)
    mixed = [a + (at % 1) * (b - a) for a, b in zip(table[int(at)], table[int(at) + 1], strict=True)]
    assert pixel[:3] == pytest.approx(mixed, abs=1.5)


def test_zoom_keeps_the_point_under_the_mouse_and_the_picture_in_view(open_page):
    page = open_page()
    strip_of(page)
    page.click('[data-stage="output"] .ef-frame')
    put_mouse(page, ".ef-view")
    before = page.evaluate("EF.place.at")
    page.mouse.wheel(0, -300)
    page.wait_for_function("() => EF.find('zoom-level').textContent !== '100 %'")
    put_mouse(page, ".ef-view")
    assert page.evaluate("EF.place.at") == pytest.approx(before, abs=3e-3)
    box = page.locator(".ef-view").bounding_box()
    page.mouse.down()
    page.mouse.move(box["x"] + 2000, box["y"] + 2000, steps=3)
    page.mouse.up()
    inner = box_at_rest(page, ".ef-inner")
    assert (inner["x"], inner["y"]) == pytest.approx((box["x"], box["y"]), abs=2), "it cannot be dragged out of sight"
    page.keyboard.press("0")
    assert page.inner_text('[data-role="zoom-level"]') == "100 %"


def test_the_dialog_follows_the_next_fusion(open_page):
    page = open_page()
    strip_of(page)
    page.click('[data-stage="first"] .ef-frame')
    put_mouse(page, ".ef-view")
    page.wait_for_selector(".ef-readings tr.ef-here")
    before = page.inner_text(".ef-readings tr.ef-here")
    page.evaluate("EF.update({ first: '1f525' })")
    page.wait_for_function(
        "before => document.querySelector('.ef-readings tr.ef-here').innerText !== before", arg=before
    )
    assert page.locator("dialog[open]").count() == 1
