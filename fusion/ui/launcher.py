"""From the command line to a running page."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING

from fusion.errors import FusionError
from fusion.interrupts import one_sentence
from fusion.ui.heaps import bound_memory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fusion.ui.backend import Backend
    from fusion.ui.fusers import MakeFuser

DEFAULT_PORT = 7860
KEPT_BYTES = 240 * 2**20
"""Bytes of everything that is kept to be quick: drawn emoji, features, layouts, targets and traces of all presets."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``app.py``, which are those of ``python -m fusion app``."""
    add_address(parser)
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"), help="default: %(default)s")
    parser.add_argument("--weights", metavar="PATH_OR_HUB_ID", help="weights of your own instead of the shipped ones")


def add_address(parser: argparse.ArgumentParser) -> None:
    """``--host``, ``--port`` and ``--allow-host``."""
    # Gradio's own variables are what Spaces and containers set.
    parser.add_argument(
        "--host", default=os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"), help="default: %(default)s"
    )
    # Not read as a number here: argparse checks a default that is text as it checks what is typed.
    port = os.environ.get("GRADIO_SERVER_PORT") or str(DEFAULT_PORT)
    parser.add_argument("--port", type=port_number, default=port, help="default: %(default)s")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a name under which it may be reached besides --host and localhost; again for more",
    )


def port_number(text: str) -> int:
    """Argument type: a port that can be served on."""
    if not text.isdecimal() or not 0 < int(text[:6]) < 65536:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is no port; it is a number from 1 to 65535")
    return int(text)


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options, from ``arguments`` or the command line."""
    parser = argparse.ArgumentParser(prog="app.py", description="Two emoji in, one new emoji out, in the browser.")
    add_arguments(parser)
    return parser.parse_args(arguments)


def readers(presets: Iterable[str], spare: Iterable[str], weights: str | None) -> list[str]:
    """Those of the weights that read words. ``weights``: a person's own, which stand for the first preset."""
    from fusion.model.weights import CONFIG_FILE, WEIGHTS_FOLDER, locate_weights, read_config

    first, *others = presets
    folders = {name: WEIGHTS_FOLDER / name for name in (first, *others, *spare)}
    if weights is not None:
        folders[first] = locate_weights(weights)
    with contextlib.suppress(FusionError):  # damaged settings are told when the weights are loaded
        return [name for name, folder in folders.items() if read_config(folder / CONFIG_FILE).words]
    return []


def build_backend(device: str = "auto", weights: str | None = None) -> Backend:
    """A backend with one fuser for each preset that has weights; ``weights`` come first and take their preset's place.

    Raises FusionError when the named weights or the device cannot be used.
    """
    from fusion.cache import Budget
    from fusion.emoji.catalog import Catalog
    from fusion.model import DEFAULT_PRESET
    from fusion.model.weights import WEIGHTS_FOLDER, available_weights
    from fusion.pipeline.fuser import Fuser
    from fusion.ui.backend import Backend
    from fusion.ui.fusers import HELD_OUT

    catalog, budget = Catalog.default(), Budget(KEPT_BYTES)

    # Without any weights the page still opens, and its first answer says what is missing.
    fusers: dict[str, MakeFuser] = {
        preset: partial(Fuser, None, device, preset, catalog=catalog, budget=budget)
        for preset in available_weights() or [DEFAULT_PRESET]
    }
    # Weights that have not seen the held-out emoji lie beside those of their preset; they are there to measure.
    spare: dict[str, MakeFuser] = {
        f"{preset}{HELD_OUT}": partial(Fuser, folder, device, preset, catalog=catalog, budget=budget)
        for preset in fusers
        if (folder := WEIGHTS_FOLDER / f"{preset}{HELD_OUT}").is_dir()
    }
    named = dict.fromkeys(fusers) | {name: WEIGHTS_FOLDER / name for name in spare}
    if weights:
        own = Fuser(weights, device, catalog=catalog, budget=budget)
        fusers = {own.preset: lambda: own} | {name: make for name, make in fusers.items() if name != own.preset}
        # Of those it is not known what they have seen, and the shipped ones must not answer in their place.
        spare.pop(f"{own.preset}{HELD_OUT}", None)
        named[own.preset] = weights

    def styled(preset: str, style: str) -> Fuser:
        return Fuser(named[preset], device, preset.removesuffix(HELD_OUT), catalog=Catalog.style(style), budget=budget)

    return Backend(catalog, fusers, spare, styled, budget, readers=readers(fusers, spare, weights))


def wait_quietly() -> None:
    """Have torch's threads sleep while they wait for each other, unless the environment says how. Before torch only.

    They spin otherwise, for milliseconds after each layer: on cores that others need as well (strips, evaluations,
    other programs) a fusion then takes two to three times the computing time.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")


def serve(options: argparse.Namespace) -> None:
    """Serve the page until interrupted. Raises FusionError for weights, a device or a port that cannot be used."""
    bound_memory()
    wait_quietly()
    from fusion.ui.lent_gpu import LENDS  # before torch: there it has to be told of GPUs that are lent by the call

    if LENDS and options.device == "auto":
        options.device = "cpu"
    from fusion.recipes.kept import keep_few

    keep_few()
    backend = build_backend(options.device, options.weights)
    # The first visitor should not wait for weights to load: that happens while the server starts.
    threading.Thread(target=backend.warm, daemon=True).start()
    from fusion.packs.kept import Kept
    from fusion.turns import PATIENCE, Turns
    from fusion.ui.page import build_page, launch_page, service_of
    from fusion.ui.uploads import own_folder

    fusions = Turns(patience=PATIENCE)
    with own_folder():
        kept = Kept.default()
        page, service = build_page(backend, fusions=fusions, kept=kept), service_of(backend, fusions, kept)
        try:
            launch_page(page, service, options.allow_host, server_name=options.host, server_port=options.port)
        except OSError as error:
            raise FusionError(f"Port {options.port} cannot be used ({error}); choose another with --port.") from error


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted. Exits with code 2 and one sentence when that cannot work."""
    with one_sentence():
        try:
            serve(parse(arguments))
        except FusionError as error:
            print(error, file=sys.stderr)
            raise SystemExit(2) from None
