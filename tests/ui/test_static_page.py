"""The page without a server: written once, loaded once, then cut off from everything, and still the same pictures."""

from __future__ import annotations

import base64
import io
import json
import shutil
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")

from fusion.__main__ import main
from fusion.emoji.catalog import premultiply
from fusion.pipeline.engines.onnx_files import SHIPPED, locate_graphs
from fusion.pipeline.fuser import Fuser
from fusion.ui.page import SCRIPTS
from fusion.views.bundle import sticker_picture
from fusion.web import packages
from fusion.web.packages import PackagesError
from fusion.web.site import SERVER_ALONE, write_site
from tests.support.serving import is_outside

MOST_BYTES = 12_000_000
TOLERANCE = 2
WAIT_MS = 600_000
"""For a network that loads on a busy machine."""


def written(folder: Path, graphs: Path) -> Path:
    """A page of those graphs."""
    for name in ("node", "npm"):
        if shutil.which(name) is None:
            pytest.skip(f"there is no {name} here, which the page without a server is written with")
    try:
        write_site(folder, graphs)
    except PackagesError as error:
        pytest.skip(str(error))
    return folder


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("web") / "site", locate_graphs(SHIPPED, None))


class Host(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


def hosted(folder: Path) -> ThreadingHTTPServer:
    """A plain server of files, which knows nothing of the page."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Host, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    return server


def wait_for(page, pair: str) -> None:
    """Until the sticker of that pair, by names, is there, and nothing is under way."""
    page.wait_for_function(
        """pair => EF.answer?.names.join(" + ") === pair && !EF.root.classList.contains("ef-working")
            && document.querySelector('[data-role="result"]').src === EF.answer.result""",
        arg=pair,
    )


@pytest.fixture(scope="module")
def cut_off(chromium, site: Path) -> Iterator:
    """The page after its first visit and a reload, without its server and without any network."""
    yield from loaded_and_cut_off(chromium, site)


def loaded_and_cut_off(chromium, site: Path) -> Iterator:
    server, outside, errors = hosted(site), [], []
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: outside.append(request.url) if is_outside(request.url) else None)
    page.goto(f"http://127.0.0.1:{server.server_port}/")
    wait_for(page, "grinning face + pizza")
    page.evaluate("navigator.serviceWorker.ready")
    server.shutdown()
    server.server_close()
    context.set_offline(True)
    page.reload()
    wait_for(page, "grinning face + pizza")
    yield page
    context.close()
    assert not outside, f"the page asked outside: {outside}"
    assert not errors, f"errors in scripts: {errors}"


def shown(page) -> np.ndarray:
    """The sticker as it would be downloaded: premultiplied bytes."""
    content = base64.b64decode(page.get_attribute('[data-role="result"]', "src").partition(",")[2])
    return premultiply(np.asarray(Image.open(io.BytesIO(content)).convert("RGBA"))).astype(int)


def wanted(fuser: Fuser, *pair: str | Image.Image, **asked: object) -> np.ndarray:
    """The same by Python."""
    trace = fuser.fuse(*pair, teacher=False, **asked)
    return premultiply(np.asarray(sticker_picture(trace.sticker))).astype(int)


def difference(one: np.ndarray, other: np.ndarray) -> int:
    assert one.shape == other.shape
    return int(np.abs(one - other).max())


@pytest.fixture(scope="module")
def python() -> Fuser:
    return Fuser(device="cpu", quick=False)


# ------------------------------------------------------------------------------------------------ the folder


def test_the_folder_is_small_and_whole(site: Path) -> None:
    files = {file.relative_to(site).as_posix(): file.stat().st_size for file in site.rglob("*") if file.is_file()}
    assert sum(files.values()) <= MOST_BYTES
    kept = json.loads((site / "files.json").read_text(encoding="utf-8"))
    assert set(kept) - {"./"} <= set(files)
    assert {"licences/onnxruntime-MIT.txt", "licences/resvg-MPL-2.0.txt", "manifest.json"} <= set(files)
    assert "__" not in (site / "offline.js").read_text(encoding="utf-8")
    page = (site / "index.html").read_text(encoding="utf-8")
    assert all(f'src="{name}"' in page for name in SCRIPTS if name not in SERVER_ALONE)
    assert all(f'src="{name}"' not in page for name in SERVER_ALONE)
    assert set(SERVER_ALONE) <= set(SCRIPTS)


def test_without_npm_it_is_one_sentence(monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.setattr(packages.shutil, "which", lambda name: None)
    assert main(["export", "--web", str(tmp_path / "site")]) == 2
    assert "install Node.js and run this again." in capsys.readouterr().err
    assert not (tmp_path / "site").exists()
    assert main(["export"]) == 2
    assert "--web DIR" in capsys.readouterr().err


def test_what_npm_brings_is_checked(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("EMOJI_FUSION_CACHE", str(tmp_path))
    fake = tmp_path / "npm.sh"
    fake.write_text('#!/bin/sh\necho other > "$5/other.tgz"\necho other.tgz\n')
    fake.chmod(0o755)
    monkeypatch.setattr(packages, "program", lambda name: str(fake))
    with pytest.raises(PackagesError, match="as it was published"):
        packages.archive(packages.PACKAGES[0])
    fake.write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(PackagesError, match="cannot fetch"):
        packages.archive(packages.PACKAGES[0])
    assert list((tmp_path / "npm").iterdir()) == []


def test_what_is_kept_is_unpacked_and_lets_the_page_use_several_threads(cut_off) -> None:
    assert cut_off.evaluate("crossOriginIsolated")
    kinds = """name => fetch(name).then(async answer =>
        [answer.headers.get("content-type"), [...new Uint8Array(await answer.arrayBuffer()).slice(0, 4)]])"""
    for name in ("vendor/ort.wasm.gz", "vendor/resvg.wasm.gz"):
        assert cut_off.evaluate(kinds, name) == ["application/wasm", list(b"\0asm")]
    assert cut_off.evaluate(kinds, "fuse.onnx.gz")[1][:2] != [0x1F, 0x8B]


# ------------------------------------------------------------------------------------------------ the pictures


@pytest.mark.weights
@pytest.mark.parametrize(
    "asked",
    [
        {"first": "1f600", "second": "1f355"},
        {"first": "1f431", "second": "1f3a9", "main": "second"},
        {"first": "1f3f3-200d-1f308", "second": "1f4e6", "hypothesis": 2},
        {"first": "1f60e", "second": "1f525", "layout": [0.5, 0.4, -0.1, 0.1]},
        {"first": "1f436", "second": "1f98b", "instances": [[0.3, 0.3, 0.0, -0.2], [0.4, 0.4, 0.1, 0.2]]},
        {"first": "1f34e", "second": "1f40b", "main": "first"},
    ],
    ids=lambda asked: "-".join(asked)[13:] + asked["second"],
)
def test_without_any_network_the_pictures_are_python_s(cut_off, python: Fuser, asked: dict) -> None:
    state = {"main": None, "layout": None, "instances": None, "hypothesis": 1, "preset": "fusion", **asked}
    answer = cut_off.evaluate("state => EF.server.fuse(state)", state)
    assert "error" not in answer, answer
    content = base64.b64decode(answer["result"].partition(",")[2])
    found = premultiply(np.asarray(Image.open(io.BytesIO(content)).convert("RGBA"))).astype(int)
    pair = [asked[side] for side in ("first", "second")]
    rest = {name: value for name, value in asked.items() if name not in ("first", "second")}
    assert difference(found, wanted(python, *pair, **rest)) <= TOLERANCE


@pytest.mark.weights
def test_a_pair_is_picked_taken_over_and_downloaded(cut_off, python: Fuser) -> None:
    page = cut_off
    page.fill('[data-side="second"] input[type=search]', "top hat")
    page.keyboard.press("Enter")
    wait_for(page, "grinning face + top hat")
    assert difference(shown(page), wanted(python, "1f600", "1f3a9")) <= TOLERANCE
    page.focus(".ef-instance.ef-grip")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("EF.answer.controls.override && !EF.root.classList.contains('ef-working')")
    layout = page.evaluate("EF.state.layout")
    assert difference(shown(page), wanted(python, "1f600", "1f3a9", layout=layout)) <= TOLERANCE
    with page.expect_download() as saving:
        page.click('[data-act="download"]')
    saved = np.asarray(Image.open(saving.value.path()).convert("RGBA"))
    assert difference(premultiply(saved).astype(int), shown(page)) == 0


@pytest.mark.weights
def test_hypotheses_are_offered_as_python_ranks_them(cut_off, python: Fuser) -> None:
    page = cut_off
    page.evaluate('EF.update({first: "1f98a", second: "1f32e"})')
    wait_for(page, "fox + taco")
    trace = python.fuse("1f98a", "1f32e", teacher=False)
    shares = [one["probability"] for one in page.evaluate("EF.answer.controls.hypotheses")]
    assert shares == pytest.approx([one.probability for one in trace.hypotheses], abs=2e-3)
    page.click('[data-act="hypothesis"]')
    page.wait_for_function("EF.answer.facts.hypothesis === 2 && !EF.root.classList.contains('ef-working')")
    assert difference(shown(page), wanted(python, "1f98a", "1f32e", hypothesis=2)) <= TOLERANCE


@pytest.mark.weights
def test_a_picture_of_one_s_own_is_framed_as_python_frames_it(cut_off, python: Fuser) -> None:
    y, x = np.mgrid[-1:1:90j, -1:1:70j]
    inside = (x**2 + y**2 < 0.8)[..., None]
    rgba = (255 * np.dstack([x > 0, y > 0, x > y, x * 0 + 1]) * inside).astype(np.uint8)
    picture = Image.fromarray(rgba, "RGBA")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    upload = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
    cut_off.evaluate("upload => EF.update({first: '1f600', second: {upload, name: 'disc.png'}})", upload)
    wait_for(cut_off, "grinning face + disc.png")
    assert difference(shown(cut_off), wanted(python, "1f600", picture)) <= TOLERANCE


@pytest.mark.weights
def test_what_needs_the_server_is_not_shown(cut_off) -> None:
    for role in ("tab-failures", "strip-title"):
        assert not cut_off.is_visible(f"#ef-{role}")
    for role in ("say", "preset", "switches", "copy-as"):
        assert not cut_off.is_visible(f'[data-role="{role}"]')
    assert cut_off.is_visible('[data-role="canvas"]')
    assert "teacher" not in cut_off.inner_text("#ef-panel-fuse")


def test_weights_that_read_words_give_the_same_answer(chromium, worded: tuple[Fuser, Path], tmp_path: Path) -> None:
    fuser, graphs = worded
    site = written(tmp_path / "site", graphs)
    assert (site / "words.json").is_file()
    for page in loaded_and_cut_off(chromium, site):
        assert difference(shown(page), wanted(fuser, "1f600", "1f355")) <= TOLERANCE
        predicted = page.evaluate("EF.answer.controls.predicted")
        trace = fuser.fuse("1f600", "1f355", teacher=False)
        np.testing.assert_allclose(predicted, trace.predicted.layouts, atol=1e-3)
