"""The page: one HTML component that carries markup, style and scripts, and the functions they call.

The parts of the page run in the browser (``static/*.js``) and ask the server for JSON; that is one request a fusion
instead of a queue round trip for every picture.

Source: DESIGN section 7.
"""

from __future__ import annotations

import os

# Gradio reads this when it is imported: nothing is to leave the machine.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from fusion.emoji.catalog import Catalog
from fusion.errors import FusionError
from fusion.packs.kept import Kept
from fusion.service.app import YEAR, Beside, build_service
from fusion.service.stickers import Stickers
from fusion.turns import FUSIONS_WAITING, Busy, Turns
from fusion.ui import api, picker
from fusion.ui.atlas import Atlas
from fusion.ui.backend import Backend, Json
from fusion.ui.compare import Compare
from fusion.ui.corrector import Corrector
from fusion.ui.doors import guard
from fusion.ui.inspector import Inspector
from fusion.ui.opening import Opening
from fusion.ui.packed import Packed
from fusion.ui.packing import Packing
from fusion.ui.partners import Partners
from fusion.ui.patience import be_patient
from fusion.ui.review import Review
from fusion.ui.sweep import Sweep
from fusion.ui.vector import drawn

STATIC = Path(__file__).parent / "static"
STYLES = ("page.css", "tabs.css", "debugger.css", "corrections.css")
MARKUP = ("page.html", "debugger.html", "corrections.html")
SCRIPTS = (
    "base.js",
    "skeleton.js",
    "sprites.js",
    "layout.js",
    "search.js",
    "uploads.js",
    "state.js",
    "grid.js",
    "picker.js",
    "result.js",
    "pack.js",
    "sharp.js",
    "tabs.js",
    "place.js",
    "strip.js",
    "why.js",
    "plane.js",
    "zoom.js",
    "hand.js",
    "canvas.js",
    "takeover.js",
    "instances.js",
    "undo.js",
    "before.js",
    "sweep.js",
    "browse.js",
    "copyas.js",
    "say.js",
    "corrections.js",
    "called.js",
    "thumbs.js",
    "sheet.js",
    "near.js",
    "failures.js",
    "against.js",
    "queue.js",
    "compare.js",
)
"""In the order in which they are run: those that others use come first."""
SYSTEM_FONT = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")

VIEWS_WAITING = 12
"""Strips and the like that may wait: no more than traces are kept, or what they show would have to be fused again."""
STICKERS_FIRST = 0.6
"""Seconds for which strips let stickers pass, all that wait together: who waits for a sticker sees nothing yet."""
REPORTS_WAITING = 16
"""Tables, charts and zips of evaluations that may wait."""
PACKS_WAITING = 4
"""Sticker packs that may wait: each takes as long as thirty fusions."""

Answer = Callable[[Json], Mapping[str, Any]]
"""A question of the page, and its answer: both JSON."""


def head() -> str:
    """Style and scripts for the document's head, inlined: one request, and no path of this machine on the page."""
    style, scripts = (
        "\n".join((STATIC / name).read_text(encoding="utf-8") for name in names) for names in (STYLES, SCRIPTS)
    )
    return f"<style>{style}</style>\n<script>{scripts}</script>"


def markup() -> str:
    """The page's elements: the frame, with the other files' templates inside it."""
    frame, *rest = ((STATIC / name).read_text(encoding="utf-8") for name in MARKUP)
    body, end, _ = frame.rpartition("</div>")
    return body + "".join(rest) + end


def sheet_address() -> str:
    """Folder of the picker's pictures: another address for each version, which may be kept for good."""
    return f"picker/{max(int(path.stat().st_mtime) for path in picker.SHEETS.iterdir()):x}"


async def sheet(request: Request) -> Response:
    """One sheet of the picker's pictures."""
    path = picker.SHEETS / f"{request.path_params['number']}.webp"
    if not path.is_file():
        return Response(status_code=404)
    return FileResponse(path, headers={"Cache-Control": f"public, max-age={YEAR}, immutable"})


def server_functions(
    backend: Backend, review: Review, fusions: Turns, kept: Kept | None = None
) -> list[Callable[[Json], Any]]:
    """The answers that the scripts may ask for, under the names by which they call them: one entry an answer."""
    views, reports = Turns(VIEWS_WAITING, "views"), Turns(REPORTS_WAITING, "reports")
    inspector = Inspector(backend)
    corrector, atlas = Corrector(backend), Atlas(review)
    runs: list[Answer] = [review.evaluation_runs, review.evaluation_poll, review.evaluation_cancel]
    runs += [review.evaluation_delete, corrector.corrections_read]
    lines: list[tuple[Turns | None, list[Answer]]] = [
        (None, [backend.contract, backend.catalogue, backend.drawing, *runs]),
        (fusions, [backend.fuse, backend.sticker, Sweep(backend).sweep, Compare(backend).compared]),
        (fusions, [review.thumbnail, corrector.correction]),
        # Of a fusion that was just shown: its trace is kept, so nothing is fused again.
        (views, [backend.stages, backend.explain, backend.parts, backend.bundle, inspector.plane, inspector.read]),
        (Turns(PACKS_WAITING, "packs"), [Packing(backend, kept).pack]),
        (reports, [drawn, Partners(backend).partners]),
        (reports, [review.evaluation_start, review.evaluation_charts, review.evaluation_compared]),
        (reports, [review.evaluation_csv, review.evaluation_worst, atlas.evaluation_map, atlas.evaluation_near]),
    ]
    return [
        guarded(answer) if turns is None else queued(after(fusions, answer, views) if turns is views else answer, turns)
        for turns, group in lines
        for answer in group
    ]


