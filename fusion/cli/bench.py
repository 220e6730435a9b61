"""``python -m fusion bench``: what the networks cost.

Source: DESIGN section 6.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from typing import Any

import torch

from fusion.cli.options import add_roster
from fusion.errors import FusionError
from fusion.evaluation.bench import bench, time_teacher
from fusion.evaluation.bench_rows import BenchReport
from fusion.evaluation.engine_bench import time_engines
from fusion.model import PRESETS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``bench``."""
    listed: dict[str, Any] = {"type": words, "metavar": "A,B,..."}
    parser.add_argument("--presets", **listed, default=list(PRESETS), help="default: all")
    parser.add_argument("--devices", **listed, help="of cpu, cuda (default: what is there)")
    parser.add_argument("--sizes", **listed, default=["128", "256", "512"], help="pixels a side (default: 128,256,512)")
    parser.add_argument("--batches", **listed, default=["1", "16"], help="pairs at a time (default: 1,16)")
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="timed runs a case (default: 15)")
    parser.add_argument(
        "--longest", type=float, default=10.0, metavar="S", help="leave out cases that take longer (default: 10 s)"
    )
    parser.add_argument(
        "--teacher", type=int, default=0, metavar="N", help="also time the teacher: N pairs of the router's own mix"
    )
    parser.add_argument("--engines", action="store_true", help="also what torch and ONNX cost until the first fusion")
    add_roster(parser)
    parser.add_argument("--json", action="store_true", help="as JSON on stdout")


def words(text: str) -> list[str]:
    """A list separated by commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


def run(args: argparse.Namespace) -> int:
    """Measure and print; returns the exit code."""
    report = bench(
        args.presets,
        args.devices or (["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]),
        whole(args.sizes, "--sizes", step=16),
        whole(args.batches, "--batches"),
        rounds=max(args.rounds, 1),
        longest=args.longest,
    )
    if args.teacher > 0:
        report["teacher"] = [
            time_teacher(size, args.teacher, roster=args.roster) for size in whole(args.sizes, "--sizes", step=16)
        ]
    if args.engines:
        report["engines"] = time_engines(rounds=max(args.rounds, 1))
    if args.json:
        json.dump(report, sys.stdout, indent=1)
        print()
    else:
        print_report(report)
    return 0


def whole(texts: Iterable[str], option: str, step: int = 1) -> list[int]:
    """Texts as positive multiples of ``step``. Raises FusionError."""
    for word in texts:
        if not word.isdecimal() or int(word) < step or int(word) % step:
            kind = "whole numbers above zero" if step == 1 else f"multiples of {step}"
            raise FusionError(f"{option} takes {kind}, not {word!r}.")
    return [int(word) for word in texts]


def print_report(report: BenchReport) -> None:
    """The report as tables."""
    print(f"{'preset':16}{'device':8}{'size':>5}{'batch':>6}  {'acceleration':13}{'ms':>10}")
    for row in report["rows"]:
        facts = f"{row['preset']:16}{row['device']:8}{row['size']:5}{row['batch']:6}"
        print(f"{facts}  {row['acceleration']:13}{row['ms']:10.2f}")
    for what, rows in (("positional modules of", report["positional"]), ("names and a sentence for", report["words"])):
        for added in rows:
            print(
                f"{what} {added['preset']}, {added['device']}, {added['size']} px: "
                f"{added['adds_ms']:+.2f} ms ({added['adds_share']:+.1%})"
            )
    for skipped in report["skipped"]:
        case = f"{skipped['preset']}, {skipped['device']}, {skipped['size']} px x {skipped['batch']}"
        print(f"left out: {case}: {skipped['expected_s']} s")
    for engine in report.get("engines", []):
        print(
            f"engine {engine['engine']}: ready after {engine['ready_s']:.2f} s, first fusion after "
            f"{engine['first_fusion_s']:.2f} s ({engine['first_fusion_cpu_s']:.2f} s of processor time), "
            f"then {engine['ms']:.0f} ms, {engine['peak_mib']} MiB"
        )
    for painted in report.get("teacher", []):
        print(f"teacher, one core, {painted['size']} px: {painted['per_second']:.0f} targets a second")
    print(f"\n{'preset':16}{'parameters':>12}{'positional':>12}{'share':>8}{'G mult-adds':>13}{'peak MiB':>10}")
    for preset, cost in report["models"].items():
        share = cost["positional_parameters"] / cost["parameters"]
        print(
            f"{preset:16}{cost['parameters']:12,}{cost['positional_parameters']:12,}{share:8.2%}"
            f"{cost['multiply_adds'] / 1e9:13.2f}{max(cost['peak_memory_mib'].values()):10.1f}"
        )
