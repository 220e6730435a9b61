"""Answers that never come: the page says so, asks again, and goes on by itself."""

from __future__ import annotations

import pytest

from tests.support.page_steps import pick, settled

pytestmark = pytest.mark.browser
ASKED = "**/component_server**"
NOTE = '[data-role="note"]'


def say_no(route) -> None:
    route.fulfill(status=500, body="{}", content_type="application/json")


def said(page, role: str) -> None:
    page.wait_for_function(
        "role => document.querySelector(`[data-role=${role}]`)?.textContent.includes('does not answer')", arg=role
    )


@pytest.mark.parametrize("failing", ["offline", "broken"])
def test_a_lost_fusion_is_said_asked_again_and_comes(open_page, failing):
    page = open_page()
    settled(page)
    if failing == "offline":
        page.context.set_offline(True)
    else:
        page.route(ASKED, say_no)
    pick(page, "first", "fire")
    said(page, "note")
    assert not page.evaluate("EF.root.classList.contains('ef-working')"), "the bar does not run while nothing does"
    pick(page, "first", "pizza")
    page.context.set_offline(False)
    page.unroute(ASKED)
    page.wait_for_function("() => EF.answer.names[0] === 'pizza'")
    settled(page)
    assert page.inner_text(NOTE) == ""
    page.wait_for_function("() => document.querySelectorAll('.ef-card').length > 10")
    pick(page, "second", "fire")
    page.wait_for_function("() => EF.answer.names[1] === 'fire'")


def test_a_busy_server_is_said_asked_again_and_answers(open_page):
    page = open_page()
    settled(page)
    told = []

    def busy(route) -> None:
        told.append(route.request.post_data_json["fn_name"])
        said = {"error": "Many people are fusing right now; try again in a few seconds.", "busy": True}
        route.fulfill(json=said)

    page.route(ASKED, busy)
    pick(page, "first", "fire")
    page.wait_for_function("() => document.querySelector('[data-role=note]').textContent.includes('Many people')")
    page.wait_for_function("() => !EF.root.classList.contains('ef-working')")
    page.unroute(ASKED)
    page.wait_for_function("() => EF.answer.names[0] === 'fire'")
    settled(page)
    assert page.inner_text(NOTE) == ""
    assert "fuse" in told


def test_the_page_opens_as_soon_as_the_server_answers(chromium, served):
    context = chromium.new_context()
    page = context.new_page()
    page.route(ASKED, say_no)
    page.goto(served.url)
    said(page, "note")
    page.unroute(ASKED)
    page.wait_for_function("() => EF.answer?.names[0] === 'grinning face'")
    context.close()


def test_a_part_that_breaks_does_not_stop_the_next_fusion(open_page):
    page = open_page()
    settled(page)
    page.evaluate(
        "() => { const fuse = EF.latest(async (data) => ({}), (answer, data) => {"
        " if (data === 1) throw new Error('once'); window.applied = data; });"
        " addEventListener('unhandledrejection', (event) => event.preventDefault());"
        " fuse(1); setTimeout(() => fuse(2), 50); }"
    )
    page.wait_for_function("() => window.applied === 2")


def test_a_run_is_followed_through_a_gap(open_page, monkeypatch):
    from tests.support.fake_fuser import FakeEvaluator

    monkeypatch.setattr(FakeEvaluator, "pause", 0.02)
    page = open_page()
    settled(page)
    page.click('[role=tab][data-tab="failures"]')
    page.fill('[data-role="limit"]', "100")
    page.click('[data-act="run"]')
    page.wait_for_function("() => document.querySelectorAll('[data-role=sheet] tbody tr').length > 3")
    page.route(ASKED, say_no)
    said(page, "state")
    page.unroute(ASKED)
    page.wait_for_selector('[data-role="charts"]:not([hidden])')
    assert page.evaluate("EF.sheet.count()") == 100
    assert "Done" in page.inner_text('[data-role="state"]')


def test_a_bundle_and_the_parts_of_a_stage_come_late(open_page):
    page = open_page()
    settled(page)
    page.wait_for_selector('[data-stage="separated"] .ef-frame img')
    page.route(ASKED, say_no)
    page.click('[data-act="bundle"]')
    said(page, "toast")
    page.click('[data-stage="separated"] .ef-frame')
    page.wait_for_function("() => document.querySelector('.ef-parts').textContent.includes('does not answer')")
    with page.expect_download():
        page.unroute(ASKED)
    page.wait_for_selector("dialog[open] .ef-parts img")
