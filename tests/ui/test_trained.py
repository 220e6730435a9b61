"""The whole way with the weights that ship: ``python app.py`` in a real Chromium."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fusion.model.weights import available_weights
from fusion.views.stages import STAGES

ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.weights,
    pytest.mark.skipif("fusion" not in available_weights(), reason="no trained weights in assets/weights/fusion"),
]


@pytest.fixture(scope="module")
def trained_url():
    from fusion.ui.launcher import build_backend
    from tests.support.serving import serve

    blocks, url = serve(build_backend("cpu"))
    yield url
    blocks.close()


@pytest.mark.browser
def test_pick_two_take_over_and_back(open_page, trained_url):
    page = open_page("?first=1f600&second=1f355", url=trained_url)
    page.wait_for_selector(".ef-card")
    page.wait_for_function("() => EF.answer && !EF.root.classList.contains('ef-working')")
    painted = page.get_attribute('[data-role="result"]', "src")
    assert page.locator(".ef-card").count() == len(STAGES)
    predicted = page.evaluate("EF.answer.controls.predicted")
    page.evaluate(
        "() => { const layout = [...EF.answer.controls.effective[EF.answer.controls.lead]];"
        " layout[3] += layout[3] > 0 ? -0.15 : 0.15; EF.update({ layout }, true); }"
    )
    page.wait_for_function("() => EF.answer.controls.override")
    assert page.get_attribute('[data-role="result"]', "src") != painted
    assert page.evaluate("EF.answer.controls.predicted") == predicted
    page.click('[data-act="back"]')
    page.wait_for_function("() => !EF.answer.controls.override")
    assert page.get_attribute('[data-role="result"]', "src") == painted


def test_weights_that_do_not_exist_are_named():
    run = subprocess.run(
        [sys.executable, "app.py", "--weights", "./nowhere"], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 2
    assert "nowhere" in run.stderr
    assert "Traceback" not in run.stderr
