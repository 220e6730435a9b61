"""``python -m fusion attention``: does the attention raise the non-main and lower the main subject?"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from torch import Tensor

from fusion.cli.options import counted
from fusion.data.batch import collate
from fusion.evaluation.attention_contrast import attention_contrast
from fusion.evaluation.evaluate import evaluation_pairs, teacher_for
from fusion.model import DEFAULT_PRESET, PRESETS, FusionNet, build_fusion_net
from fusion.model.weights import available_weights, load_fusion_net

SPLIT, BATCH = "pairs", 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``attention``."""
    parser.add_argument("--preset", choices=PRESETS, help="one preset only (default: all that have weights)")
    parser.add_argument("--weights", help="a folder or hub id instead of what ships")
    parser.add_argument("--limit", type=counted, default=200, metavar="N", help="how many held-out pairs")
    parser.add_argument("--size", type=counted, default=128, help="side of the pictures in pixels")


def run(args: argparse.Namespace) -> int:
    """Measure each wanted preset and print one JSON object a line; returns the exit code."""
    names = [args.preset] if args.preset else list(available_weights()) if args.weights is None else [DEFAULT_PRESET]
    for name in names:
        trained = args.weights is not None or name in available_weights()
        net = load_fusion_net(args.weights, name) if trained else build_fusion_net(name).eval()
        found = attention_contrast(net, held_out_pictures(net, args.limit, args.size))
        print(json.dumps({"preset": net.config.preset, "trained": trained} | found))
    return 0


def held_out_pictures(net: FusionNet, limit: int, size: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches of the first ``limit`` held-out pairs as ``net`` sees them: twice (B, 4, size, size)."""
    teacher = teacher_for(SPLIT, net.config.frame, net.config.roster)
    drawn = evaluation_pairs(SPLIT, limit, teacher)
    for start in range(0, len(drawn), BATCH):
        data = collate(drawn[start : start + BATCH], teacher, size, paint=False)
        yield data.first, data.second
