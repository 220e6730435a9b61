"""On a phone, and with fingers."""

from __future__ import annotations

import pytest

from tests.support.page_steps import box_at_rest, pick, settled

pytestmark = pytest.mark.browser
INSIDE = "node => { const box = node.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; }"


def test_the_sticker_stays_in_sight_while_one_picks(open_page):
    page = open_page(width=360, height=740)
    settled(page)
    pick(page, "first", "fire")
    page.wait_for_function("() => EF.answer.names[0] === 'fire'")
    assert page.locator('[data-role="stage"]').evaluate(INSIDE)
    assert page.locator(".ef-grid:visible").evaluate(INSIDE)


def test_the_header_is_one_row(open_page):
    page = open_page(width=360, height=740)
    settled(page)
    assert page.locator(".ef-top").bounding_box()["height"] < 60
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_what_is_wrong_with_the_sticker_is_said_in_sight(open_page):
    page = open_page(width=360, height=740)
    settled(page)
    assert not page.is_visible('[data-role="note"]')
    page.context.set_offline(True)
    page.evaluate("() => EF.update({ second: '1f525' })")
    page.wait_for_selector('[data-role="note"].ef-error')
    assert page.locator('[data-role="note"]').evaluate(INSIDE)
    page.context.set_offline(False)
    page.wait_for_function("() => EF.answer.names[1] === 'fire'")


def test_numbers_and_dialogs_are_whole(open_page, served):
    page = open_page("?first=1f525&second=1f439&layout=0.655,0.655,-0.245,-0.255", width=360, height=740)
    settled(page)
    cut = (
        "() => [...document.querySelectorAll('.ef-instances .ef-number')].filter((n) => n.scrollWidth > n.clientWidth)"
    )
    assert page.evaluate(f"({cut})().map((node) => node.value)") == []
    page.wait_for_selector('[data-stage="attention-up4"] .ef-frame img, [data-stage="up4"] .ef-frame img')
    page.evaluate("() => EF.zoom('up4')")
    dialog = page.locator('[data-role="zoom"]').bounding_box()
    parts = [page.locator(f'[data-role="zoom"] {part}') for part in ("h3", '[data-role="zoom-count"]')]
    boxes = [part.bounding_box() for part in (*parts, page.locator('[data-role="zoom"] [data-act="close"]'))]
    edges = [edge for box in boxes for edge in (box["x"], box["x"] + box["width"])]
    assert [*edges, dialog["x"] + dialog["width"] - 10] == sorted([*edges, dialog["x"] + dialog["width"] - 10])
    words = "node => { const range = new Range(); range.selectNodeContents(node);"
    right = parts[0].evaluate(words + " return range.getBoundingClientRect().right; }")
    assert right <= boxes[1]["x"], "the title does not run into the count"


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_that_can_be_used_is_cut_off(open_page, width):
    page = open_page("?first=1f436&second=1f453", width=width)
    settled(page)
    cut = page.evaluate(
        "width => [...document.querySelectorAll('.ef-say, .ef-instances')].flatMap((part) =>"
        " [...part.querySelectorAll('input, select, button')].filter((node) => node.offsetParent &&"
        " node.getBoundingClientRect().right > Math.min(width, node.parentElement.getBoundingClientRect().right + 1))"
        " .map((node) => node.dataset.role ?? node.title))",
        width,
    )
    assert cut == []
    if width == 1280:
        assert page.locator(".ef-top").bounding_box()["height"] < 60, "the header in one row"


def test_failures_read_as_cards(open_page):
    page = open_page(width=360, height=740)
    settled(page)
    page.click('[role=tab][data-tab="failures"]')
    page.fill('[data-role="limit"]', "20")
    page.click('[data-act="run"]')
    page.wait_for_selector('[data-role="charts"]:not([hidden])')
    cut = page.evaluate(
        "() => [...document.querySelectorAll('[data-role=sheet] *')].filter((node) => node.offsetParent &&"
        " node.getBoundingClientRect().right > 361).map((node) => node.className || node.tagName)"
    )
    assert cut == [], "nothing of a row is out of sight"


def test_a_finger_beside_the_box_scrolls(open_page):
    page = open_page(width=360, height=740, has_touch=True)
    settled(page)
    touch = "selector => getComputedStyle(document.querySelector(selector)).touchAction"
    assert page.evaluate(touch, '[data-role="canvas"]') == "auto"
    assert page.evaluate(touch, ".ef-grip") == "none"


def test_only_the_left_button_moves_and_corners_stay_in_sight(open_page, served):
    page = open_page("?first=1f600&second=1f355&layout=1.9,1.9,0.3,0.3")
    settled(page)
    page.locator('[data-role="canvas"]').scroll_into_view_if_needed()
    canvas = box_at_rest(page, '[data-role="canvas"]')
    for corner in ("nw", "ne", "sw", "se"):
        box = page.locator(f".ef-{corner}").bounding_box()
        assert canvas["x"] - 8 <= box["x"] + 7 <= canvas["x"] + canvas["width"] + 8
        assert canvas["y"] - 8 <= box["y"] + 7 <= canvas["y"] + canvas["height"] + 8
    before = page.evaluate("EF.answer.controls.effective")
    page.mouse.move(canvas["x"] + canvas["width"] / 2, canvas["y"] + canvas["height"] / 2)
    page.mouse.down(button="right")
    assert page.evaluate("EF.hand.dragging") is None
    page.mouse.up(button="right")
    assert page.evaluate("EF.answer.controls.effective") == before


def test_the_lead_s_handles_lie_on_top(open_page, served):
    fuser = served.fusers["fusion"]
    fuser.instances = 2
    try:
        page = open_page("?first=1f525&second=1f439&layout=0.6,0.6,0.2,0.1")
        settled(page)
        on_top = page.evaluate(
            "() => { const handle = EF.root.querySelector('.ef-grip .ef-se');"
            " handle.scrollIntoView({ block: 'center' });"
            " const box = handle.getBoundingClientRect();"
            " return document.elementFromPoint(box.x + 7, box.y + 7) === handle; }"
        )
        assert on_top
    finally:
        fuser.instances = 1


def test_the_dialog_of_a_stage_follows_the_next_fusion(open_page):
    page = open_page()
    settled(page)
    page.wait_for_selector('[data-stage="output"] .ef-frame img')
    page.click('[data-stage="output"] .ef-frame')
    shown = page.get_attribute("dialog[open] .ef-inner img", "src")
    page.evaluate("() => EF.update({ second: '1f525' })")
    page.wait_for_function("before => document.querySelector('dialog[open] .ef-inner img').src !== before", arg=shown)


def test_a_difference_has_its_bar(open_page):
    page = open_page()
    settled(page)
    page.evaluate("EF.openTab('compare')")
    page.wait_for_function("() => document.querySelectorAll('.ef-preset-card .ef-bar').length === 2")
    assert page.locator(".ef-preset-card .ef-scale").last.inner_text().split() == ["0", "0.5"]


def test_positional_tiles_clip_nothing():
    from fusion.views import maps
    from tests.support.fake_fuser import FakeFuser

    trace = FakeFuser().fuse("1f600", "1f355", size=64)
    found = maps.position(trace)
    assert found.scale.low <= trace.position.min()
    assert found.scale.high >= trace.position.max()
