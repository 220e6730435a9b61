"""What a person does on the page, and what can then be read off it: for the tests in a real Chromium."""

from __future__ import annotations

RESULT = '[data-role="result"]'


def settled(page) -> str:
    """Wait until nothing is being fused; the result's address."""
    page.wait_for_function("() => globalThis.EF?.answer && !EF.root.classList.contains('ef-working')")
    return page.get_attribute(RESULT, "src")


def box_at_rest(page, selector: str) -> dict:
    """Bounding box of ``selector`` once it has stopped moving: pictures that arrive above it shift the page."""
    last = None
    for _ in range(100):
        box = page.locator(selector).bounding_box()
        if box is not None and box == last:
            return box
        last = box
        page.wait_for_timeout(100)
    raise AssertionError(f"{selector} never came to rest: {last}")


def pick(page, side: str, text: str) -> None:
    """Search and take the first hit."""
    slot = page.locator(f'.ef-slot[data-side="{side}"]')
    slot.locator("input[type=search]").fill(text)
    slot.locator(".ef-group:not([hidden]) .ef-tile").first.click()


def layout_of_layer(page) -> list[float]:
    """(scale_h, scale_w, offset_y, offset_x) as the browser draws the other emoji."""
    matrix = page.evaluate(
        "() => { const layer = document.querySelector('.ef-layer.ef-other');"
        " const m = new DOMMatrix(getComputedStyle(layer).transform);"
        " return [m.d, m.a, m.f / layer.clientHeight, m.e / layer.clientWidth]; }"
    )
    return [round(value, 3) for value in matrix]


def shown(page, column: str) -> list[str]:
    return page.locator(f".ef-layout tbody .ef-{column}").all_inner_texts()
