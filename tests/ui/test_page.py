"""The page in a real Chromium, on a fake network: what a person does, and what they must then see."""

from __future__ import annotations

import base64
import io
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

from tests.support.page_steps import RESULT, pick, settled

pytestmark = pytest.mark.browser


def test_search_pick_and_result(open_page, served):
    page = open_page()
    first = settled(page)
    pick(page, "first", "fire")
    pick(page, "second", "pizza")
    page.wait_for_function("before => document.querySelector('[data-role=result]').src !== before", arg=first)
    settled(page)
    assert page.locator(".ef-name").all_inner_texts() == ["fire", "pizza"]
    assert page.get_attribute(RESULT, "alt") == "fire fused with pizza"
    query = parse_qs(urlsplit(page.url).query)
    assert query["first"] == ["1f525"]
    assert query["second"] == ["1f355"]


def test_search_ranks_names_before_keywords_and_says_when_nothing_fits(open_page):
    page = open_page()
    slot = page.locator('.ef-slot[data-side="first"]')
    slot.locator("input[type=search]").fill("cat")
    assert "cat" in slot.locator(".ef-group:not([hidden]) .ef-tile").first.get_attribute("aria-label")
    slot.locator("input[type=search]").fill("qqqq")
    assert slot.locator(".ef-none").is_visible()
    slot.locator("input[type=search]").fill("")
    assert slot.locator(".ef-tile:visible").count() > 1000


def test_pasted_emoji_is_picked_at_once(open_page):
    page = open_page()
    box = page.locator('.ef-slot[data-side="second"] input[type=search]')
    box.focus()
    page.evaluate(
        "() => { const box = document.activeElement; box.value = '❤️';"
        " box.dispatchEvent(new Event('input')); box.dispatchEvent(new Event('paste')); }"
    )
    page.wait_for_function("() => EF.state.second === '2764'")


def test_keyboard_alone(open_page):
    page = open_page()
    box = page.locator('.ef-slot[data-side="first"] input[type=search]')
    box.focus()
    page.keyboard.type("pizza")
    page.keyboard.press("Enter")
    page.wait_for_function("() => EF.state.first === '1f355'")
    box.fill("")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "option"
    before = page.evaluate("document.activeElement.dataset.key")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    after = page.evaluate("document.activeElement.dataset.key")
    assert after != before
    page.keyboard.press("Enter")
    page.wait_for_function("key => EF.state.first === key", arg=after)


def test_everything_has_a_name_for_screen_readers(open_page):
    page = open_page()
    nameless = page.evaluate(
        "() => [...EF.root.querySelectorAll('button, input:not([hidden]), select')].filter((node) =>"
        " !(node.getAttribute('aria-label') || node.textContent.trim() || node.labels?.length)).map((n) => n.outerHTML)"
    )
    assert nameless == []
    assert page.locator('[role="listbox"]').count() == 2


def test_permalink_restores_pair_main_layout_and_preset(open_page, served):
    page = open_page("?first=🔥&second=pizza&preset=unet-se-po&main=second&layout=0.4,0.6,0.1,-0.05&off=up3")
    settled(page)
    # Beside it the page asks for the network's own answer, to compare.
    (call,) = [call for call in served.fusers["unet-se-po"].calls if call["layout"]]
    assert call["main"] == "second"
    assert call["layout"] == (0.4, 0.6, 0.1, -0.05)
    assert call["disabled"] == {"up3"}
    assert page.locator(".ef-name").all_inner_texts() == ["fire", "pizza"]
    assert page.input_value('[data-role="preset"]') == "unet-se-po"
    assert page.is_checked('[data-role="main"] [value="second"]')
    assert not page.is_checked('[data-role="switches"] [value="up3"]')
    assert page.locator('[data-role="badge"]').is_visible()