def after(fusions: Turns, answer: Answer, turns: Turns) -> Answer:
    """``answer`` that begins when no fusion is under way, or after its share of ``STICKERS_FIRST``.

    They share the same cores. ``turns``: where the others wait that have to do with the same seconds.
    """

    def call(data: Json) -> Mapping[str, Any]:
        fusions.idle(STICKERS_FIRST / max(turns.open, 1))
        return answer(data)

    call.__name__ = answer.__name__
    return call


def guarded(answer: Answer) -> Answer:
    """``answer`` with errors for people turned into ``{"error": sentence}``; others stay errors."""

    def call(data: Json) -> Mapping[str, Any]:
        try:
            return answer(data)
        except FusionError as error:
            return {"error": str(error)}

    # Gradio offers a server function to the scripts under its own name.
    call.__name__ = answer.__name__
    return call


def queued(answer: Answer, turns: Turns) -> Callable[[Json], Awaitable[Mapping[str, Any]]]:
    """``guarded(answer)`` that waits in ``turns`` instead of in one of Gradio's threads, which others need."""

    async def call(data: Json) -> Mapping[str, Any]:
        try:
            return await turns.run(partial(guarded(answer), data))
        except Busy as error:
            return {"error": str(error), "busy": True}

    call.__name__ = answer.__name__
    return call


def build_page(
    backend: Backend, review: Review | None = None, fusions: Turns | None = None, kept: Kept | None = None
) -> gr.Blocks:
    """The application, ready for ``launch_page``. ``review``: with another evaluator than the project's own.

    ``fusions``: where they wait for each other, if others than the page's wait there too. ``kept``: stickers on the
    disk, which packs take.
    """
    review, fusions = review or Review.default(backend), fusions or Turns()
    review.failures.first = fusions
    with gr.Blocks(title="Emoji Fusion") as page:
        gr.HTML(
            html_template=markup(),
            js_on_load=f"EF.mount(element, server, '{sheet_address()}')",
            server_functions=server_functions(backend, review, fusions, kept),
            apply_default_css=False,
            elem_id="emoji-fusion",
        )
        api.expose(api.Service(backend, review))
    # Calls of the endpoints wait here, one at a time each; beyond that they are told that the queue is full.
    return page.queue(max_size=FUSIONS_WAITING, default_concurrency_limit=1)


def service_of(backend: Backend, fusions: Turns, kept: Kept) -> ASGIApp:
    """The page's network for other programs (``fusion.service``). ``kept``: stickers on the disk."""
    return build_service(Stickers(lambda: backend.fuser(backend.presets[0]), backend.catalog, fusions, kept))


def launch_page(page: gr.Blocks, service: ASGIApp, hosts: Sequence[str] = (), **options: Any) -> None:
    """Launch without footer, run history or telemetry; ``options`` as for ``Blocks.launch``.

    ``service``: what is served beside the page. ``hosts``: names under which both may be asked for besides
    ``server_name`` and this machine's own.
    """
    doors = guard(options.get("server_name") or "localhost", hosts)
    middleware = [doors, Middleware(Beside, service=service), Middleware(Packed)]
    middleware.append(Middleware(Opening, catalog=Catalog.default()))
    theme = gr.themes.Base(primary_hue="teal", font=SYSTEM_FONT, font_mono=("ui-monospace", "monospace"))
    settings: dict[str, Any] = {
        "theme": theme,
        "head": head(),
        "footer_links": [],
        "run_history": False,
        "enable_monitoring": False,
        "app_kwargs": {"middleware": middleware, "routes": [Route("/picker/{version}/{number:int}.webp", sheet)]},
    }
    # Tools for language models are an optional extra of gradio; without it the page works all the same.
    settings["mcp_server"] = find_spec("mcp") is not None
    settings |= {"ssr_mode": False, "pwa": False, "max_file_size": "8mb", "prevent_thread_lock": True}
    waits = not options.pop("prevent_thread_lock", False)
    page.launch(**settings, **options)
    be_patient(page.server.config)  # the framework has no setting for it
    if waits:
        page.block_thread()
