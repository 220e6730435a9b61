"""One fusion to take along: inputs, every stage, arrays, numbers, versions; as a folder or as one zip.

Source: DESIGN section 6 (``fuse --trace DIR``) and section 7 (bundle).
"""

from __future__ import annotations

import io
import json
import platform
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
from PIL import Image, PngImagePlugin

from fusion.trace import FusionTrace
from fusion.views import drawing
from fusion.views.pictures import panels, views
from fusion.views.stages import stages_of
from fusion.views.summary import layout_rows, summary

MARKER = "trace.json"
"""The file by which a folder is known to hold a trace."""
PNG_KEY = "emoji-fusion"
PACKAGES = ("torch", "numpy", "pillow", "gradio", "safetensors", "resvg_py")


class Parameters(TypedDict):
    """What it takes to make the same sticker again; ``layout``: of each instance."""

    first: str
    second: str
    names: list[str]
    main: str
    hypothesis: int
    preset: str
    weights: str
    size: int
    off: list[str]
    layout: list[list[float]]


def png_bytes(picture: Image.Image, parameters: Parameters | None = None, compress_level: int = 1) -> bytes:
    """``picture`` as PNG; ``parameters`` as JSON in a tEXt chunk, so that a sticker tells how it was made.

    ``compress_level``: fast rather than small by default, for a person waits for it.
    """
    info = PngImagePlugin.PngInfo()
    if parameters is not None:
        # ASCII only: tEXt holds Latin-1, and JSON's escapes carry the rest.
        info.add_text(PNG_KEY, json.dumps(parameters))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=compress_level, pnginfo=info)
    return buffer.getvalue()


def parameters(trace: FusionTrace) -> Parameters:
    """What it takes to make the same sticker again."""
    facts = summary(trace)
    return {
        "first": facts["first"],
        "second": facts["second"],
        "names": facts["names"],
        "main": facts["main"],
        "hypothesis": facts["hypothesis"],
        "preset": facts["preset"],
        "weights": facts["weights"],
        "size": facts["size"],
        "off": facts["off"],
        "layout": facts["layout"]["instances"],
    }


def sticker_picture(output: np.ndarray) -> Image.Image:
    """The sticker that a fused picture (S, S, 4), premultiplied RGBA in [0, 1], makes; made nowhere else."""
    return drawing.emoji_picture(output)


def sticker_png(trace: FusionTrace) -> bytes:
    """The sticker as a transparent PNG that carries its parameters."""
    return png_bytes(sticker_picture(trace.sticker), parameters(trace))


def versions() -> dict[str, str]:
    """Of Python and of the packages that matter, without importing them."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def arrays(trace: FusionTrace) -> dict[str, dict[str, np.ndarray]]:
    """Arrays by file: attention (what multiplied the features is channel times spatial), and the other maps."""
    attention: dict[str, np.ndarray] = {}
    for block, found in trace.attention.items():
        attention |= {f"{block}_channel": found.channel, f"{block}_spatial": found.spatial}
    others = {
        "separated_first": trace.separated[0],
        "separated_second": trace.separated[1],
        "position": trace.position,
        "gates": trace.gates,
        "correction": trace.correction,
    }
    layouts = {
        "predicted": trace.predicted.layouts,
        "predicted_presence": trace.predicted.presence,
        "effective": trace.effective.layouts,
        "effective_presence": trace.effective.presence,
        "instance_boxes": trace.instance_boxes,
    }
    halves = {name: array.astype(np.float16) for name, array in others.items() if array is not None}
    return {"attention.npz": attention, "maps.npz": halves, "layouts.npz": layouts}


def files(trace: FusionTrace, *, opacity: float = 0.6) -> Iterator[tuple[str, bytes]]:
    """Names and contents of everything there is to a trace."""
    yield "sticker.png", sticker_png(trace)
    captions = {}
    for index, shown in enumerate(views(trace, opacity=opacity)):
        stage = shown.stage.id
        captions[stage] = {"title": shown.stage.title, "caption": shown.caption, "available": shown.available}
        if shown.available:
            picture = drawing.with_bar(shown.picture, shown.scale)  # emoji in their own colours have no bar
            yield f"stages/{index:02d}-{stage}.png", png_bytes(picture)
    for stage in trace.attention:
        for name, picture in panels(trace, stage).items():
            yield f"stages/{stage}-{name.partition(',')[0]}.png", png_bytes(picture)
    for name, held in arrays(trace).items():
        buffer = io.BytesIO()
        by_name: dict[str, Any] = {**held}
        np.savez_compressed(buffer, **by_name)
        yield name, buffer.getvalue()
    report = summary(trace) | {
        "layout_rows": layout_rows(trace),
        "stages": {name: said | {"sentence": stages_of(trace)[name].sentence} for name, said in captions.items()},
        "versions": versions(),
    }
    yield MARKER, json.dumps(report, ensure_ascii=False, indent=1).encode()


def write_files(trace: FusionTrace, folder: Path) -> None:
    """The bundle unpacked into an existing ``folder``."""
    for name, content in files(trace):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def zip_bytes(trace: FusionTrace, *, opacity: float = 0.6) -> bytes:
    """The bundle as one zip. Nothing in it depends on the time, so the same trace gives the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files(trace, opacity=opacity):
            # PNG and npz are compressed already.
            kind = zipfile.ZIP_DEFLATED if name.endswith(".json") else zipfile.ZIP_STORED
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=kind)
    return buffer.getvalue()
