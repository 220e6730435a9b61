"""``python -m fusion evaluate``: measure a network on pairs it has never seen, or on a person's corrections.

Source: DESIGN section 6.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tqdm import tqdm

from fusion.cli.options import counted
from fusion.corrections import merged, write_corrections
from fusion.data.art_styles import TEST_STYLE
from fusion.data.corrections import corrected_pairs
from fusion.data.splits import SPLITS
from fusion.emoji.catalog import Catalog
from fusion.errors import FusionError
from fusion.evaluation.captions import measure_captions, obeyed
from fusion.evaluation.corrections import case_report, case_table, failures_as_corrections, measure_corrections
from fusion.evaluation.evaluate import LIMIT, WORDS, run_evaluation, teacher_for
from fusion.evaluation.perceptual import load_perceptual
from fusion.evaluation.report import WORST, Row, report, table
from fusion.evaluation.report_file import SavedReport, write_report
from fusion.evaluation.words import KINDS, Told, joined, measure_words, weights_for, words_report, words_table
from fusion.evaluation.worst_sheet import write_worst_sheet
from fusion.model import DEFAULT_PRESET, FusionNet
from fusion.model.config import CHOICES
from fusion.model.weights import load_fusion_net, locate_weights, weights_hash

EACH = "each"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``evaluate``."""
    add = parser.add_argument
    add("--split", choices=SPLITS, help="held-out pairs, held-out emoji, or pairs in another art style")
    add("--captions", action="store_true", help="how many sentences in held-out wordings are obeyed, by kind")
    add("--known-wordings", action="store_true", help="--captions in wordings that training draws, instead")
    add("--dyes", action="store_true", help="--captions also asks for recipes with a dyed main subject (train --dyes)")
    add("--corrections", type=Path, metavar="FILE", help="how many of a person's corrections hold, each listed")
    add(
        "--words",
        choices=(*WORDS, EACH),
        default=WORDS[0],
        help="what networks that read words are told of the emoji: names and keywords (full, the default), names "
        f"alone, or nothing; {EACH}: a table of all three, of every split where --split names none, another style's "
        "pictures also as uploads; nothing is painted",
    )
    add("--limit", type=int, default=LIMIT, metavar="N", help="how many pairs")
    add("--json", action="store_true", help="the whole report as JSON on stdout")
    add("--weights", metavar="W", help="a folder or hub id (default: what ships)")
    add("--preset", default=DEFAULT_PRESET, help="whose shipped weights")
    add("--size", type=int, help="side of the pictures in pixels (default: the network's)")
    add("--sheet", type=Path, metavar="PNG", help=f"also draw the worst {WORST} pairs")
    add("--report", type=Path, metavar="FILE", help="also keep the report with all its rows, as .json or .json.gz")
    add(
        "--keep-failures",
        nargs=2,
        metavar=("N", "FILE"),
        help="also write the first N failures of the layout as corrections, with the teacher's answer",
    )
    add("--roster", choices=CHOICES["roster"], help="whose recipes are the truth (default: what the network learned)")
    add("--batch", type=counted, default=8, metavar="B", help="pairs at a time (default: 8)")
    add("--quiet", action="store_true", help="no progress bar")


def run(args: argparse.Namespace) -> int:
    """Evaluate, print the table or the JSON, write what else is wanted; returns the exit code."""
    if args.limit < 1:
        raise FusionError(f"--limit is {args.limit}: give how many pairs to look at, at least 1.")
    check_keeping(args)
    check_words(args)
    net = load_fusion_net(args.weights, args.preset)
    size = args.size or net.config.size
    if size % 16 or size < 32:
        raise FusionError(f"The size {size} does not work: choose a multiple of 16, at least 32.")
    if args.words == EACH:
        return run_words(args, size)
    if args.captions:
        return run_captions(args, net, size)
    if args.corrections:
        return run_corrections(args, net, size)
    if args.split is None:
        raise FusionError(
            f"Nothing to measure: choose --split, one of {', '.join(SPLITS)}, or --captions or --corrections."
        )
    rows = measured_rows(args, net, size)
    result = report(rows)
    keep(args, net, rows, size)
    described = {"split": args.split, "size": size, **result}
    print(json.dumps(described, indent=2) if args.json else table(result))
    return 0


