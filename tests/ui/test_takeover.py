"""Taking over in a real Chromium, on a fake network: box, sliders, hypotheses and switches."""

from __future__ import annotations

import pytest

from tests.support.page_steps import RESULT, box_at_rest, layout_of_layer, settled, shown

pytestmark = pytest.mark.browser


def test_slider_moves_the_layer_and_back_restores_the_prediction(open_page, served):
    page = open_page()
    predicted = settled(page)
    assert layout_of_layer(page) == [0.5, 0.5, -0.1, 0.0]
    slider = page.locator('[data-layout="3"]')
    slider.scroll_into_view_if_needed()
    box = box_at_rest(page, '[data-layout="3"]')
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2, steps=4)
    assert layout_of_layer(page)[3] > 0.1, "the layer follows before the network has answered"
    assert page.get_attribute(RESULT, "src") == predicted
    page.mouse.up()
    page.wait_for_function("before => document.querySelector('[data-role=result]').src !== before", arg=predicted)
    settled(page)
    asked = served.fusers["fusion"].calls[-1]["layout"]
    assert asked[3] == pytest.approx(layout_of_layer(page)[3], abs=2e-3)
    assert shown(page, "override")[3] == f"{asked[3]:.2f}"
    page.click('[data-act="back"]')
    page.wait_for_function("before => document.querySelector('[data-role=result]').src === before", arg=predicted)
    settled(page)
    assert layout_of_layer(page) == [0.5, 0.5, -0.1, 0.0]
    assert shown(page, "override") == ["–"] * 4


def test_box_can_be_dragged_and_resized(open_page, served):
    page = open_page()
    settled(page)
    page.locator(".ef-take").scroll_into_view_if_needed()
    canvas, grip = box_at_rest(page, '[data-role="canvas"]'), box_at_rest(page, ".ef-grip")
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 0.2 * canvas["width"], y + 0.1 * canvas["height"], steps=5)
    page.mouse.up()
    settled(page)
    page.wait_for_function("() => EF.answer.controls.override")
    moved = served.fusers["fusion"].calls[-1]["layout"]
    assert moved == pytest.approx((0.5, 0.5, 0.0, 0.2), abs=0.01)

    corner = box_at_rest(page, ".ef-se")
    x, y = corner["x"] + corner["width"] / 2, corner["y"] + corner["height"] / 2
    top_left = page.locator(".ef-grip").bounding_box()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 30, y - 30, steps=5)
    page.mouse.up()
    page.wait_for_function("() => EF.answer.controls.override[0] < 0.49")
    settled(page)
    smaller = served.fusers["fusion"].calls[-1]["layout"]
    assert smaller[0] == pytest.approx(smaller[1], abs=1e-3), "aspect is locked"
    after = box_at_rest(page, ".ef-grip")
    assert after["x"] == pytest.approx(top_left["x"], abs=1.5)
    assert after["y"] == pytest.approx(top_left["y"], abs=1.5)


def test_box_and_sliders_by_keyboard(open_page, served):
    page = open_page()
    settled(page)
    page.locator(".ef-grip").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => EF.answer.controls.override?.[3] === 0.01")
    page.keyboard.press("+")
    page.wait_for_function("() => EF.answer.controls.override?.[0] === 0.525")
    assert page.evaluate("document.activeElement.classList.contains('ef-grip')"), "the box keeps the focus"
    page.uncheck('[data-role="lock"]')
    page.locator('[data-layout="0"]').focus()
    page.keyboard.press("End")
    page.wait_for_function("() => EF.answer.controls.override?.[0] === 2")
    assert page.evaluate("EF.answer.controls.override[1]") == 0.525, "the aspect was not locked"


