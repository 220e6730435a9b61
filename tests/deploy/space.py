"""Build the Space as a hub does, and fuse there:  python -m tests.deploy.space [--python python3.12] [--torch 2.13.0]

What ``publish --space`` would send is copied to an empty folder. A new environment there gets the platform's torch and
interface, then requirements.txt alone; app.py runs with a Space's variables and an empty home, and is asked as an agent
asks: by its public name, with named arguments. Takes minutes, and prints the seconds and megabytes of each part.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from fusion import hub
from tests.support.serving import free_port

HOST = "someone-emoji-fusion.hf.space"


def main() -> None:
    """Build, start, ask, and say what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default=sys.executable, help="interpreter of the version that README.md names")
    parser.add_argument("--torch", default="2.13.0", help="the version that the platform brings")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app, home = Path(folder, "app"), Path(folder, "home")
        home.mkdir()
        copy(app)
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONUNBUFFERED": "1"}
        environment |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        begun = time.perf_counter()
        python = install(app, options.python, options.torch, environment)
        told = {"install_s": round(time.perf_counter() - begun), "installed_mb": megabytes(python.parents[1])}
        print(json.dumps(told | run(app, python, environment)))


def copy(app: Path) -> None:
    """The files that would be published."""
    for name, path in hub.space("someone/emoji-fusion").files.items():
        (app / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, app / name)


def install(app: Path, interpreter: str, torch: str, environment: dict[str, str]) -> Path:
    """The Space's environment; its Python."""
    sdk = re.search(r"^sdk_version: (.*)$", (app / "README.md").read_text("utf-8"), re.MULTILINE)[1]
    subprocess.run([interpreter, "-m", "venv", app.parent / "venv"], check=True, env=environment)
    python = app.parent / "venv/bin/python"
    pip = [python, "-m", "pip", "install", "--quiet", "--no-cache-dir"]
    subprocess.run([*pip, f"torch=={torch}", f"gradio=={sdk}", "spaces"], check=True, env=environment)
    subprocess.run([*pip, "-r", app / "requirements.txt"], check=True, env=environment)
    return python


def run(app: Path, python: Path, environment: dict[str, str]) -> dict:
    """Serve, fuse by the public name, and stop again."""
    port = free_port()
    settings = {
        "SPACE_ID": "someone/emoji-fusion",
        "SPACE_HOST": HOST,
        "SYSTEM": "spaces",
        "GRADIO_SERVER_NAME": "0.0.0.0",
        "GRADIO_SERVER_PORT": str(port),
    }
    begun = time.perf_counter()
    server = subprocess.Popen([python, "app.py"], cwd=app, env=environment | settings)
    try:
        while not ask(port, "/"):
            if server.poll() is not None or time.perf_counter() - begun > 300:
                raise SystemExit("The Space did not come up.")
            time.sleep(0.5)
        up = round(time.perf_counter() - begun, 1)
        event = json.loads(ask(port, "/gradio_api/call/v2/fuse", {"first": "😀", "second": "🍕"}))["event_id"]
        answer = ask(port, f"/gradio_api/call/fuse/{event}").decode()
        assert "event: complete" in answer, answer
        path = json.loads(answer.partition("data: ")[2])[0]["path"]
        sticker = ask(port, f"/gradio_api/file={path}")
        assert sticker.startswith(b"\x89PNG"), sticker[:80]
        return {"up_s": up, "sticker_bytes": len(sticker)}
    finally:
        server.terminate()
        server.wait()


def ask(port: int, path: str, body: dict | None = None) -> bytes:
    """One request under the Space's public name; nothing while nobody listens."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Host": HOST, "Content-Type": "application/json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, headers)) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{path}: {error.code} {error.read().decode()[:300]}") from None
    except urllib.error.URLError:
        return b""


def megabytes(folder: Path) -> int:
    """Size of a folder on disk."""
    return sum(path.lstat().st_size for path in folder.rglob("*")) // 1_000_000


if __name__ == "__main__":
    main()
