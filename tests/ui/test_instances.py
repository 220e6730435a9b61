"""Each copy of the other emoji by itself, undo and redo, the wipe, and what can be copied: in a real Chromium."""

from __future__ import annotations

import ast
import json
import re
import shlex

import httpx
import pytest

from fusion.__main__ import main as command_line
from tests.support.page_steps import box_at_rest, settled

pytestmark = pytest.mark.browser


@pytest.fixture
def two(open_page, served):
    """A page on a network that places two copies."""
    fuser = served.fusers["fusion"]
    fuser.instances = 2
    page = open_page("?first=1f525&second=1f419")
    settled(page)
    page.wait_for_selector(".ef-instance >> nth=1")
    yield page
    fuser.instances = 1


def placed(page) -> list[list[float]]:
    settled(page)
    return page.evaluate("EF.state.instances")


def drag(page, box: dict, x: float, y: float) -> None:
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + x, box["y"] + box["height"] / 2 + y, steps=4)
    page.mouse.up()


def test_each_copy_is_dragged_and_resized_by_itself(two, served):
    page = two
    before = page.evaluate("EF.answer.controls.effective")
    second = page.locator(".ef-instance").nth(1)
    second.scroll_into_view_if_needed()
    side = box_at_rest(page, '[data-role="canvas"]')["width"]
    drag(page, box_at_rest(page, ".ef-instance >> nth=1"), 0.1 * side, 0)
    page.wait_for_function("() => EF.answer.controls.each")
    first, moved = placed(page)
    assert first == pytest.approx(before[0], abs=1e-3), "the other one stays"
    assert moved == pytest.approx([*before[1][:3], before[1][3] + 0.1], abs=0.01)
    drag(page, box_at_rest(page, ".ef-grip .ef-se"), 20, 20)
    page.wait_for_function("moved => EF.answer.controls.effective[1][0] > moved + 0.05", arg=moved[0])
    assert placed(page)[0] == pytest.approx(first, abs=1e-3)
    asked = served.fusers["fusion"].calls[-1]["instances"]
    assert [list(one) for one in asked] == placed(page), "the network is asked for what the hand saw"


def test_copies_are_added_typed_and_removed(two):
    page = two
    name = page.evaluate("EF.contract.layout[3]")
    page.fill(f'[aria-label="{name} of 2"]', "-0.1")
    page.keyboard.press("Enter")
    page.wait_for_function("() => EF.answer.controls.each")
    assert placed(page)[1][3] == -0.1
    page.click('[data-act="add"]')
    page.wait_for_function("() => EF.answer.controls.presence.filter((one) => one > 0.5).length === 3")
    assert page.locator('[data-act="add"]').is_disabled(), "three at most"
    page.fill(f'[aria-label="{name} of 3"]', "0.9")
    page.keyboard.press("Tab")
    page.wait_for_function("() => EF.answer.controls.effective[2][3] === 0.35")
    assert page.input_value(f'[aria-label="{name} of 3"]') == "0.350", "as far as it goes"
    kept = placed(page)
    page.click('[aria-label="Remove 1"]')
    page.wait_for_function("() => EF.answer.controls.presence.filter((one) => one > 0.5).length === 2")
    assert placed(page) == kept[1:]
    page.locator(".ef-grip").focus()
    page.keyboard.press("Delete")
    page.wait_for_function("() => EF.state.instances.length === 1")
    settled(page)
    assert "instances=" in page.url
    page.reload()
    page.wait_for_selector(".ef-thumb")
    assert placed(page) == kept[2:], "the address restores it"


def test_undo_and_redo_by_button_and_key(open_page):
    page = open_page()
    settled(page)
    page.locator(".ef-grip").focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
        settled(page)
    here = "EF.state.layout && EF.state.layout[3]"
    assert page.evaluate(here) == 0.02
    page.keyboard.press("Control+z")
    assert page.evaluate(here) == 0.01
    page.click('[data-act="undo"]')
    assert page.evaluate(here) is None
    assert page.locator('[data-act="undo"]').is_disabled()
    page.keyboard.press("Control+Shift+Z")
    page.click('[data-act="redo"]')
    assert page.evaluate(here) == 0.02
    assert page.locator('[data-act="redo"]').is_disabled()
    settled(page)
    assert page.evaluate("EF.answer.controls.override[3]") == 0.02
    page.evaluate("EF.update({ first: '1f525' })")
    assert page.locator('[data-act="undo"]').is_disabled(), "another pair begins anew"


def test_a_wipe_compares_one_s_own_layout_with_the_network_s(open_page):
    page = open_page("?first=1f600&second=1f355&layout=0.8,0.8,0.1,0.1")
    settled(page)
    page.wait_for_selector(".ef-both")
    free = page.evaluate("async () => (await EF.ask('fuse', { ...EF.state, layout: null })).result")
    assert page.get_attribute('[data-role="own"]', "src") == free
    assert page.get_attribute('[data-role="painted"]', "src") == settled(page) != free
    page.locator('[data-role="wipe-own"]').fill("20")
    clip = "() => getComputedStyle(EF.root.querySelector('.ef-own')).clipPath"
    assert page.evaluate(clip) == "inset(0px 80% 0px 0px)"
    page.click('[data-act="back"]')
    page.wait_for_function("() => !EF.root.querySelector('.ef-both')")


def copied(page, way: str) -> str:
    page.click(f'[data-role="copy-as"] >> text="{way}"')
    page.wait_for_selector('[data-role="code"]:not([hidden])')
    return page.input_value('[data-role="code"]')


def test_what_is_copied_asks_for_the_same_fusion(open_page, served, monkeypatch):
    page = open_page("?first=1f600&second=1f355&main=second&layout=0.5,0.4,0.1,-0.2&hypothesis=2")
    settled(page)
    wanted = {"main": "second", "layout": (0.5, 0.4, 0.1, -0.2), "hypothesis": 2}

    asked = {}

    def build_engine(*_):
        return type("Engine", (), {"fuse": lambda self, *pair, **told: asked.update(told, pair=pair) or 1 / 0})()

    monkeypatch.setattr("fusion.pipeline.runtimes.build_engine", build_engine)
    with pytest.raises(ZeroDivisionError):
        command_line(shlex.split(copied(page, "Command line"))[3:])
    assert {name: asked[name] for name in wanted} == wanted | {"layout": [0.5, 0.4, 0.1, -0.2]}
    assert asked["pair"] == ("😀", "🍕")

    call = next(
        node
        for node in ast.walk(ast.parse(copied(page, "Python")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "fuse"
    )
    assert [ast.literal_eval(one) for one in call.args] == ["1f600", "1f355"]
    assert {one.arg: ast.literal_eval(one.value) for one in call.keywords} == wanted

    told = copied(page, "curl")
    assert "# /fuse cannot say: hypothesis 2" in told
    url, body = re.search(r"curl -s (\S+) .* -d '(.*?)' \|", told).groups()
    event = httpx.post(url, json=json.loads(body)).json()["event_id"]
    assert "complete" in httpx.get(f"{url}/{event}", timeout=30).text
    done = served.fusers["fusion"].calls[-1]
    assert (done["main"], done["layout"]) == (wanted["main"], wanted["layout"])

    said = json.loads(copied(page, "JSON"))
    assert said["asked"]["layout"] == list(wanted["layout"])
    assert said["answer"]["hypothesis"] == 2
