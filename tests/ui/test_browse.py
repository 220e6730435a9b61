"""For those who came to play: random pairs, sharing, what each network is."""

from __future__ import annotations

import pytest

from fusion.emoji.catalog import Catalog, UnknownEmoji
from fusion.emoji.popular import popular
from fusion.model import PRESETS
from fusion.recipes.router import recipe_for
from fusion.ui import picker
from fusion.ui.backend import Backend
from fusion.ui.contract import contract
from fusion.ui.partners import Partners
from tests.support.fake_fuser import FakeFuser
from tests.support.page_steps import settled


def test_each_network_is_explained_in_a_sentence():
    assert set(PRESETS) <= set(contract()["networks"])
    assert all(sentence.endswith(".") for sentence in contract()["networks"].values())


def test_popular_emoji_are_those_of_packs():
    catalog = Catalog.default()
    emoji = list(catalog)
    assert [emoji[index] for index in picker.catalogue(catalog)["popular"]] == popular(catalog)


def test_partners_are_those_that_people_like_with_their_families():
    backend = Backend(Catalog.default(), {"fusion": FakeFuser})
    found = Partners(backend).partners({"key": "pizza"})
    assert found["key"] == "1f355"
    liked = [one.key for one in popular(backend.catalog) if one.key != "1f355"]
    assert [one["key"] for one in found["partners"]] == liked
    for one in found["partners"][::97]:
        assert one["family"] == recipe_for("1f355", one["key"]).family
    with pytest.raises(UnknownEmoji):
        Partners(backend).partners({"key": "no such thing"})


@pytest.mark.browser
def test_an_emoji_with_its_partners_is_browsed_filtered_and_opened(open_page):
    page = open_page()
    settled(page)
    page.click('[data-act="favourite"]')
    assert page.get_attribute('[data-act="favourite"]', "aria-pressed") == "true"
    page.click('[data-act="browse"]')
    page.wait_for_selector(".ef-partner")
    assert page.inner_text('[data-role="browse-title"]') == "grinning face with…"
    every = page.locator(".ef-partner").count()
    page.wait_for_function("() => document.querySelector('.ef-partner img').naturalWidth === 128")
    loaded = "() => performance.getEntriesByType('resource').filter(({ name }) => name.includes('/kitchen/')).length"
    assert page.evaluate(loaded) < every, "the rest comes as one scrolls"
    page.select_option('[data-role="browse-family"]', index=2)
    assert 0 < page.locator(".ef-partner").count() < every
    page.select_option('[data-role="browse-family"]', "favourites")
    assert page.locator(".ef-partner").count() == 1
    page.select_option('[data-role="browse-family"]', "")
    page.locator(".ef-partner > button:first-child").nth(4).click()
    page.wait_for_function("() => EF.answer.keys[0] === '1f600' && EF.answer.keys[1] !== '1f355'")
    assert page.locator(".ef-partner").count() == 0
    assert page.get_attribute('[data-act="favourite"]', "aria-pressed") == "false"


@pytest.mark.browser
def test_random_prefers_what_people_like_unless_they_want_anything(open_page):
    page = open_page()
    settled(page)
    drawn = "() => [...Array(80)].map(() => EF.info.rows.findIndex(([key]) => key === EF.randomKey()))"
    liked = set(page.evaluate("EF.info.popular"))
    assert set(page.evaluate("() => [...Array(80)].map(EF.randomKey)")) <= {
        key for index, key in enumerate(page.evaluate("EF.info.rows.map(([key]) => key)")) if index in liked
    }
    page.check('[data-role="anything"]')
    page.reload()
    settled(page)
    assert page.is_checked('[data-role="anything"]')
    assert not set(page.evaluate(drawn)) <= liked
    assert page.get_attribute('a.ef-button[href="docs"]', "title")


@pytest.mark.browser
def test_phones_share_the_sticker_itself(open_page):
    page = open_page(width=390, height=844, has_touch=True, is_mobile=True)
    settled(page)
    page.evaluate(
        "() => { navigator.canShare = () => true;"
        " navigator.share = async ({ files }) => { const { name, type, size } = files[0];"
        " globalThis.given = [name, type, size]; } }"
    )
    page.evaluate("() => EF.act('share').click()")
    page.wait_for_function("() => globalThis.given")
    name, kind, size = page.evaluate("globalThis.given")
    assert (name, kind) == ("grinning face + pizza.png", "image/png")
    assert size > 1000


@pytest.mark.browser
def test_another_network_says_what_it_is(open_page):
    page = open_page()
    settled(page)
    assert not page.is_visible('[data-role="network"]')
    page.select_option('[data-role="preset"]', "unet-se-po")
    page.wait_for_selector('[data-role="network"]:not([hidden])')
    assert "published network" in page.inner_text('[data-role="network"]')


def test_a_picture_for_which_the_server_was_busy_comes_later(open_page):
    page = open_page("?first=1f431&second=1f355")
    settled(page)
    refused = []

    def busy(route):
        if len(refused) < 3:
            refused.append(route.request.url)
            route.fulfill(status=503, body="busy")
        else:
            route.continue_()

    page.route("**/kitchen/*.webp*", busy)
    page.click('[data-act="browse"]')
    page.wait_for_selector(".ef-partner .ef-missing", state="attached")
    assert page.locator(".ef-partner .ef-missing").first.is_hidden(), "no sign of a broken picture"
    page.wait_for_function(
        "() => { const first = [...document.querySelectorAll('.ef-partner img')].slice(0, 3);"
        " return first.every((image) => image.naturalWidth && !image.classList.contains('ef-missing')); }"
    )
    assert len(refused) == 3
