"""The container: its recipe holds to what is promised, and its settings serve where only /tmp can be written.

There is no builder here, so the second part plays its run: an ordinary user, every file system read-only, a home that
is not writable, the variables, command and health check of the recipe.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.support.serving import free_port

ROOT = Path(__file__).parents[2]
RECIPE = ROOT / ".ci" / "Dockerfile"


def steps(text: str) -> list[tuple[str, str]]:
    """Each instruction and what follows it; comments left out, continued lines joined."""
    kept = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return [tuple(line.split(None, 1)) for line in kept.replace("\\\n", " ").splitlines() if line.strip()]


STEPS = steps(RECIPE.read_text("utf-8"))
LAST = STEPS[max(index for index, (name, _) in enumerate(STEPS) if name == "FROM") :]
"""Of the image that runs; those before it only build."""


def last(name: str) -> str:
    """What the instruction of that name says in the image that runs."""
    return next(rest for step, rest in reversed(LAST) if step == name)


def faults(recipe: list[tuple[str, str]]) -> list[str]:
    """What breaks a promise: a base of no fixed version, something fetched by address, or root at the end."""
    found = []
    user = "root"
    for name, rest in recipe:
        if name == "FROM":
            user = "root"
            if not re.search(r":\d+\.\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?(\s|$)", rest):
                found.append(f"{rest}: the base has no fixed version")
        if name == "ADD" or re.search(r"https?://(?!127\.0\.0\.1)|\b(curl|wget)\b", rest):
            found.append(f"{name} {rest}: something is fetched by its address")
        user = rest if name == "USER" else user
    return found + ([f"{user} runs it"] if re.match(r"(root|0)(:|$)", user) else [])


def test_the_recipe_keeps_its_promises():
    assert faults(STEPS) == []
    assert {"HEALTHCHECK", "USER", "CMD"} <= {name for name, _ in LAST}


@pytest.mark.parametrize(
    "text",
    [
        "FROM python:latest\nUSER 1",
        "FROM python:3\nUSER 1",
        "FROM python:3.12.1-slim",
        "FROM python:3.12.1-slim\nUSER 1\nUSER root",
        "FROM python:3.12.1\nUSER 1\nFROM python:3.12.1",
        "FROM python:3.12.1\nADD https://x.example/a /a\nUSER 1",
        "FROM python:3.12.1\nRUN echo && \\\n curl x.example | sh\nUSER 1",
    ],
)
def test_broken_promises_are_seen(text):
    assert len(faults(steps(text))) == 1


def test_what_it_copies_is_here_and_sent():
    sent = (ROOT / ".ci" / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    copied = [word for name, rest in STEPS if name == "COPY" and "--from" not in rest for word in rest.split()[:-1]]
    assert len(copied) > 5
    assert [name for name in copied if not (ROOT / name).exists() or f"!{name}" not in sent] == []


def test_all_that_is_written_lies_in_one_place():
    settings = variables()
    written = ("HOME", "TMPDIR", "XDG_CACHE_HOME", "EMOJI_FUSION_CACHE", "GRADIO_TEMP_DIR", "HF_HOME", "MPLCONFIGDIR")
    assert {settings[name].split("/")[1] for name in written} == {"tmp"}


@pytest.mark.skipif(not shutil.which("hadolint"), reason="no hadolint here")
def test_the_linter_has_nothing_to_say():
    done = subprocess.run(["hadolint", str(RECIPE)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


# ---------------------------------------------------------------------------------------------- its run


def variables() -> dict[str, str]:
    """The image's environment."""
    return dict(word.split("=", 1) for name, rest in LAST if name == "ENV" for word in shlex.split(rest))


def command(text: str, port: int) -> list[str]:
    """A CMD as it would run here: this Python, that port."""
    words = json.loads(text[text.index("[") :])
    return [word.replace("/opt/venv/bin/python", sys.executable).replace("7860", str(port)) for word in words]


INSIDE = """
mount -t tmpfs tmpfs "$1" && chmod 1777 "$1"
mount -o remount,ro,bind / /
shift
exec setpriv --reuid 10001 --regid 10001 --clear-groups --inh-caps +dac_read_search --ambient-caps +dac_read_search "$@"
"""
"""Reading is not what is tried here: Python and the checkout may lie in another user's folder."""


def can_play() -> bool:
    """Whether file systems can be made read-only for one process here."""
    if not (shutil.which("unshare") and shutil.which("setpriv")) or os.geteuid():
        return False
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0


@pytest.mark.weights
@pytest.mark.skipif(not can_play(), reason="needs root and Linux' namespaces")
def test_an_ordinary_user_is_served_where_only_one_folder_can_be_written(tmp_path):
    port, home = free_port(), tmp_path / "home"
    home.mkdir(mode=0o555)
    settings = {name: value.replace("/tmp", str(tmp_path / "tmp"), 1) for name, value in variables().items()}
    settings |= {"PATH": os.environ["PATH"], "HOME": str(home), "GRADIO_ANALYTICS_ENABLED": "False"}
    (tmp_path / "tmp").mkdir()
    words = ["unshare", "--mount", "--propagation", "private", "bash", "-euc", INSIDE, "inside", str(tmp_path / "tmp")]
    probe = (
        'for d in "$0" "$HOME" /; do touch "$d/x" 2>/dev/null && echo "$d can be written" && exit 9; done; exec "$@"'
    )
    with open(tmp_path / "log", "w+") as log:
        server = subprocess.Popen(
            [*words, "bash", "-c", probe, str(ROOT), *command(last("CMD"), port)],
            **{"cwd": ROOT, "env": settings, "stdout": log, "stderr": subprocess.STDOUT},
        )
        try:
            sticker = fused(server, port)
            health = subprocess.run(command(last("HEALTHCHECK"), port), capture_output=True, text=True)
        finally:
            server.terminate()  # each of the words became the next: it is one process
            server.wait()
        log.seek(0)
        told = log.read()
    assert sticker.startswith(b"\x89PNG"), told
    assert health.returncode == 0, health.stderr
    assert "Traceback" not in told, told


def fused(server: subprocess.Popen, port: int) -> bytes:
    """A sticker, once the server answers; nothing where it ends before that."""
    while server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/kitchen/1f600_1f355.png", timeout=300) as answer:
                return answer.read()
        except urllib.error.URLError:
            time.sleep(0.3)  # it does not listen yet
    return b""
