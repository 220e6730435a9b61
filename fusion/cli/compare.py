"""``python -m fusion compare``: two networks, or two reports, over the same pairs.

Source: DESIGN section 6.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from fusion.cli.options import counted
from fusion.corrections import Correction, read_corrections
from fusion.data.splits import SPLITS
from fusion.errors import FusionError
from fusion.evaluation.comparison import compare_reports, comparison_table
from fusion.evaluation.evaluate import LIMIT, run_evaluation, teacher_for
from fusion.evaluation.report_file import SavedReport, is_report, read_report
from fusion.model.config import CHOICES
from fusion.model.weights import load_fusion_net, locate_weights, weights_hash


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``compare``."""
    add = parser.add_argument
    what = "a folder or hub id of weights, or a report (evaluate --report)"
    add("before", metavar="A", help=what)
    add("after", metavar="B", help=what)
    add("--split", choices=SPLITS, help="over which pairs (default: a report's, else pairs)")
    add("--limit", type=counted, default=LIMIT, metavar="N", help="how many pairs")
    add("--size", type=int, help="side of the pictures in pixels (default: the network's)")
    add("--roster", choices=CHOICES["roster"], help="whose recipes are the truth (default: what B learned)")
    add("--without", type=Path, metavar="FILE", help="leave out the pairs of these corrections: what of the others?")
    add("--batch", type=counted, default=8, metavar="B", help="pairs at a time (default: 8)")
    add("--json", action="store_true", help="the whole comparison as JSON on stdout")
    add("--quiet", action="store_true", help="no progress bar")


def run(args: argparse.Namespace) -> int:
    """Measure what is no report yet, compare, print; returns the exit code."""
    given = {what: read_report(what) for what in (args.before, args.after) if is_report(what)}
    split = args.split or next((one.split for one in given.values()), "pairs")
    roster = args.roster or next((one.roster for one in given.values()), None) or learned(args.after)
    before, after = (given.get(what) or measured(args, what, split, roster) for what in (args.before, args.after))
    if args.without:
        before, after = (without(one, read_corrections(args.without)) for one in (before, after))
    result = compare_reports(before, after)
    print(json.dumps(result, indent=2, ensure_ascii=False) if args.json else comparison_table(result))
    return 0


def without(saved: SavedReport, corrections: Sequence[Correction]) -> SavedReport:
    """The report over the pairs that nobody corrected, in either order."""
    corrected = {frozenset(one.pair) for one in corrections}
    return replace(saved, rows=[row for row in saved.rows if frozenset((row.first, row.second)) not in corrected])


def learned(weights: str) -> str:
    """Whose recipes a network learned: the truth must be one for both."""
    return load_fusion_net(weights).config.roster


def measured(args: argparse.Namespace, weights: str, split: str, roster: str) -> SavedReport:
    """The report of a network over the split. Raises FusionError."""
    net, folder = load_fusion_net(weights), locate_weights(weights)
    size = args.size or net.config.size
    if size % 16 or size < 32:
        raise FusionError(f"The size {size} does not work: choose a multiple of 16, at least 32.")
    teacher = teacher_for(split, net.config.frame, roster)
    rows = run_evaluation(split, net, args.limit, size=size, batch=args.batch, teacher=teacher)
    found = list(tqdm(rows, total=args.limit, desc=weights, disable=args.quiet or None))
    return SavedReport(split, size, net.config.preset, folder.name, weights_hash(folder), roster, found)
