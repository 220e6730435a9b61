"""The public endpoints: few, typed, and the only ones that others script against. Their docstrings are the schema.

To add one, write a function whose first parameter is the ``Service`` and name it in ``ENDPOINTS``.

Source: DESIGN section 6 (``/fuse``).
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import MethodType
from typing import Any

import gradio as gr
from gradio import FileData
from gradio.processing_utils import save_bytes_to_cache
from gradio.utils import get_upload_folder

from fusion.errors import FusionError
from fusion.ui.backend import Backend
from fusion.ui.request import FuseRequest, RequestError, number
from fusion.ui.review import Review
from fusion.views.bundle import sticker_png
from fusion.views.summary import summary

CATALOG_LIMIT = 100


@dataclass(frozen=True)
class Service:
    """What the endpoints answer from."""

    backend: Backend
    review: Review


def fuse(
    service: Service,
    first: str | dict,
    second: str | dict,
    main: str | None = None,
    scale_h: float | None = None,
    scale_w: float | None = None,
    offset_y: float | None = None,
    offset_x: float | None = None,
    say: str | None = None,
) -> tuple[FileData, dict]:
    """Fuse two emoji into a transparent PNG.

    Args:
        first: an emoji, its codepoints ("1f600"), its name ("grinning face") or a picture:
            an uploaded file (``gradio_client.handle_file``) or a data URL.
        second: the other one, likewise.
        main: "first" or "second" forces the main subject; left out, the network decides.
        scale_h: height of the other emoji relative to its own, above 0 and up to 2. Left out, the network decides.
        scale_w: its width, likewise.
        offset_y: how far it is moved down, as a fraction of the canvas.
        offset_x: how far it is moved right, as a fraction of the canvas.
        say: how they are to be fused, in words such as "on its head, small"; for weights that read words.

    Returns:
        The sticker, and what ``python -m fusion fuse --json`` prints.
    """
    backend = service.backend
    try:
        asked = {"first": source(first), "second": source(second), "main": main or None, "say": say}
        request = FuseRequest.parse(asked, backend.presets)
        trace = backend.place(request, wanted(scale_h, scale_w, offset_y, offset_x))
        path = save_bytes_to_cache(sticker_png(trace), "sticker.png", cache_dir=get_upload_folder())
    except FusionError as error:
        raise gr.Error(str(error), print_exception=False) from None
    except OSError:
        raise gr.Error("The server could not write the sticker to its disk; try again later.") from None
    return FileData(path=path, mime_type="image/png").model_dump(), summary(trace)  # type: ignore[return-value]


def sticker(service: Service, first: str, second: str, main: str | None = None) -> FileData:
    """Fuse two emoji into a transparent PNG, and nothing besides: what tools for language models can show.

    Args:
        first: an emoji, its codepoints ("1f600") or its name ("grinning face").
        second: the other one, likewise.
        main: "first" or "second" forces the main subject; left out, the network decides.

    Returns:
        The sticker.
    """
    return fuse(service, first, second, main)[0]


def catalog(service: Service, text: str = "", limit: int = 20) -> list[dict]:
    """Search the emoji that can be fused.

    Args:
        text: words of a name or of keywords; empty lists the emoji in Unicode's order.
        limit: how many at most, up to 100.

    Returns:
        One object an emoji: key (codepoints), char, name, category.
    """
    emoji = service.backend.catalog
    try:
        limit = max(1, min(int(limit), CATALOG_LIMIT))
        text = text.strip()
    except (TypeError, ValueError, OverflowError, AttributeError):
        raise gr.Error("text is words and limit a whole number up to 100.", print_exception=False) from None
    found = emoji.search(text, limit) if text else list(emoji)[:limit]
    return [{"key": one.key, "char": one.char, "name": one.name, "category": one.category} for one in found]


def evaluate(service: Service, split: str = "pairs", limit: int = 50, preset: str | None = None) -> dict:
    """Measure how well a network aligns and paints pairs that it has never seen. Takes a while.

    Args:
        split: "pairs" (both emoji known, the pair is not), "emoji" (one emoji is not) or "style" (other art).
        limit: how many pairs, from 10 to 2000.
        preset: which network; left out, the page's first.

    Returns:
        What ``python -m fusion evaluate --json`` prints, without the perceptual distance.
    """
    review = service.review
    try:
        job = review.job(dict(review.evaluation_start({"split": split, "limit": limit, "preset": preset})))
        job.join()
        return dict(job.report())
    except FusionError as error:
        raise gr.Error(str(error), print_exception=False) from None


ENDPOINTS: tuple[Callable[..., Any], ...] = (fuse, sticker, catalog, evaluate)


def expose(service: Service) -> None:
    """Add the endpoints to the Blocks under construction."""
    for endpoint in ENDPOINTS:
        # Bound like a method, so that the published signature begins after the service.
        gr.api(MethodType(endpoint, service), api_name=endpoint.__name__)


def wanted(*layout: float | None) -> dict[int, float | None]:
    """The layout's four numbers by their index. Raises RequestError for what is no number."""
    try:
        return {index: None if value is None else number(value) for index, value in enumerate(layout)}
    except (TypeError, OverflowError) as error:
        raise RequestError("scale_h, scale_w, offset_y and offset_x are numbers or left out.") from error


def source(given: str | dict) -> str | dict:
    """Text for the catalog, or a picture as the page sends it. Raises RequestError for anything else."""
    if isinstance(given, str):
        return {"upload": given, "name": "picture"} if given.startswith("data:") else given
    # A NUL ends a path for the system and not for Python, which refuses to ask.
    named = isinstance(given, dict) and isinstance(given.get("path"), str) and "\0" not in given["path"]
    path = Path(given["path"]).resolve() if named and isinstance(given, dict) else None
    # Only what was uploaded here: a path of the client's own making must not open this machine's files.
    if path is None or not path.is_relative_to(Path(get_upload_folder()).resolve()) or not path.is_file():
        raise RequestError("first and second are an emoji, its codepoints, its name, an uploaded file or a data URL.")
    content = base64.b64encode(path.read_bytes()).decode("ascii")
    return {"upload": f"data:image/upload;base64,{content}", "name": given.get("orig_name") or "picture"}
