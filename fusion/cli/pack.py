"""``python -m fusion pack EMOJI... --with EMOJI... --for SERVICE -o DIR``."""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from pathlib import Path

from fusion.cli.options import counted
from fusion.packs.services import SERVICES, PackError, Service

SIZES = range(64, 1025, 16)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``pack``."""
    parser.add_argument("emoji", nargs="+", metavar="EMOJI", help="emoji, their names, 'popular' or 'all'")
    parser.add_argument(
        "--with",
        nargs="+",
        dest="others",
        default=[],
        metavar="EMOJI",
        help="fuse each of them with these (default: with each other)",
    )
    parser.add_argument("--for", dest="service", choices=SERVICES, default="files", help="default: files")
    parser.add_argument(
        "-o", "--out", type=Path, required=True, metavar="DIR", help="folder; a second run goes on there"
    )
    parser.add_argument("--title", help="of the pack (default: Emoji Fusion and the emoji)")
    parser.add_argument("--limit", type=counted, metavar="N", help="only the first N pairs")
    parser.add_argument("--size", type=counted, metavar="S", help="pixels a side, for files only (default: 256)")
    parser.add_argument("--webp", action="store_true", help="WebP instead of PNG, for files only")
    parser.add_argument("--tar", action="store_true", help="tar shards instead of single files, for files only")
    parser.add_argument("--batch", type=counted, default=8, metavar="B", help="pairs at once (default: 8)")
    parser.add_argument("--engine", choices=("torch", "onnx"), help="default: torch where it is installed")
    parser.add_argument("--weights", metavar="W", help="folder or hub id of weights (default: those that ship)")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"), help="default: auto")


def service_of(args: argparse.Namespace) -> Service:
    """The rules of the service, with what may be chosen for plain files. Raises PackError."""
    service = SERVICES[args.service]
    if service.name != "files":
        if args.size or args.webp or args.tar:
            raise PackError(f"{service.title} fixes size and format; leave out --size, --webp and --tar.")
        return service
    side = args.size or service.sticker.side
    if side not in SIZES:
        raise PackError(f"The size cannot be {side}; it is a multiple of 16 from {SIZES[0]} to {SIZES[-1]}.")
    picture = dataclasses.replace(service.sticker, side=side, format="WEBP" if args.webp else "PNG")
    return dataclasses.replace(service, sticker=picture)


def run(args: argparse.Namespace) -> int:
    """Make the pack, or go on with it, and check it; returns the exit code."""
    from tqdm import tqdm

    from fusion.emoji.catalog import Catalog
    from fusion.packs.check import check_pack
    from fusion.packs.choice import choose_pairs
    from fusion.packs.folder import make_pack
    from fusion.packs.kept import Kept
    from fusion.packs.shards import make_shards, rank_and_world
    from fusion.pipeline.runtimes import build_engine

    service, (_, world) = service_of(args), rank_and_world()
    if world > 1 and not args.tar:
        raise PackError("Several processes can only share tar shards; add --tar, or start one process.")
    pairs = choose_pairs(args.emoji, args.others, Catalog.default())[: args.limit]
    engine = build_engine(args.engine, args.weights, args.device)
    title = args.title or f"Emoji Fusion {' '.join(dict.fromkeys(first.name for first, _ in pairs[:2]))}"[:60]
    start = time.perf_counter()
    with tqdm(total=len(pairs) // world, unit="sticker", disable=None) as bar:
        if args.tar:
            make_shards(engine, service, pairs, args.out, bar.update, args.batch)
        else:
            make_pack(engine, service, pairs, args.out, title, bar.update, Kept.default())
    if not args.tar:
        check_pack(args.out, service)
    seconds = time.perf_counter() - start
    print(f"{len(pairs)} stickers for {service.title} in {args.out}, {seconds:.0f} s", file=sys.stderr)
    return 0
