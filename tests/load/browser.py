"""How much memory a page takes:  python -m tests.load.browser [--fusions 60]

Starts app.py in a process of its own, opens the page in Chromium and fuses as people do: different pairs, with and
without a layout of one's own, each with its film strip; every tenth stage enlarged, every twentieth sheet of partners
opened. Prints a line of JSON at five points on the way, each after the garbage is gone and as if memory were short:
megabytes of the scripts' heap, of the renderer's resident memory (Linux only) and nodes of the document; the exit code
is 1 where the heap then takes more than --growth megabytes over what it took after the first WARM fusions.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

from tests.load.server import ROOT, running

sys.path.insert(0, str(ROOT / "assets" / "scripts"))

from screenshots import FLAGS, find_chromium

WARM = 12
"""Fusions until every part of the page has been used."""
POINTS = 5
GROWTH = 3
"""Megabytes that the heap may have grown by."""
FUSE = "at => EF.update({ first: EF.info.rows[(37 * at) % 400][0], second: EF.info.rows[(11 * at + 5) % 400][0] })"
OWN = "at => EF.update({ layout: [0.5, 0.5, 0, at / 999] }, true)"
READY = "() => EF.answer && !EF.root.classList.contains('ef-working')"


def use(page: Any, number: int) -> None:
    """One fusion, all of it drawn; now and then what else is on the page."""
    page.evaluate(FUSE, number)
    page.wait_for_function(READY)
    if number % 3 == 0:
        page.evaluate(OWN, number)
        page.wait_for_function(READY)
    page.wait_for_load_state("networkidle")
    if number % 10 == 0:
        page.evaluate("() => document.querySelector('[data-stage=output] .ef-frame').click()")
        page.hover('dialog[open] [data-role="view"]')
        page.wait_for_selector('dialog[open] [data-role="readings"] td')
        page.keyboard.press("Escape")
    if number % 20 == 0:
        page.click('[data-act="browse"]')
        page.wait_for_function("() => document.querySelectorAll('.ef-partner img[src]').length > 5")
        page.click('[data-act="browse-close"]')
        page.wait_for_load_state("networkidle")


def measured(page: Any, renderer: int | None) -> dict[str, float]:
    """Megabytes and nodes, once nothing unreachable is left. ``renderer``: its process, None where it is not known."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    # Decoded pictures stay until memory is short.
    session.send("Memory.simulatePressureNotification", {"level": "critical"})
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    session.detach()
    found = {"heap_mb": round(metrics["JSHeapUsedSize"] / 1e6, 2), "nodes": int(metrics["Nodes"])}
    if renderer is not None:
        told = Path(f"/proc/{renderer}/status").read_text()
        found["renderer_mb"] = int(re.search(r"^VmRSS:\s+(\d+)", told, re.MULTILINE)[1]) // 1024
    return found


def renderer_of(browser: Any) -> int | None:
    """The process that draws the page: of those that draw, the one that has worked most. Linux only."""
    if sys.platform != "linux":
        return None
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    drawing = [one for one in processes if one["type"] == "renderer"]
    return max(drawing, key=lambda one: one["cpuTime"])["id"] if drawing else None


def watch(url: str, fusions: int) -> list[dict[str, float]]:
    """What was measured after the first fusions, and at some points until the last."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(120_000)
        page.goto(url)
        page.wait_for_function("() => globalThis.EF?.answer")
        told = []
        for number in range(1, WARM + fusions + 1):
            use(page, number)
            over = number - WARM
            if over >= 0 and over % max(fusions // POINTS, 1) == 0:
                told.append({"fusions": over} | measured(page, renderer_of(browser)))
                print(json.dumps(told[-1]), flush=True)
        browser.close()
    return told


def main(arguments: list[str] | None = None) -> int:
    """Fuse, print, and say whether the heap stayed flat."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fusions", type=int, default=60)
    parser.add_argument("--growth", type=float, default=GROWTH, help="megabytes of heap (default: %(default)s)")
    options = parser.parse_args(arguments)
    with running() as server:
        first, *_, last = watch(server.url, options.fusions)
    grown = round(last["heap_mb"] - first["heap_mb"], 2)
    print(json.dumps({"fusions": options.fusions, "grown_mb": grown, "bound_mb": options.growth}))
    return 1 if grown > options.growth else 0


if __name__ == "__main__":
    raise SystemExit(main())
