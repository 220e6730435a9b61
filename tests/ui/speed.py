"""How fast the page is, in a real browser: ``python tests/ui/speed.py [--weights W | --web DIR]``.

One run, medians: from ``python app.py`` to the first answer, first load, selection to result, slider release to
result, and a frame while dragging. With ``--web`` the page without a server, as ``python -m fusion export --web DIR``
wrote it: its first sticker at the first visit, at the next one from what the browser kept, at later ones, for which it
also kept what it compiled, and selection to result. Not a test: clocks differ from machine to machine.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

sys.path.insert(0, str(Path(__file__).parents[2] / "assets" / "scripts"))

from screenshots import FLAGS, application, find_chromium, settle

LATER = 3
"""Visits after which a browser has compiled and kept all of the programs that runs often."""
PAUSE = 5.0
"""Seconds of quiet after which a browser keeps what it compiled."""
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


def static_page(folder: Path) -> dict:
    """Of the page in ``folder``: seconds to its first sticker, at first and from what the browser keeps by then."""
    from playwright.sync_api import sync_playwright

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHost, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        found = {}
        for name in ("first_visit_s", "loaded_s", *["later_s"] * LATER):
            start = time.perf_counter()
            page.goto(f"http://127.0.0.1:{server.server_port}/")
            page.wait_for_selector('[data-role="result"][src]', timeout=120_000)
            found[name] = time.perf_counter() - start
            page.evaluate("navigator.serviceWorker.ready")
            page.wait_for_function("() => !EF.root.classList.contains('ef-working')")
            time.sleep(PAUSE)
        found["selection_to_result_ms"] = statistics.median(page.evaluate(TIMED % (PICKS, PICK)))
        browser.close()
    server.shutdown()
    return found


class QuietHost(SimpleHTTPRequestHandler):
    """Files, without a line for each."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", help="folder or hub id instead of the shipped weights")
    parser.add_argument("--web", type=Path, metavar="DIR", help="the page without a server, in this folder, instead")
    options = parser.parse_args()
    found = static_page(options.web) if options.web else served_page(options.weights)
    print(json.dumps({name: round(value, 2) for name, value in found.items()}, indent=2))


def served_page(given: str | None) -> dict:
    """Of the page that ``app.py`` serves; ``given``: weights, None for those that ship."""
    from playwright.sync_api import sync_playwright

    weights = ["--weights", given] if given else []
    with application(weights) as (url, up), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        found = {"server_up_s": up} | first_load(page, url)
        found["selection_to_result_ms"] = statistics.median(page.evaluate(TIMED % (PICKS, PICK)))
        found["release_to_result_ms"] = statistics.median(page.evaluate(TIMED % (RELEASES, RELEASE)))
        found["drag_ms"] = statistics.median(page.evaluate(DRAG))
        browser.close()
    return found


if __name__ == "__main__":
    main()
