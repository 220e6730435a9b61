"""``python -m fusion evaluate``: measure a network on pairs it has never seen.

Source: DESIGN section 6.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tqdm import tqdm

from fusion.cli.options import counted
from fusion.data.splits import SPLITS
from fusion.errors import FusionError
from fusion.evaluation.evaluate import LIMIT, run_evaluation, teacher_for
from fusion.evaluation.perceptual import load_perceptual
from fusion.evaluation.report import WORST, report, table
from fusion.evaluation.worst_sheet import write_worst_sheet
from fusion.model import DEFAULT_PRESET
from fusion.model.config import CHOICES
from fusion.model.weights import load_fusion_net


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``evaluate``."""
    add = parser.add_argument
    add("--split", required=True, choices=SPLITS, help="held-out pairs, held-out emoji, or pairs in another art style")
    add("--limit", type=int, default=LIMIT, metavar="N", help="how many pairs")
    add("--json", action="store_true", help="the whole report as JSON on stdout")
    add("--weights", metavar="W", help="a folder or hub id (default: what ships)")
    add("--preset", default=DEFAULT_PRESET, help="whose shipped weights")
    add("--size", type=int, help="side of the pictures in pixels (default: the network's)")
    add("--sheet", type=Path, metavar="PNG", help=f"also draw the worst {WORST} pairs")
    add("--roster", choices=CHOICES["roster"], help="whose recipes are the truth (default: what the network learned)")
    add("--batch", type=counted, default=8, metavar="B", help="pairs at a time (default: 8)")
    add("--quiet", action="store_true", help="no progress bar")


def run(args: argparse.Namespace) -> int:
    """Evaluate, print the table or the JSON, draw the sheet; returns the exit code."""
    if args.limit < 1:
        raise FusionError(f"--limit is {args.limit}: give how many pairs to look at, at least 1.")
    net = load_fusion_net(args.weights, args.preset)
    size = args.size or net.config.size
    if size % 16 or size < 32:
        raise FusionError(f"The size {size} does not work: choose a multiple of 16, at least 32.")
    teacher = teacher_for(args.split, net.config.frame, args.roster or net.config.roster)
    perceptual = load_perceptual(required=False)
    measured = run_evaluation(
        args.split, net, args.limit, size=size, batch=args.batch, teacher=teacher, perceptual=perceptual
    )
    rows = list(tqdm(measured, total=args.limit, desc=args.split, disable=args.quiet or None))
    result = {"split": args.split, "size": size} | report(rows)
    if args.sheet:
        write_worst_sheet(args.sheet, net, rows, teacher, size)
    print(json.dumps(result, indent=2) if args.json else table(result))
    return 0
