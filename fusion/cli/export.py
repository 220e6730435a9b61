"""``python -m fusion export --to DIR``."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``export``."""
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="folder for the ONNX graphs")
    parser.add_argument("--weights", metavar="W", help="folder or hub id of weights (default: those that ship)")
    parser.add_argument("--check", type=int, default=0, metavar="N", help="then compare N pairs with the network")


def run(args: argparse.Namespace) -> int:
    """Write the graphs, and compare them with the network where that is asked for."""
    from fusion.pipeline.engines.export_onnx import export_onnx

    export_onnx(args.to, args.weights, progress=lambda graph: print(f"writing {graph}.onnx", flush=True))
    if args.check:
        from fusion.pipeline.engines.parity import parity

        print(parity(args.to, args.weights, args.check))
    return 0
