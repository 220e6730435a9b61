"""``python -m fusion export --to DIR`` and ``export --web DIR``."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from fusion.errors import FusionError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``export``."""
    parser.add_argument("--to", type=Path, metavar="DIR", help="folder for the ONNX graphs")
    parser.add_argument("--web", type=Path, metavar="DIR", help="folder for a page that needs no server; needs npm")
    parser.add_argument("--weights", metavar="W", help="folder or hub id of weights (default: those that ship)")
    parser.add_argument("--check", type=int, default=0, metavar="N", help="then compare N pairs with the network")


def run(args: argparse.Namespace) -> int:
    """Write the graphs or the page, and compare graphs with the network where that is asked for."""
    if args.to is None and args.web is None:
        raise FusionError("Name a folder for the graphs (--to DIR) or for the page (--web DIR).")
    if args.to is not None:
        write_graphs(args.to, args.weights)
        if args.check:
            from fusion.pipeline.engines.parity import parity

            print(parity(args.to, args.weights, args.check))
    if args.web is not None:
        write_web(args.web, args.to, args.weights)
    return 0


def write_graphs(folder: Path, weights: str | None) -> None:
    """The graphs of those weights."""
    from fusion.pipeline.engines.export_onnx import export_onnx

    export_onnx(folder, weights, progress=lambda graph: print(f"writing {graph}.onnx", flush=True))


def write_web(folder: Path, graphs: Path | None, weights: str | None) -> None:
    """The page of graphs that are there, or of such as are made for it."""
    from tqdm import tqdm

    from fusion.pipeline.engines.onnx_files import GraphsError, locate_graphs
    from fusion.web.packages import program
    from fusion.web.site import write_site

    for needed in ("npm", "node"):
        program(needed)  # said before anything else is made
    with tempfile.TemporaryDirectory() as scratch:
        try:
            found = locate_graphs(graphs or weights, None)
        except GraphsError:
            found = Path(scratch)
            write_graphs(found, weights)
        with tqdm(total=len(_catalog()), unit=" emoji", leave=False) as bar:
            size = write_site(folder, found, bar.update)
    print(
        f"{folder} is whole: {size / 1e6:.1f} MB; any web server can hand it out (python -m http.server -d {folder})."
    )


def _catalog() -> list[object]:
    """Every emoji that is to be drawn."""
    from fusion.emoji.catalog import Catalog

    return list(Catalog.default())
