"""What the browser keeps of fusions that are over: nothing that grows."""

from __future__ import annotations

import os

import pytest

from tests.support.page_steps import settled

pytestmark = pytest.mark.browser
WARM, COUNTED = 12, int(os.environ.get("EMOJI_FUSION_FUSIONS", "24"))
"""Fusions until every part of the page has been used, and those after which nothing may have grown."""
GROWTH = 2_500_000
"""Bytes of the heap and, below, nodes that a measurement may differ by."""
NODES = 400


def measured(page, session) -> dict[str, float]:
    """Bytes of the scripts' heap and number of nodes, once nothing unreachable is left."""
    for _ in range(2):
        session.send("HeapProfiler.collectGarbage")
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return {name: metrics[name] for name in ("JSHeapUsedSize", "Nodes")}


def fuse(page, count: int) -> None:
    for number in range(count):
        page.evaluate("at => EF.update({ first: EF.info.rows[at % 9][0], layout: [0.5, 0.5, 0, at / 999] })", number)
        settled(page)
    page.wait_for_load_state("networkidle")


def test_the_heap_is_flat_over_many_fusions(open_page):
    page = open_page()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    fuse(page, WARM)
    before = measured(page, session)
    fuse(page, COUNTED)
    after = measured(page, session)
    print(before, after)
    assert after["JSHeapUsedSize"] - before["JSHeapUsedSize"] < GROWTH
    assert after["Nodes"] - before["Nodes"] < NODES


def test_of_the_drawings_of_the_slots_only_the_latest_are_kept(open_page):
    page = open_page()
    settled(page)
    page.evaluate(
        "() => { const ask = EF.server.drawing; globalThis.asked = [];"
        " EF.server.drawing = (data) => { asked.push(data.key); return ask(data); }; }"
    )
    keys = page.evaluate("() => EF.info.rows.slice(100, 126).map(([key]) => key)")
    for key in (*keys, keys[-2], keys[0]):
        page.evaluate("key => EF.update({ first: key })", key)
        settled(page)
        page.wait_for_function(
            "key => asked.includes(key) && !document.querySelector('[data-side=first] .ef-face img').hidden", arg=key
        )
    assert page.evaluate("asked") == [*keys, keys[0]], "the last but one is kept, the first is not"
