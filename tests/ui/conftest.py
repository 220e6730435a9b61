"""A page on a fake network, a browser to open it, and a record of where its requests went."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

from tests.support.fake_fuser import FakeEvaluator, FakeFuser
from tests.support.javascript import INSTALL_SECONDS, TOOLS, run
from tests.support.serving import Served, is_outside, serve

NO_FEATURES = (
    # Each window would load a second page, of the address bar's menu, as dear as the one under test.
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
    # What Playwright itself switches off; of two lists a browser takes the last.
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled"),
    *("PreconnectToSearch", "ThirdPartyStoragePartitioning"),
)
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(NO_FEATURES)}",
)


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    from fusion.emoji.catalog import Catalog
    from fusion.ui.backend import Backend
    from fusion.ui.review import Review

    fusers = {"fusion": FakeFuser(), "unet-se-po": FakeFuser("unet-se-po", max_offset=0.2)}
    apart = FakeFuser("fusion-held-out")

    def styled(preset: str, style: str) -> FakeFuser:
        fuser = FakeFuser(preset)
        fuser.catalog = Catalog.style(style)
        return fusers.setdefault(f"{preset} {style}", fuser)

    makers = {name: (lambda one=one: one) for name, one in fusers.items()}
    backend = Backend(Catalog.default(), makers, {"fusion-held-out": lambda: apart}, styled, readers=["fusion"])
    fusers["fusion-held-out"] = apart
    blocks, url = serve(backend, Review(backend, FakeEvaluator()))
    yield Served(url, fusers)
    blocks.close()


@pytest.fixture(scope="session", autouse=True)
def art_style(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An art style in which every emoji is one square of magenta."""
    from fusion.emoji import catalog

    folder = tmp_path_factory.mktemp("styles")
    head = gzip.decompress(catalog.NOTO.read_bytes()).split(b"\n")[0]
    square = b'<rect width="128" height="128" fill="#ff00ff"/>'
    lines = [head, *[square] * len(catalog.Catalog.default())]
    (folder / "twemoji.json.gz").write_bytes(gzip.compress(b"\n".join(lines), 1))
    patch = pytest.MonkeyPatch()
    patch.setattr(catalog, "STYLES", folder)
    catalog.Catalog.style.cache_clear()
    yield "twemoji"
    patch.undo()
    catalog.Catalog.style.cache_clear()


@pytest.fixture(scope="session")
def chromium():
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.skip("no Chromium on this machine; install it (apt-get install chromium) to test the page")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is missing; see tests/requirements.txt")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, served, tmp_path: Path):
    """``open_page(query, width=..., height=...)`` -> page with a result on it. Outside requests and script errors
    fail the test."""
    contexts, outside, errors = [], [], []
    for fuser in served.fusers.values():
        fuser.calls.clear()
        fuser.delay = None

    def open_(query: str = "", width: int = 1280, height: int = 900, url: str | None = None, **options):
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: outside.append(request.url) if is_outside(request.url) else None)
        page.goto((url or served.url) + query)
        page.wait_for_selector('[data-role="result"][src]')
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not outside, f"the page asked outside: {outside}"
    assert not errors, f"errors in scripts: {errors}"


@pytest.fixture(scope="session")
def node() -> str:
    path = shutil.which("node")
    if path is None:
        pytest.skip("there is no node here, so the page's scripts are only tested in the browser")
    return path


@pytest.fixture(scope="session")
def tools(node: str, pytestconfig: pytest.Config) -> Path:
    """Type checker and linter, installed once into pytest's cache: the folder of their commands."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("there is no npm here, so the page's scripts are neither type-checked nor linted")
    folder = Path(str(pytestconfig.cache.mkdir("javascript")))
    with FileLock(folder / ".lock"):  # two processes may ask at once
        install(npm, folder)
    return folder / "node_modules" / ".bin"


def install(npm: str, folder: Path) -> None:
    """What the lock file names, unless it is there; without a registry the test is skipped."""
    lock, done = TOOLS / "package-lock.json", folder / "installed-lock.json"
    if done.exists() and done.read_bytes() == lock.read_bytes():
        return
    for name in ("package.json", "package-lock.json"):
        shutil.copy(TOOLS / name, folder / name)
    try:
        installed = run(npm, "ci", "--no-audit", "--no-fund", cwd=folder, timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        pytest.skip("npm took too long to install the type checker and linter of the page's scripts")
    if installed.returncode:
        pytest.skip("npm cannot install the type checker and linter of the page's scripts: no registry")
    shutil.copy(lock, done)


@pytest.fixture(scope="session")
def axe(tools: Path) -> str:
    """The script of axe-core, which looks for what hinders people."""
    return (tools.parent / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