def check_keeping(args: argparse.Namespace) -> None:
    """Refuse now what could not be written after the measuring."""
    if args.keep_failures and args.split not in ("pairs", "emoji"):
        raise FusionError("--keep-failures needs --split pairs or emoji: of another style nobody has the pictures.")
    if args.keep_failures and not (args.keep_failures[0].isdecimal() and int(args.keep_failures[0]) > 0):
        raise FusionError(f"--keep-failures {args.keep_failures[0]!r}: give how many, then the file.")


def check_words(args: argparse.Namespace) -> None:
    """Refuse --words each beside what it does not do."""
    beside = ("captions", "corrections", "sheet", "report", "keep_failures")
    if args.words == EACH and (given := [name for name in beside if getattr(args, name)]):
        raise FusionError(f"--words {EACH} prints a table and nothing else: leave out --{given[0].replace('_', '-')}.")


def measured_rows(args: argparse.Namespace, net: FusionNet, size: int) -> list[Row]:
    """All rows of the split."""
    measured = run_evaluation(
        args.split,
        net,
        args.limit,
        size=size,
        batch=args.batch,
        teacher=teacher_for(args.split, net.config.frame, args.roster or net.config.roster),
        perceptual=load_perceptual(required=False),
        words=args.words,
    )
    return list(tqdm(measured, total=args.limit, desc=args.split, disable=args.quiet or None))


def keep(args: argparse.Namespace, net: FusionNet, rows: list[Row], size: int) -> None:
    """Write the sheet, the report and the failures, those that are wanted."""
    roster = args.roster or net.config.roster
    teacher = teacher_for(args.split, net.config.frame, roster)
    folder = locate_weights(args.weights, args.preset)
    if args.sheet:
        write_worst_sheet(args.sheet, net, rows, teacher, size)
    if args.report:
        about = SavedReport(args.split, size, net.config.preset, folder.name, weights_hash(folder), roster, rows)
        write_report(args.report, about)
    if args.keep_failures:
        count, path = int(args.keep_failures[0]), Path(args.keep_failures[1])
        write_corrections(path, merged((), failures_as_corrections(rows, teacher, count, weights_hash(folder))))


def run_corrections(args: argparse.Namespace, net: FusionNet, size: int) -> int:
    """Measure and print which corrections hold; returns the exit code."""
    teacher = teacher_for("pairs", net.config.frame, args.roster or net.config.roster)
    pairs = corrected_pairs(args.corrections, teacher)
    measured = measure_corrections(net, pairs, size, args.batch, args.words != "none")
    found = list(tqdm(measured, total=len(pairs.pairs), desc="corrections", disable=args.quiet or None))
    print(json.dumps(case_report(found), indent=2) if args.json else case_table(found, called))
    return 0


def called(key: str) -> str:
    """What people call an emoji; the key of a picture as it is."""
    catalog = Catalog.default()
    return catalog[key].name if key in catalog else key[:19]


def run_words(args: argparse.Namespace, size: int) -> int:
    """Measure and print every split, or one, with and without words; returns the exit code."""
    kinds = [kind for kind in KINDS if args.split in (None, kind.split)]
    if any(kind.split == "style" for kind in kinds):
        Catalog.style_path(TEST_STYLE)  # what is not there is said before the measuring
    measured: list[Told] = []
    for kind in kinds:
        folder = weights_for(kind, args.weights, args.preset)
        net = load_fusion_net(folder)
        teacher = kind.teacher(net.config.frame, args.roster or net.config.roster)
        batches = measure_words(net, kind, args.limit, size=size, batch=args.batch, teacher=teacher)
        total = -(-args.limit // args.batch)
        measured += joined(kind, folder.name, tqdm(batches, total=total, desc=kind.title, disable=args.quiet or None))
    result = words_report(measured)
    print(json.dumps({"size": size, "words": result}, indent=2) if args.json else words_table(result))
    return 0


def run_captions(args: argparse.Namespace, net: FusionNet, size: int) -> int:
    """Measure and print how many sentences are obeyed; returns the exit code."""
    split, roster = args.split or "pairs", args.roster or net.config.roster
    teacher = teacher_for(split, net.config.frame, roster)
    teacher.dyes = args.dyes
    held_out = not args.known_wordings
    measured = measure_captions(net, split, args.limit, size=size, batch=args.batch, teacher=teacher, held_out=held_out)
    result = obeyed(tqdm(measured, desc="captions", disable=args.quiet or None))
    if args.json:
        print(json.dumps({"split": split, "size": size, "obeyed": result}, indent=2))
        return 0
    for kind, share in result.items():
        print(f"{kind:10}{share['n']:8}{share['obeyed']:10.4f}{share['without']:10.4f} without the sentence")
    return 0
