"""The wheel works on its own: installed into an environment without the checkout, it fuses and serves the page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from tests.support.serving import free_port

ROOT = Path(__file__).parents[2]
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")

pytest.importorskip("hatchling", reason="needs tests/requirements.txt")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel of this checkout, built from what is here and nothing from outside."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [*PIP, "wheel", str(ROOT), "--no-deps", "--no-build-isolation", "-w", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def programs(wheel, tmp_path_factory) -> Path:
    """``bin`` of a new environment with the wheel in it; the packages it needs are those of the running Python."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    subprocess.run([*PIP, "--python", str(python), "install", "--no-deps", str(wheel)], check=True)
    (site,) = (folder / "lib").glob("python*/site-packages")
    (site / "shared.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


def environment() -> dict[str, str]:
    """This one's without what leads back to the checkout."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def test_the_wheel_holds_what_ships_and_no_more(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    package = {path.relative_to(ROOT).as_posix() for path in (ROOT / "fusion").rglob("*.py")}
    assert package <= set(names)
    assert {"fusion/_assets/noto.json.gz", "fusion/_assets/weights/fusion/model.safetensors"} <= set(names)
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"fusion"}
    assert not [name for name in names if "scripts" in name or "screenshots" in name]


def test_the_wheel_fuses_in_an_empty_folder(programs, tmp_path):
    source = [programs / "python", "-c", "import fusion; print(fusion.__file__)"]
    told = subprocess.run(source, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True)
    assert Path(told.stdout.strip()).is_relative_to(programs.parent)
    command = [programs / "emoji-fusion", "fuse", "😀", "🍕", "-o", "slice.png", "--json"]
    told = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["family"] == "face on thing"
    with Image.open(tmp_path / "slice.png") as sticker:
        assert (sticker.size, sticker.mode) == ((256, 256), "RGBA")
    assert [path.name for path in tmp_path.iterdir()] == ["slice.png"]


def test_the_wheel_has_words_and_looks_for_styles_in_the_user_s_folder(programs, tmp_path):
    code = """
from fusion.emoji.catalog import Catalog, MissingStyle
from fusion.emoji.words import WordTable
print(len(WordTable.default().of_text("pizza").words))
try:
    Catalog.style("cubist")
except MissingStyle as error:
    print(error)
"""
    settings = environment() | {"XDG_DATA_HOME": str(tmp_path)}
    command = [programs / "python", "-c", code]
    told = subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, text=True, check=True)
    known, sentence = told.stdout.splitlines()
    assert known == "1"
    if sys.platform == "linux":
        assert f"fetch_styles.py cubist --out {tmp_path / 'emoji-fusion' / 'styles'}" in sentence


@pytest.mark.parametrize("words", [[], ["fuse"]], ids=["whole", "subcommand"])
def test_the_help_names_the_program_as_it_was_called(programs, tmp_path, words):
    for called, command in {
        "emoji-fusion": [programs / "emoji-fusion"],
        "python -m fusion": [programs / "python", "-m", "fusion"],
    }.items():
        told = subprocess.run([*command, *words, "--help"], cwd=tmp_path, env=environment(), capture_output=True)
        text = told.stdout.decode()
        assert text.startswith(" ".join(["usage:", called, *words]))
        assert f"{called} fuse 😀 🍕 -o slice.png" in text
        assert ("python -m fusion" in text) == (called == "python -m fusion")


def test_the_wheel_serves_the_page(programs, tmp_path):
    url = f"http://127.0.0.1:{(port := free_port())}/"
    command = [programs / "emoji-fusion", "app", "--port", str(port), "--device", "cpu"]
    settings = environment() | {"GRADIO_ANALYTICS_ENABLED": "False"}
    server = subprocess.Popen(command, cwd=tmp_path, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        page = wait_for(url, server)
    finally:
        server.terminate()
        server.communicate()
    assert "Emoji Fusion" in page


def wait_for(url: str, server: subprocess.Popen) -> str:
    """What stands at ``url`` once the server answers; fails with the server's words if it ends before that."""
    for _ in range(600):
        if server.poll() is not None:
            pytest.fail(server.stderr.read().decode())
        try:
            with urllib.request.urlopen(url) as answer:
                return answer.read().decode()
        except urllib.error.URLError:
            time.sleep(0.2)
    pytest.fail(f"{url} did not answer")
