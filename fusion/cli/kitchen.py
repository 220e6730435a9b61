"""``python -m fusion kitchen fetch|check``."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from fusion.files import write_beside
from fusion.kitchen.metadata import METADATA, KitchenError, read_metadata

if TYPE_CHECKING:
    from fusion.kitchen.fetch import Report


def positive(kind: Callable[[str], float]) -> Callable[[str], float]:
    """Argument type: a number above zero."""

    def number(text: str) -> float:
        value = kind(text)
        if not 0 < value < float("inf"):
            raise argparse.ArgumentTypeError(f"{text} is not above zero")
        return value

    return number


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The two subcommands and their options."""
    actions = parser.add_subparsers(dest="action", required=True)
    fetch = actions.add_parser("fetch", help="download the latest sticker of every pair, resumably")
    fetch.add_argument("--metadata", required=True, help="emoji-kitchen metadata.json: a file or an http(s) address")
    fetch.add_argument("--out", required=True, type=Path, help="folder for the stickers; a second run goes on there")
    fetch.add_argument("--limit", type=positive(int), help="only the first N pairs")
    fetch.add_argument("--concurrency", type=positive(int), default=6, help="requests at a time (default 6)")
    fetch.add_argument("--rate", type=positive(float), default=15.0, help="new requests a second (default 15)")
    fetch.add_argument("--timeout", type=positive(float), default=20.0, help="seconds without a byte (default 20)")
    fetch.add_argument("--tries", type=positive(int), default=5, help="tries a sticker (default 5)")
    fetch.add_argument(
        "--backoff", type=positive(float), default=1.0, help="first wait in seconds, doubles (default 1)"
    )
    fetch.add_argument("--refresh", action="store_true", help="ask for the metadata again although it is here")
    check = actions.add_parser("check", help="report missing, damaged and extra stickers")
    check.add_argument("--out", required=True, type=Path, help="folder of the stickers")
    check.add_argument("--metadata", type=Path, help="instead of the metadata.json in the folder")
    check.add_argument("--remove-damaged", action="store_true", help="so that the next fetch gets them again")
    check.add_argument("--json", action="store_true", help="the findings as JSON on stdout")


def run(args: argparse.Namespace) -> int:
    """Exit code 0: all is here. 1: something failed, is missing or damaged. 130: interrupted."""
    return run_fetch(args) if args.action == "fetch" else run_check(args)


def run_fetch(args: argparse.Namespace) -> int:
    """Metadata first, then whatever is not here yet; one process at a time in a folder."""
    from filelock import FileLock, Timeout
    from tqdm import tqdm

    from fusion.kitchen.download import RetryPolicy
    from fusion.kitchen.fetch import fetch_metadata, fetch_stickers

    remote = args.metadata.startswith(("http://", "https://"))
    if not remote:
        read_metadata(Path(args.metadata))  # a wrong file is refused before anything is written
    policy = RetryPolicy(args.concurrency, args.rate, args.timeout, args.tries, args.backoff)

    async def work() -> Report:
        if remote:
            path = await fetch_metadata(args.metadata, args.out, policy, args.refresh)
        else:
            path = keep_metadata(Path(args.metadata), args.out)
        stickers = read_metadata(path)[: args.limit]
        with tqdm(total=len(stickers), unit="sticker", disable=None) as bar:
            return await fetch_stickers(stickers, args.out, policy, bar.update)

    try:
        args.out.mkdir(parents=True, exist_ok=True)
        with FileLock(args.out / ".lock", timeout=0):
            report = asyncio.run(work())
    except Timeout:
        raise KitchenError(f"Another fetch is at work in {args.out}: wait for it or name another --out.") from None
    except OSError as error:
        raise KitchenError(f"{args.out} cannot be written ({error}): name another --out.") from None
    except KeyboardInterrupt:
        print("Interrupted. The same command goes on where it stopped.", file=sys.stderr)
        return 130
    summarise(report, args.out)
    return 1 if report.failed or report.untouched else 0


def keep_metadata(source: Path, folder: Path) -> Path:
    """A copy of ``source`` in ``folder``, which then explains itself."""
    target = folder / METADATA
    if not target.exists() or not target.samefile(source):
        with write_beside(target) as partial:
            shutil.copyfile(source, partial)
        target.with_name(target.name + ".source").unlink(missing_ok=True)
    return target


def summarise(report: Report, folder: Path) -> None:
    """What happened, in a few lines on stderr."""
    print(
        f"{report.wanted} stickers: {report.fetched} fetched ({report.received / 2**20:.1f} MiB), "
        f"{report.present} already here, {len(report.absent)} not on the server, "
        f"{len(report.failed)} failed, {report.untouched} not tried.",
        file=sys.stderr,
    )
    for reason, count in Counter(report.failed.values()).most_common():
        print(f"  {count} x {reason}", file=sys.stderr)
    if report.gave_up:
        print("Too many failures in a row: the server seems to be away. Run the same command later.", file=sys.stderr)
    if report.failed or report.absent:
        print(
            f"Listed in {folder / 'failures.json'}. Failed ones are tried again by the same command.", file=sys.stderr
        )


def run_check(args: argparse.Namespace) -> int:
    """Decode everything and say what is missing, damaged or extra."""
    from tqdm import tqdm

    from fusion.kitchen.folder import take_stock

    if not args.out.is_dir():
        raise KitchenError(f"There is no folder {args.out}: name the one that kitchen fetch wrote.")
    stickers = read_metadata(args.metadata or args.out / METADATA)
    stock = take_stock(args.out, stickers, lambda names, total: tqdm(names, total=total, unit="sticker", disable=None))
    if args.remove_damaged:
        for name in stock.damaged:
            (args.out / name).unlink(missing_ok=True)
    if args.json:
        print(json.dumps(dataclasses.asdict(stock) | {"complete": stock.complete}, indent=1))
        return 0 if stock.complete else 1
    print(
        f"{stock.wanted} stickers: {stock.whole} whole, {len(stock.missing)} missing, {len(stock.damaged)} damaged, "
        f"{len(stock.absent)} not on the server, {len(stock.extra)} extra files."
    )
    for title, names in (("missing", stock.missing), ("damaged", stock.damaged), ("extra", stock.extra)):
        for name in list(names)[:10]:
            print(f"  {title}: {name}" + (f": {stock.damaged[name]}" if title == "damaged" else ""))
        if len(names) > 10:
            print(f"  ... and {len(names) - 10} more {title} (--json lists all)")
    return 0 if stock.complete else 1
