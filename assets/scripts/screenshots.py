"""Take the README's pictures of the page: ``python assets/scripts/screenshots.py [--weights W]``.

Starts the application on a free port, opens it in Chromium (playwright, see tests/requirements.txt) and writes
``assets/screenshots/*.png``. Source: DESIGN section 7.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "assets" / "screenshots"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
WAIT_SECONDS = 90

SHOTS = {
    "page": {"query": "first=1f600&second=1f355", "width": 1280, "height": 1180},
    "dark": {"query": "first=1f60e&second=1f525&__theme=dark", "width": 1280, "height": 1180},
    "phone": {"query": "first=1f970&second=1f34b", "width": 390, "height": 844},
    "take-over": {"query": "first=1f436&second=1f453", "width": 1280, "height": 620, "part": ".ef-take"},
    "failures": {"query": "", "width": 1280, "height": 900, "tab": "failures"},
}
"""Name -> what to open, how large a window, and what to show of it."""


@contextmanager
def application(arguments: list[str]):
    """``python app.py`` on a free port; yields its address and the seconds until it answered."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    start = time.perf_counter()
    command = [sys.executable, str(ROOT / "app.py"), "--port", str(port), *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, env={**os.environ})
    try:
        url = f"http://127.0.0.1:{port}/"
        while not answers(url):
            if process.poll() is not None or time.perf_counter() - start > WAIT_SECONDS:
                raise SystemExit("The application did not start; run python app.py to see why.")
            time.sleep(0.1)
        yield url, time.perf_counter() - start
    finally:
        process.terminate()
        process.wait()


def answers(url: str) -> bool:
    try:
        return urllib.request.urlopen(url, timeout=5).status == 200
    except OSError:
        return False


def find_chromium() -> str:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        raise SystemExit("There is no Chromium here; install it (apt-get install chromium).")
    return path


def settle(page) -> None:
    """Wait until the result and the film strip are there and nothing is being fused."""
    page.wait_for_selector(".ef-card", timeout=WAIT_SECONDS * 1000)
    page.wait_for_function("() => EF.answer && !EF.root.classList.contains('ef-working')")
    page.wait_for_timeout(600)


def shoot(browser, url: str, name: str, shot: dict) -> None:
    size = {"width": shot["width"], "height": shot["height"]}
    context = browser.new_context(viewport=size, device_scale_factor=1.5)
    page = context.new_page()
    page.goto(f"{url}?{shot['query']}")
    settle(page)
    if shot.get("tab") == "failures":
        page.click('[role=tab][data-tab="failures"]')
        page.fill('[data-role="limit"]', "60")
        page.click('[data-act="run"]')
        page.wait_for_selector('[data-role="charts"]:not([hidden])', timeout=600_000)
        page.wait_for_function(
            "() => document.querySelectorAll('.ef-pictures img').length >= 8", timeout=WAIT_SECONDS * 1000
        )
    if "part" in shot:
        page.locator(shot["part"]).scroll_into_view_if_needed()
        page.locator(shot["part"]).screenshot(path=TARGET / f"{name}.png")
    else:
        page.screenshot(path=TARGET / f"{name}.png")
    context.close()
    shrink(TARGET / f"{name}.png")


def shrink(path: Path) -> None:
    """256 colours: a third of the bytes, and the difference does not show in a README."""
    from PIL import Image

    with Image.open(path) as picture:
        full = picture.convert("RGB")
    # Pillow dithers only onto a given palette; without that, heat maps show steps.
    small = full.quantize(256, palette=full.quantize(256), dither=Image.Dither.FLOYDSTEINBERG)
    small.save(path, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", help="folder or hub id instead of the shipped weights")
    parser.add_argument("names", nargs="*", help=f"only these of {', '.join(SHOTS)}")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    TARGET.mkdir(parents=True, exist_ok=True)
    weights = ["--weights", options.weights] if options.weights else []
    with application(weights) as (url, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for name in options.names or SHOTS:
            shoot(browser, url, name, SHOTS[name])
            print(TARGET / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