def test_bad_link_gets_one_sentence(open_page, chromium, served):
    page = open_page()
    page.evaluate("() => EF.update({ first: 'asdf' })")
    page.wait_for_selector(".ef-note.ef-error")
    assert "asdf" in page.inner_text('[data-role="note"]')


def test_swap_random_and_forced_main(open_page, served):
    page = open_page()
    settled(page)
    page.click('[data-act="swap"]')
    page.wait_for_function("() => EF.answer.keys[0] === '1f355' && EF.answer.keys[1] === '1f600'")
    page.check('[data-role="main"] [value="second"]', force=True)
    page.wait_for_function("() => EF.answer.facts.main === 'second'")
    assert "forced" in page.inner_text('[data-role="facts"]')
    page.click('[data-act="random-both"]')
    page.wait_for_function("() => EF.answer.keys[0] === EF.state.first && EF.answer.facts.main === 'first'")


def test_own_picture(open_page, served, tmp_path):
    page = open_page()
    settled(page)
    file = tmp_path / "mine.png"
    Image.new("RGB", (90, 60), "red").save(file)
    page.locator('.ef-slot[data-side="first"] input[type=file]').set_input_files(file)
    page.wait_for_function("() => EF.answer.names[0] === 'mine.png'")
    assert "no transparency" in page.inner_text('[data-role="note"]')
    query = parse_qs(urlsplit(page.url).query)
    assert query["first"][0].startswith("own:")
    assert query["second"] == ["1f355"], "a link keeps the other side"
    page.reload()
    settled(page)
    page.wait_for_function("() => EF.answer?.names[0] === 'mine.png'")
    assert page.locator('.ef-thumb[aria-label="Again: mine.png and pizza"]').count() == 1
    pick(page, "first", "fire")
    page.wait_for_function("() => EF.answer.names[0] === 'fire'")
    page.locator('.ef-thumb[aria-label="Again: mine.png and pizza"]').click()
    page.wait_for_function("() => EF.answer.names[0] === 'mine.png'")


def test_a_picture_of_another_browser_is_an_empty_slot_with_a_sentence(chromium, served):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(served.url + "?first=own:0123456789abcdef&second=1f525")
    slot = page.locator('.ef-slot[data-side="first"]')
    slot.locator(".ef-slot-note:not([hidden])").wait_for()
    assert "not in this browser" in slot.locator(".ef-slot-note").inner_text()
    assert page.locator('.ef-slot[data-side="second"] .ef-name').inner_text() == "fire"
    context.close()


def test_a_bad_link_is_an_empty_slot_with_a_sentence(chromium, served):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(served.url + "?first=asdf&second=1f525")
    slot = page.locator('.ef-slot[data-side="first"]')
    slot.locator(".ef-slot-note:not([hidden])").wait_for()
    assert "asdf" in slot.locator(".ef-slot-note").inner_text()
    assert slot.locator(".ef-face img:visible, .ef-face-sprite:visible").count() == 0, "and no grinning face"
    pick(page, "first", "pizza")
    page.wait_for_function("() => EF.answer?.names.join() === 'pizza,fire'")
    assert not slot.locator(".ef-slot-note").is_visible()
    context.close()


def paste(page, side: str, text: str) -> None:
    page.locator(f'.ef-slot[data-side="{side}"] input[type=search]').focus()
    page.evaluate(
        "text => { const box = document.activeElement; box.value = text;"
        " box.dispatchEvent(new Event('input')); box.dispatchEvent(new Event('paste')); }",
        text,
    )


def test_two_pasted_emoji_fill_both_slots(open_page):
    page = open_page()
    paste(page, "second", "🔥❤️")
    page.wait_for_function("() => EF.state.first === '1f525' && EF.state.second === '2764'")


def test_a_skin_tone_that_is_dropped_is_said(open_page):
    page = open_page("?first=👍🏽&second=1f355")
    settled(page)
    assert "skin tone was dropped" in page.inner_text('[data-role="note"]')
    paste(page, "second", "👋🏿")
    page.wait_for_function("() => EF.state.second === '1f44b'")
    assert "skin tone was dropped" in page.inner_text('.ef-slot[data-side="second"] .ef-slot-note')


