"""How fast the page is, in a real browser: ``python tests/ui/speed.py [--weights W]``.

One run, medians: from ``python app.py`` to the first answer, first load, selection to result, slider release to
result, and a frame while dragging. Not a test: clocks differ from machine to machine.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "assets" / "scripts"))

from screenshots import FLAGS, application, find_chromium, settle

PICKS = 15
RELEASES = 15

TIMED = """async (step) => {
  const results = [];
  for (let i = 0; i < %d; i++) {
    const image = document.querySelector('[data-role=result]');
    const painted = new Promise((done) => image.addEventListener('load', done, { once: true }));
    const start = performance.now();
    %s
    await painted;
    results.push(performance.now() - start);
    await new Promise((done) => setTimeout(done, 700));
  }
  return results;
}"""
PICK = "EF.update({ first: EF.randomKey(), second: EF.randomKey() });"
RELEASE = "EF.update({ layout: [0.5, 0.5, 0.1, (i - 7) / 40] }, true);"
DRAG = """async () => {
  const grip = document.querySelector('.ef-grip'), canvas = grip.closest('.ef-canvas');
  canvas.setPointerCapture = () => {};
  const area = canvas.getBoundingClientRect();
  const fire = (kind, x) => (kind === 'pointerdown' ? grip : canvas).dispatchEvent(new PointerEvent(kind,
    { bubbles: true, pointerId: 1, clientX: area.left + x, clientY: area.top + area.height / 2 }));
  fire('pointerdown', area.width / 2);
  const frames = [];
  for (let i = 0; i < 90; i++) {
    const start = performance.now();
    fire('pointermove', area.width / 2 + 20 * Math.sin(i / 9));
    canvas.getBoundingClientRect();
    frames.push(performance.now() - start);
    await new Promise(requestAnimationFrame);
  }
  fire('pointerup', area.width / 2);
  return frames;
}"""


def first_load(page, url: str) -> dict:
    """Seconds until the grid can be used and until the first picture; bytes over the wire."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    start = time.perf_counter()
    page.goto(url)
    page.wait_for_selector(".ef-tile")
    usable = time.perf_counter() - start
    page.wait_for_selector('[data-role="result"][src]')
    seen = time.perf_counter() - start
    settle(page)
    return {"usable_s": usable, "first_picture_s": seen, "requests": len(sizes), "kilobytes": sum(sizes) / 1000}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", help="folder or hub id instead of the shipped weights")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    weights = ["--weights", options.weights] if options.weights else []
    with application(weights) as (url, up), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        found = {"server_up_s": up} | first_load(page, url)
        found["selection_to_result_ms"] = statistics.median(page.evaluate(TIMED % (PICKS, PICK)))
        found["release_to_result_ms"] = statistics.median(page.evaluate(TIMED % (RELEASES, RELEASE)))
        found["drag_ms"] = statistics.median(page.evaluate(DRAG))
        browser.close()
    print(json.dumps({name: round(value, 2) for name, value in found.items()}, indent=2))


if __name__ == "__main__":
    main()
