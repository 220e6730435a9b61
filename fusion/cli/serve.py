"""``python -m fusion serve``: the HTTP service without the page, and without what only the page needs."""

from __future__ import annotations

import argparse
import sys

from fusion.ui.launcher import add_address, wait_quietly


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``serve``."""
    add_address(parser)
    parser.add_argument("--engine", choices=("torch", "onnx"), help="default: torch where it is installed")
    parser.add_argument("--weights", metavar="W", help="folder or hub id of weights (default: those that ship)")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"), help="default: auto")


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted; returns the exit code."""
    wait_quietly()
    import uvicorn

    from fusion.emoji.catalog import Catalog
    from fusion.packs.kept import Kept
    from fusion.pipeline.runtimes import build_engine
    from fusion.service.app import build_service
    from fusion.service.stickers import Stickers
    from fusion.turns import PATIENCE, Turns
    from fusion.ui.doors import Doors, allowed_hosts
    from fusion.ui.patience import be_patient

    engine = build_engine(args.engine, args.weights, args.device)  # what is wrong with it is to be heard of here
    fusions = Turns(patience=PATIENCE)
    service = build_service(Stickers(lambda: engine, Catalog.default(), fusions, Kept.default()))
    print(f"Serving http://{args.host}:{args.port}/docs", file=sys.stderr)
    app = Doors(service, allowed_hosts(args.host, args.allow_host))
    config = uvicorn.Config(app, host=args.host, port=args.port, log_level="warning")
    be_patient(config)
    uvicorn.Server(config).run()
    return 0
