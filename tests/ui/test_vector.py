"""SVG files: drawn here, and never looking elsewhere; pictures that are dropped or pasted anywhere."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from fusion.ui.pictures import UploadError
from fusion.ui.vector import MOST_CHARACTERS, MOST_ELEMENTS, drawn
from tests.support.page_steps import settled

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
SQUARE = f'{HEAD} viewBox="0 0 10 10"><rect width="5" height="10" fill="#f00"/></svg>'
DOT = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg"
    "=="
)


def picture(svg: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(drawn({"svg": svg})["picture"].split(",")[1]))))


@pytest.mark.parametrize(
    "svg",
    [
        SQUARE,
        f'<?xml version="1.0"?>{SQUARE}',
        f'{HEAD} width="10" height="10"><rect width="5" height="10" fill="red"/></svg>',
        f'{HEAD} width="900000" height="900000" viewBox="0 0 10 10"><rect width="5" height="10" fill="red"/></svg>',
        f'{HEAD} viewBox="0 0 10 10"><defs><rect id="a" width="5" height="10" fill="red"/></defs>'
        '<use xlink:href="#a"/></svg>',
    ],
)
def test_a_drawing_has_one_size_whatever_it_says(svg):
    found = picture(svg)
    assert found.shape == (512, 512, 4)
    assert found[256, 100].tolist() == [255, 0, 0, 255]
    assert found[256, 400, 3] == 0


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ('<image href="file:///etc/passwd" width="9" height="9"/>', "another file"),
        ('<image xlink:href="http://127.0.0.1/x.png" width="9" height="9"/>', "another file"),
        ('<image xlink:href="&#x68;ttp://127.0.0.1/x.png" width="9" height="9"/>', "another file"),
        ('<image href="data:image/svg+xml;base64,AAAA" width="9" height="9"/>', "another file"),
        ('<rect width="9" height="9" fill="url(http://127.0.0.1/#a)"/>', "another file"),
        ("<style>@import url(x.css);</style>", "another file"),
        ("<style>rect{fill:u\\72l(x)}</style>", "another file"),
        ('<g id="a"><rect/></g><g id="b"><use href="#a"/></g><use href="#b"/>', "repeats itself"),
        ("<g/>" * (MOST_ELEMENTS + 1), "more parts"),
        ("<rect>", "damaged"),
    ],
)
def test_what_refers_elsewhere_or_grows_is_refused(inside, said):
    with pytest.raises(UploadError, match=said):
        drawn({"svg": f'{HEAD} viewBox="0 0 10 10">{inside}</svg>'})


@pytest.mark.parametrize(
    ("svg", "said"),
    [
        (None, "at most"),
        ("x" * (MOST_CHARACTERS + 1), "at most"),
        ("<html/>", "no SVG"),
        ('<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>', "entities"),
    ],
)
def test_what_is_no_drawing_gets_one_sentence(svg, said):
    with pytest.raises(UploadError, match=said):
        drawn({"svg": svg})


def test_pictures_inside_it_are_drawn():
    found = picture(f'{HEAD} viewBox="0 0 1 1"><image href="{DOT}" width="1" height="1"/></svg>')
    assert found[..., 3].max() > 0


BRING = """([kind, name, type, content]) => {
  const brought = new DataTransfer();
  brought.items.add(new File([content], name, { type }));
  const event = kind === "paste"
    ? new ClipboardEvent(kind, { clipboardData: brought, bubbles: true })
    : new DragEvent(kind, { dataTransfer: brought, bubbles: true, cancelable: true });
  document.querySelector(".ef-strip").dispatchEvent(event);
}"""


@pytest.mark.browser
def test_a_picture_is_dropped_or_pasted_anywhere(open_page):
    page = open_page()
    settled(page)
    page.locator('.ef-slot[data-side="second"] .ef-face').click()
    page.evaluate(BRING, ["drop", "mine.svg", "image/svg+xml", SQUARE])
    page.wait_for_function("() => EF.answer.names[1] === 'mine.svg'")
    page.evaluate(BRING, ["paste", "other.svg", "image/svg+xml", SQUARE])
    page.wait_for_function("() => EF.answer.names[1] === 'other.svg'")
    page.evaluate(
        BRING, ["paste", "bad.svg", "image/svg+xml", SQUARE.replace("<rect", '<image href="file:///x"/><rect')]
    )
    page.wait_for_function(
        "() => EF.root.querySelector('[data-side=second] .ef-slot-note').textContent.includes('file')"
    )
    assert page.evaluate("EF.answer.names[1]") == "other.svg"
