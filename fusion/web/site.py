"""Write the page without a server: the scripts of the served page, the graphs, the emoji, and what runs them.

All that differs from the served page is who answers its questions (``static/start.js``, ``static/worker.js``). The
folder needs a web server that hands out files, and after the first visit none at all (``static/offline.js``).
Source: DESIGN section 6 (``export --web DIR``).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from fusion.assets import ASSETS
from fusion.emoji.catalog import NOTO, Catalog
from fusion.emoji.sources import FILL
from fusion.emoji.words import WordTable
from fusion.files import write_folder_beside
from fusion.frame import MAX_SCALE, MIN_SCALE
from fusion.pipeline.engines.onnx import OnnxFuser
from fusion.pipeline.engines.onnx_files import GRAPHS, graph_file
from fusion.ui import picker
from fusion.ui.contract import OPENING, contract
from fusion.ui.page import SCRIPTS, STATIC, STYLES, markup
from fusion.views.bundle import png_bytes, sticker_picture
from fusion.web.corrections import write_corrections
from fusion.web.packages import LICENCES, write_packages

OWN = Path(__file__).parent / "static"
MARKER = "site.json"
"""The file by which a folder is known to hold such a page."""
SIDE = 256
SERVER_ALONE = (
    *("tabs.js", "place.js", "strip.js", "plane.js", "zoom.js", "copyas.js", "say.js", "sheet.js", "failures.js"),
    *("compare.js", "sharp.js", "corrections.js", "called.js", "queue.js", "sweep.js", "pack.js"),
    *("browse.js", "why.js", "against.js", "thumbs.js", "near.js"),
)
"""Scripts of parts that need Python: stages, evaluations, comparisons, other sizes, and what copies its commands."""
ICONS = (192, 512)
LISTING = "files.json"

Progress = Callable[[int], object]


def write_site(folder: Path, graphs: Path, progress: Progress = lambda done: None) -> int:
    """Write the page of these ``graphs`` into ``folder``; returns its bytes.

    ``progress``: told of emoji as they are compared. Raises GraphsError, OutputError or PackagesError.
    """
    fuser = OnnxFuser(graphs)
    with write_folder_beside(folder, MARKER) as site:
        write_packages(site / "vendor")
        write_page(site)
        write_network(site, graphs, fuser)
        write_emoji(site, fuser.words)
        write_corrections(site, SIDE, fuser.frame, progress)
        write_icons(site, fuser)
        write_licences(site / "licences")
        write_offline(site)
        return sum(file.stat().st_size for file in site.rglob("*") if file.is_file())


def write_page(site: Path) -> None:
    """Markup, style and scripts: the page's own, and those that stand in for the server."""
    shared = [name for name in SCRIPTS if name not in SERVER_ALONE]
    for name in (*STYLES, *shared):
        shutil.copyfile(STATIC / name, site / name)
    for file in OWN.glob("*.js"):
        shutil.copyfile(file, site / file.name)
    shutil.copyfile(OWN / "site.css", site / "site.css")
    styles = [f'<link rel="stylesheet" href="{name}">' for name in (*STYLES, "site.css")]
    scripts = [f'<script defer src="{name}"></script>' for name in (*shared, "start.js")]
    page = (OWN / "index.html").read_text(encoding="utf-8")
    page = page.replace("__HEAD__", "\n".join(styles + scripts)).replace("__MARKUP__", markup())
    (site / "index.html").write_text(page, encoding="utf-8")


def write_network(site: Path, graphs: Path, fuser: OnnxFuser) -> None:
    """The graphs, and what the scripts must know of them: ``site.json``."""
    for name in GRAPHS:
        pack(site / f"{name}.onnx.gz", graph_file(graphs, name).read_bytes())
    frame = fuser.frame
    write_json(
        site / MARKER,
        {
            "side": SIDE,
            "view_box": " ".join(f"{value:g}" for value in frame.view_box),
            "palette": fuser.palette_view,
            "families": fuser.families,
            "preset": fuser.preset,
            "weights": fuser.weights_hash,
            "words": fuser.words > 0,
            "columns": picker.COLUMNS,
            "tiles": picker.TILES,
            "leading": picker.leading(Catalog.default()),
            "popular": picker.popular(Catalog.default()),
            "frame": {"scale": frame.scale, "drop": frame.drop, "fill": FILL},
            "range": {"scale": [MIN_SCALE, MAX_SCALE], "offset": [-frame.max_offset, frame.max_offset]},
            "contract": contract() | {"sizes": {"screen": [SIDE], "file": [SIDE]}},
        },
    )


def write_emoji(site: Path, dimensions: int) -> None:
    """Names and drawings, the picker's sheets, and for weights that read words the vectors of the emoji's own."""
    shutil.copyfile(NOTO, site / NOTO.name)
    shutil.copytree(picker.SHEETS, site / picker.SHEETS.name, dirs_exist_ok=True)
    if not dimensions:
        return
    table = WordTable.default()
    told = {emoji.key: table.of_emoji(emoji).words for emoji in Catalog.default()}
    known = sorted({word for words in told.values() for word in words})
    place = {word: row for row, word in enumerate(known)}
    rows = {key: [place[word] for word in words] for key, words in told.items()}
    vectors, scale = table.packed(known)
    write_json(site / "words.json", {"dimensions": dimensions, "scale": scale[:dimensions].tolist(), "rows": rows})
    pack(site / "words.bin.gz", np.ascontiguousarray(vectors[:, :dimensions]).tobytes())


def write_icons(site: Path, fuser: OnnxFuser) -> None:
    """The sticker of the pair that the page opens with, as the icon of the installed page; and its manifest."""
    for side in ICONS:
        sticker = fuser.fuse(*OPENING, size=side).sticker
        (site / f"icon-{side}.png").write_bytes(png_bytes(sticker_picture(sticker), compress_level=9))
    icons = [{"src": f"icon-{side}.png", "sizes": f"{side}x{side}", "type": "image/png"} for side in ICONS]
    write_json(
        site / "manifest.json",
        {
            "name": "Emoji Fusion",
            "short_name": "Emoji Fusion",
            "description": "Two emoji in, one new emoji out.",
            "start_url": "./",
            "scope": "./",
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#09695f",
            "icons": icons,
        },
    )


def write_licences(folder: Path) -> None:
    """The licences of all that is in the page."""
    folder.mkdir()
    for source in (LICENCES, ASSETS / "licences"):
        for file in source.glob("*.txt"):
            shutil.copyfile(file, folder / file.name)
    shutil.copyfile(LICENCES / "README.md", folder / "README.md")


def write_offline(site: Path) -> None:
    """What the browser is to keep, under a version that changes with any of it. Last, when all else is there."""
    apart = ("index.html", "offline.js", LISTING)
    files = sorted(file.relative_to(site).as_posix() for file in site.rglob("*") if file.is_file())
    version = hashlib.sha256()
    for name in files:
        version.update(name.encode() + (site / name).read_bytes())
    script = (site / "offline.js").read_text(encoding="utf-8")
    (site / "offline.js").write_text(script.replace("__VERSION__", version.hexdigest()[:16]), encoding="utf-8")
    kept = [name for name in files if name not in apart and not name.startswith("licences/")]
    write_json(site / LISTING, ["./", *kept])


def pack(file: Path, content: bytes) -> None:
    """Write ``content`` gzipped, the same at any time."""
    file.write_bytes(gzip.compress(content, 9, mtime=0))


def write_json(file: Path, content: Mapping[str, object] | list[str]) -> None:
    """Write JSON without needless spaces."""
    file.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
