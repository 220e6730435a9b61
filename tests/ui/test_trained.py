"""The whole way with the weights that ship: ``python app.py`` in a real Chromium."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from fusion.model.weights import available_weights
from fusion.views.stages import STAGES
from tests.support.page_steps import pick, settled

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


@pytest.mark.browser
def test_what_is_asked_in_vain_is_said_and_stays_with_the_sentence(open_page, trained_url):
    note, told = '[data-role="note"]', "These two cannot be put “glasses on a cloud's ears”; "
    page = open_page("?first=2601&second=1f453", url=trained_url)
    settled(page)
    page.fill('[data-role="say"]', "glasses on a cloud's ears")
    page.press('[data-role="say"]', "Enter")
    page.wait_for_function("() => EF.answer.facts.say && !EF.root.classList.contains('ef-working')")
    assert told in page.inner_text(note)
    link = page.url
    assert "say=glasses+on+a+cloud%27s+ears" in link
    pick(page, "first", "dog face")
    page.wait_for_function("() => EF.answer.names[0] === 'dog face'")
    page.fill('[data-role="say"]', "")
    page.press('[data-role="say"]', "Enter")
    page.wait_for_function("() => !EF.answer.facts.say")
    page.locator('.ef-thumb[aria-label="Again: cloud and glasses"]').click()
    page.wait_for_function("() => EF.answer.names[0] === 'cloud' && EF.answer.facts.say")
    assert page.input_value('[data-role="say"]') == "glasses on a cloud's ears"
    assert told in page.inner_text(note)
    page.goto("about:blank")
    page.goto(link)
    settled(page)
    assert page.input_value('[data-role="say"]') == "glasses on a cloud's ears"
    assert told in page.inner_text(note)


@pytest.mark.browser
def test_of_one_s_own_picture_too_it_is_said_what_cannot_be_had(open_page, trained_url, tmp_path):
    file = tmp_path / "hat.png"
    Image.new("RGBA", (80, 80), (200, 30, 30, 255)).save(file)
    page = open_page("?first=1f436&second=1f453&say=on+its+tail", url=trained_url)
    settled(page)
    page.locator('.ef-slot[data-side="second"] input[type=file]').set_input_files(file)
    page.wait_for_function("() => EF.answer.names[1] === 'hat.png'")
    assert "These two cannot be put “on its tail”; " in page.inner_text('[data-role="note"]')


def test_weights_that_do_not_exist_are_named():
    run = subprocess.run(
        [sys.executable, "app.py", "--weights", "./nowhere"], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 2
    assert "nowhere" in run.stderr
    assert "Traceback" not in run.stderr