def test_several_instances_move_together(open_page, served):
    fuser = served.fusers["fusion"]
    fuser.instances = 2
    try:
        page = open_page("?first=1f525&second=1f436")
        settled(page)
        before = page.evaluate("EF.answer.controls.effective")
        page.check('[data-role="together"]')
        page.locator(".ef-grip").scroll_into_view_if_needed()
        box = box_at_rest(page, ".ef-grip")
        other = page.locator(".ef-instance:not(.ef-grip)")
        start = other.bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] / 2 + 30, box["y"] + box["height"] / 2, steps=3)
        assert other.bounding_box()["x"] == pytest.approx(start["x"] + 30, abs=1.5)
        page.mouse.up()
        page.wait_for_function("() => EF.answer.controls.override")
        settled(page)
        asked = fuser.calls[-1]["layout"]
        after = page.evaluate("EF.answer.controls.effective")
        assert after[0] == pytest.approx(asked, abs=1e-3)
        assert asked[3] > before[0][3] + 0.05
        shifts = [[new[i] - old[i] for i in (2, 3)] for new, old in zip(after, before, strict=True)]
        assert shifts[1] == pytest.approx(shifts[0], abs=1e-3), "the network is asked for what the hand saw"
    finally:
        fuser.instances = 1


def test_never_a_stale_result_after_a_fast_drag(open_page, served):
    page = open_page()
    settled(page)
    fuser = served.fusers["fusion"]
    # The earlier an answer was asked for, the longer it takes: the order of arrival would be wrong.
    fuser.delay = lambda first, second, layout: 0.4 if layout and layout[3] < 0.3 else 0.0
    page.evaluate(
        "() => { for (const x of [0.05, 0.1, 0.15, 0.2, 0.25, 0.31]) EF.update({ layout: [0.5, 0.5, 0, x] }, true); }"
    )
    page.wait_for_function("() => EF.answer.controls.override?.[3] === 0.31")
    settled(page)
    page.wait_for_timeout(600)
    assert page.evaluate("EF.answer.controls.override[3]") == 0.31
    assert layout_of_layer(page)[3] == 0.31
    asked = [call["layout"][3] for call in fuser.calls if call["layout"]]
    assert asked == [0.05, 0.31], "what lies between is never computed"


def test_the_network_s_other_hypotheses_can_be_looked_at(open_page, served):
    page = open_page()
    settled(page)
    assert page.locator('[data-role="hypotheses"] label').all_inner_texts() == ["91 %\nface on object", "7 %"]
    before = page.inner_text('[data-role="take"] td.ef-predicted >> nth=0')
    page.click('[data-act="hypothesis"]')
    page.wait_for_function("() => EF.answer.facts.hypothesis === 2")
    page.click('[data-act="hypothesis"]')
    page.wait_for_function("() => EF.answer.facts.hypothesis === 1")
    page.check('[data-role="hypotheses"] [value="2"]', force=True)
    page.wait_for_function("() => EF.answer.facts.hypothesis === 2")
    settled(page)
    assert served.fusers["fusion"].calls[-1]["hypothesis"] == 2
    assert page.inner_text('[data-role="take"] td.ef-predicted >> nth=0') != before
    assert "hypothesis=2" in page.url
    page.reload()
    page.wait_for_selector(".ef-thumb")
    settled(page)
    assert page.is_checked('[data-role="hypotheses"] [value="2"]')
    page.evaluate("() => EF.update({ second: '1f525' })")
    page.wait_for_function("() => EF.answer.facts.hypothesis === 1")


def test_ablation_switch_is_marked(open_page, served):
    page = open_page()
    settled(page)
    page.uncheck('[data-role="switches"] [value="up4"]')
    page.wait_for_selector('[data-role="badge"]:not([hidden])')
    settled(page)
    assert served.fusers["fusion"].calls[-1]["disabled"] == {"up4"}


def test_what_the_teacher_wants_is_drawn_later_and_disturbs_no_hand(open_page, served):
    page = open_page("?first=1f525&second=1f436")
    settled(page)
    page.wait_for_selector(".ef-truth", state="attached")
    page.locator(".ef-grip").focus()
    page.evaluate("() => { for (const part of EF.parts) part.taught?.(EF.answer); }")
    assert page.evaluate("document.activeElement.matches('.ef-grip')"), "the box in hand is still the same"
    assert page.locator(".ef-truth").count() == len(page.evaluate("EF.answer.controls.truth"))