def test_back_and_forward_walk_through_stickers(open_page):
    page = open_page("?first=1f525&second=1f355")
    settled(page)
    pick(page, "first", "red heart")
    page.wait_for_function("() => EF.answer.names[0] === 'red heart'")
    page.evaluate("() => EF.update({ layout: [0.5, 0.5, 0, 0.1] }, true)")
    page.wait_for_function("() => EF.answer.controls.override")
    pick(page, "second", "fire")
    page.wait_for_function("() => EF.answer.names[1] === 'fire'")
    page.evaluate("history.back()")
    page.wait_for_function("() => EF.answer.names.join() === 'red heart,pizza' && EF.answer.controls.override")
    page.evaluate("history.back()")
    page.wait_for_function("() => EF.answer.names.join() === 'fire,pizza'")
    page.evaluate("history.forward()")
    page.wait_for_function("() => EF.answer.names.join() === 'red heart,pizza'")


def test_download_carries_its_parameters(open_page):
    page = open_page()
    settled(page)
    with page.expect_download() as download:
        page.click('[data-act="download"]')
    assert download.value.suggested_filename == "grinning face + pizza.png"
    with Image.open(download.value.path()) as picture:
        assert picture.mode == "RGBA"
        assert picture.getpixel((0, 0))[3] == 0
        made = json.loads(picture.text["emoji-fusion"])
    assert (made["first"], made["second"], made["preset"]) == ("1f600", "1f355", "fusion")


def test_history_survives_a_reload_and_restores(open_page):
    page = open_page()
    settled(page)
    pick(page, "first", "fire")
    page.wait_for_function("() => document.querySelectorAll('.ef-thumb').length === 2")
    page.reload()
    page.wait_for_selector(".ef-thumb")
    page.locator(".ef-thumb").last.click()
    page.wait_for_function("() => EF.answer?.names[0] === 'grinning face'")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_phone_has_no_sideways_scroll(open_page, theme):
    page = open_page(f"?__theme={theme}", width=390, height=844)
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".ef-picker:visible").count() == 1
    page.locator('.ef-slot[data-side="second"] .ef-face').click()
    pick(page, "second", "fire")
    page.wait_for_function("() => EF.answer.keys[1] === '1f525'")
    wide = page.evaluate(
        # The header is one row that scrolls by itself; everything below it fits.
        "() => [...document.querySelectorAll('.ef-take *')].filter((n) => n.offsetParent &&"
        " !n.closest('.ef-scroll') && n.getBoundingClientRect().right > 391).map((n) => n.className || n.tagName)"
    )
    assert wide == []
    top = page.locator(".ef-top")
    box = top.bounding_box()
    assert box["x"] + box["width"] <= 391
    top.evaluate("(node) => { node.scrollLeft = node.scrollWidth; }")
    last = top.locator("button:visible, a:visible").last.bounding_box()
    assert last["x"] + last["width"] <= 391, "the end of the header cannot be scrolled to"


def test_result_is_the_network_s_own_pixels(open_page, served):
    page = open_page()
    url = settled(page)
    with Image.open(io.BytesIO(base64.b64decode(re.sub("^[^,]*,", "", url)))) as picture:
        assert picture.size == (256, 256)
        assert picture.format == "PNG"


def test_bundle_is_one_zip_with_every_stage(open_page):
    import zipfile

    page = open_page()
    settled(page)
    with page.expect_download() as download:
        page.click('[data-act="bundle"]')
    names = zipfile.ZipFile(download.value.path()).namelist()
    assert {"trace.json", "attention.npz", "sticker.png"} <= set(names)
    assert sum(name.startswith("stages/") for name in names) >= 14
