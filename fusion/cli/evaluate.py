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
from fusion.evaluation.captions import measure_captions, obeyed
from fusion.evaluation.evaluate import LIMIT, WORDS, run_evaluation, teacher_for
from fusion.evaluation.perceptual import load_perceptual
from fusion.evaluation.report import WORST, report, table
from fusion.evaluation.worst_sheet import write_worst_sheet
from fusion.model import DEFAULT_PRESET, FusionNet
from fusion.model.config import CHOICES
from fusion.model.weights import load_fusion_net


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``evaluate``."""
    add = parser.add_argument
    add("--split", choices=SPLITS, help="held-out pairs, held-out emoji, or pairs in another art style")
    add("--captions", action="store_true", help="how many sentences in held-out wordings are obeyed, by kind")
    add("--words", choices=WORDS, default="names", help="tell networks that read words what the emoji are called")
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
    if args.captions:
        return run_captions(args, net, size)
    if args.split is None:
        raise FusionError(f"Nothing to measure: choose --split, one of {', '.join(SPLITS)}, or --captions.")
    teacher = teacher_for(args.split, net.config.frame, args.roster or net.config.roster)
    perceptual = load_perceptual(required=False)
    measured = run_evaluation(
        args.split,
        net,
        args.limit,
        size=size,
        batch=args.batch,
        teacher=teacher,
        perceptual=perceptual,
        words=args.words,
    )
    rows = list(tqdm(measured, total=args.limit, desc=args.split, disable=args.quiet or None))
    result = report(rows)
    if args.sheet:
        write_worst_sheet(args.sheet, net, rows, teacher, size)
    described = {"split": args.split, "size": size, **result}
    print(json.dumps(described, indent=2) if args.json else table(result))
    return 0


def run_captions(args: argparse.Namespace, net: FusionNet, size: int) -> int:
    """Measure and print how many sentences are obeyed; returns the exit code."""
    split, roster = args.split or "pairs", args.roster or net.config.roster
    measured = measure_captions(
        net, split, args.limit, size=size, batch=args.batch, teacher=teacher_for(split, net.config.frame, roster)
    )
    result = obeyed(tqdm(measured, desc="captions", disable=args.quiet or None))
    if args.json:
        print(json.dumps({"split": split, "size": size, "obeyed": result}, indent=2))
        return 0
    for kind, share in result.items():
        print(f"{kind:10}{share['n']:8}{share['obeyed']:10.4f}{share['without']:10.4f} without the sentence")
    return 0
