"""Publishing on a hub: what would go up, whether it is fit to, and sending it as one commit.

Coming down again is ``fusion.model.weights``. Source: DESIGN section 6 (``publish``).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fusion.assets import ASSETS
from fusion.errors import FusionError

ROOT = ASSETS.parent
SPACE = ("app.py", "README.md", "LICENSE", "requirements.txt", "fusion", "assets")
"""What a Space needs of a checkout; tests and tools stay at home."""
SKIPPED = re.compile(r"(^|/)(\.[^/]*|__pycache__|scripts|requirements-.*)(/|$)|\.pyc$")
WEIGHTS = ("config.json", "model.safetensors", "README.md")
CARD = "README.md"
LINK = re.compile(r"\]\(([^)\s#]+)[^)]*\)")
FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
WANTED = {
    "space": ("title", "sdk", "sdk_version", "python_version", "app_file", "license"),
    "model": ("license", "tags"),
}
"""What the head of a card must say, by kind of repository."""


class HubError(FusionError):
    """Something that cannot be published, or a hub that does not take it."""


@dataclass(frozen=True)
class Publication:
    """What goes up. ``kind``: "space" or "model"; ``files``: path in the repository -> file here."""

    kind: str
    repo: str
    files: dict[str, Path]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(path.stat().st_size for path in self.files.values())


def space(repo: str, root: Path = ROOT) -> Publication:
    """The application, its emoji and its weights. Raises HubError for a checkout that lacks something."""
    found = {name: path for start in SPACE for name, path in below(root, start)}
    return checked(Publication("space", named(repo), found))


def weights(repo: str, folder: Path) -> Publication:
    """Weights with their card and its pictures. Raises HubError or WeightsError for what is damaged or incomplete."""
    from fusion.model.weight_files import CHECKSUM, read_json
    from fusion.model.weights import load_fusion_net

    if not folder.is_dir():
        raise HubError(f"There is no folder {folder}; name one with {', '.join(WEIGHTS)}.")
    found = dict(below(folder, "."))
    if lacking := [name for name in WEIGHTS if name not in found]:
        raise HubError(f"{folder} lacks {', '.join(lacking)}; add what is missing, or name another folder.")
    load_fusion_net(folder)
    if CHECKSUM not in read_json(folder / "config.json"):
        raise HubError(f"{folder}/config.json names no {CHECKSUM} of its weights; export them again.")
    return checked(Publication("model", named(repo), found))


def named(repo: str) -> str:
    """``repo`` if it is OWNER/NAME. Raises HubError."""
    if not NAME.fullmatch(repo):
        raise HubError(f"{repo[:80]!r} is no name on a hub; give OWNER/NAME.")
    return repo


def below(root: Path, start: str) -> Iterator[tuple[str, Path]]:
    """Files at or under ``root/start`` that may be published: their path from ``root``, and themselves."""
    place = root / start
    for path in [place] if place.is_file() else sorted(place.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and not path.is_symlink() and not SKIPPED.search(name):
            yield name, path


def checked(publication: Publication) -> Publication:
    """``publication`` whose card has its head, its pictures and its files. Raises HubError."""
    files, kind = publication.files, publication.kind
    if CARD not in files:
        raise HubError(f"There is no {CARD}; it is the card that people read first.")
    text = files[CARD].read_text(encoding="utf-8")
    front = FRONT.match(text)
    said = set(re.findall(r"^(\w+):", front[1], re.MULTILINE)) if front else set()
    if missing := [name for name in WANTED[kind] if name not in said]:
        raise HubError(f"The head of {files[CARD]} does not say {', '.join(missing)}; add it between the two ---.")
    pictures = [link for link in LINK.findall(text) if link.endswith((".png", ".svg", ".webp")) and "://" not in link]
    lacking = [name for name in pictures if name not in files]
    if kind == "space":
        lacking += [name for name in ("app.py", "requirements.txt", "assets/noto.json.gz") if name not in files]
    if lacking:
        raise HubError(f"{', '.join(lacking)} would be missing; publish from a whole checkout.")
    return publication


def send(publication: Publication, private: bool = False) -> str:
    """Make the repository if it is not there, and commit all files at once; the address of the commit.

    Raises HubError with what the hub says.
    """
    from httpx import HTTPError
    from huggingface_hub import CommitOperationAdd, HfApi
    from huggingface_hub.errors import HfHubHTTPError, LocalTokenNotFoundError

    hub = HfApi(endpoint=os.environ.get("HF_ENDPOINT"))
    repo, kind = publication.repo, publication.kind
    adds = [CommitOperationAdd(name, str(path)) for name, path in publication.files.items()]
    try:
        sdk = {"space_sdk": "gradio"} if kind == "space" else {}
        hub.create_repo(repo, repo_type=kind, private=private, exist_ok=True, **sdk)  # type: ignore[arg-type]
        done = hub.create_commit(repo, adds, commit_message="Publish Emoji Fusion", repo_type=kind)
    except (HfHubHTTPError, LocalTokenNotFoundError, HTTPError, OSError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise HubError(
            f"The hub did not take it ({reason}); log in with 'hf auth login' and check the name."
        ) from error
    return done.commit_url
