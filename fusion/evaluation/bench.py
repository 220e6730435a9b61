"""What the networks cost, measured in one run, interleaved, medians.

Every round times each case once, so that a busy moment of the machine hits all of them alike.
Source: DESIGN section 6; section 1 for the claims (positional modules: under 5 % parameters, about 2 ms).
"""

from __future__ import annotations

import copy
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

import torch
from tqdm import tqdm

from fusion.errors import FusionError
from fusion.evaluation.bench_rows import AddedRow, BenchReport, BenchRow, Load, Machine, Skipped, TeacherRow
from fusion.evaluation.cost import POSITIONAL, count, inputs, said
from fusion.model import FusionNet, build_fusion_net
from fusion.model.weights import available_weights, load_fusion_net
from fusion.pipeline.engines.accelerated import accelerate

WITHOUT = frozenset({"position", "up3", "up4"})
"""The ablations that leave the positional modules out."""
WARM_UP = 2
SHARE = 6
"""A size and batch may take this many times the longest case, so that a bench ends."""


@dataclass
class Case:
    """One row in the making. ``milliseconds``: of each timed run."""

    preset: str
    device: str
    size: int
    batch: int
    acceleration: str
    run: Callable[[], object] = field(repr=False)
    milliseconds: list[float] = field(default_factory=list)

    def time(self) -> float:
        """Run once; milliseconds, a GPU's work included."""
        start = time.perf_counter()
        self.run()
        if self.device == "cuda":
            torch.cuda.synchronize()
        return 1000 * (time.perf_counter() - start)

    @property
    def load(self) -> Load:
        """What the network is given."""
        return {"preset": self.preset, "device": self.device, "size": self.size, "batch": self.batch}

    def row(self) -> BenchRow:
        """The row as it is printed."""
        times = self.milliseconds
        return {
            **self.load,
            "acceleration": self.acceleration,
            "ms": round(statistics.median(times), 3),
            "ms_least": round(min(times), 3),
            "runs": len(times),
        }


def bench(
    presets: list[str],
    devices: list[str],
    sizes: list[int],
    batches: list[int],
    *,
    rounds: int = 15,
    longest: float = 10.0,
    progress: bool = True,
) -> BenchReport:
    """Measure and count. ``longest``: seconds from which a case is left out (and listed). Raises FusionError."""
    for device in devices:
        if device not in ("cpu", "cuda") or (device == "cuda" and not torch.cuda.is_available()):
            raise FusionError(f"There is no device {device!r} here; leave out --devices to take what is there.")
    nets = {preset: network(preset) for preset in presets}
    rows: list[BenchRow] = []
    positional: list[AddedRow] = []
    words: list[AddedRow] = []
    skipped: list[Skipped] = []
    with torch.inference_mode():
        for device in devices:
            # Within one size and batch all presets take turns; between sizes nothing is compared.
            for size, batch in sorted(((s, b) for s in sizes for b in batches), key=lambda sb: sb[0] ** 2 * sb[1]):
                cases, pairs, left_out = make_cases(nets, device, size, batch, rows, longest)
                skipped += left_out
                measure([*cases, *(case for pair in pairs for case in pair[1:])], rounds, longest, progress)
                rows += [case.row() for case in cases]
                positional += [compare(whole, bare) for what, whole, bare in pairs if what == "positional"]
                words += [compare(whole, bare) for what, whole, bare in pairs if what == "words"]
    return {
        "machine": machine(),
        "rows": rows,
        "positional": positional,
        "words": words,
        "skipped": skipped,
        "models": {preset: count(net, max(devices)) for preset, net in nets.items()},
    }


def time_teacher(size: int, count: int, rounds: int = 5, roster: str = "classic") -> TeacherRow:
    """How many targets a second the teacher paints on one core: ``count`` random pairs, sprites warm, median round."""
    from fusion.recipes.painting.paint import paint
    from fusion.recipes.painting.sprites import SpriteTable
    from fusion.recipes.rosters import roster_named
    from fusion.recipes.router import recipe_for
    from fusion.recipes.sheet import sample_pairs

    chosen, table = roster_named(roster), SpriteTable(size, cache_dir=False)
    recipes = [recipe_for(*pair, roster=chosen) for pair in sample_pairs(count)]
    threads, times = torch.get_num_threads(), []
    paint(recipes, table)
    torch.set_num_threads(1)
    try:
        for _ in range(rounds):
            start = time.perf_counter()
            paint(recipes, table)
            times.append(time.perf_counter() - start)
    finally:
        torch.set_num_threads(threads)
    return {"size": size, "pairs": count, "threads": 1, "per_second": round(count / statistics.median(times), 1)}


def network(preset: str) -> FusionNet:
    """The preset as it is defined, trained where it ships at that width (weights do not change what a layer costs).

    The relatives ship narrower than they were published, and the published cost is what is to be measured.
    """
    net = build_fusion_net(preset)
    if preset in available_weights():
        trained = load_fusion_net(preset=preset)
        net = trained if trained.config.width == net.config.width else net
    return net.eval()


def make_cases(
    nets: dict[str, FusionNet], device: str, size: int, batch: int, done: list[BenchRow], longest: float
) -> tuple[list[Case], list[tuple[str, Case, Case]], list[Skipped]]:
    """Cases of one size and batch; pairs with and without positional modules or words; what would take too long."""
    cases: list[Case] = []
    pairs: list[tuple[str, Case, Case]] = []
    skipped: list[Skipped] = []
    for preset, net in nets.items():
        load: Load = {"preset": preset, "device": device, "size": size, "batch": batch}
        expected = expectation(done, load)
        if expected > longest:
            skipped.append({**load, "expected_s": round(expected, 1)})
            continue
        plain, (first, second) = copy.deepcopy(net).to(device), inputs(net, size, batch, device)
        fast = accelerate(copy.deepcopy(net), size, torch.device(device))
        whole = Case(preset, device, size, batch, "none", partial(plain, first, second))
        cases += [whole, Case(preset, device, size, batch, "all", partial(fast, first, second))]
        if any(isinstance(module, POSITIONAL) for module in net.modules()) and batch == 1:
            bare = replace(whole, run=partial(plain, first, second, disabled=WITHOUT), milliseconds=[])
            pairs.append(("positional", replace(whole, milliseconds=[]), bare))
        if net.config.words and batch == 1:
            told = replace(whole, run=partial(plain, first, second, words=said(net, device)), milliseconds=[])
            pairs.append(("words", told, replace(whole, milliseconds=[])))
    return cases, pairs, skipped


def expectation(done: list[BenchRow], load: Load) -> float:
    """Seconds that a plain run should take, from the nearest smaller one; 0 where nothing is known."""
    known = [row for row in done if row["acceleration"] == "none" and row["device"] == load["device"]]
    known = [row for row in known if row["preset"] == load["preset"]]
    if not known:
        return 0.0
    last = known[-1]
    work = load["size"] ** 2 * load["batch"] / (last["size"] ** 2 * last["batch"])
    return last["ms"] / 1000 * work


def measure(cases: list[Case], rounds: int, longest: float, progress: bool) -> None:
    """Warm up, then time the cases in turns: ``rounds`` times, or as ``SHARE * longest`` seconds allow, at least 3."""
    if not cases:
        return
    once = sum([case.time() for case in cases for _ in range(WARM_UP)][WARM_UP - 1 :: WARM_UP]) / 1000
    rounds = max(min(rounds, int(SHARE * longest / once)), min(rounds, 3))
    about = f"{cases[0].device} {cases[0].size} px x {cases[0].batch}"
    for _ in tqdm(range(rounds), desc=about, disable=None if progress else True, file=sys.stderr):
        for case in cases:
            case.milliseconds.append(case.time())


def compare(whole: Case, bare: Case) -> AddedRow:
    """What a part adds: the median difference of runs that followed each other, and its share."""
    lacking = statistics.median(bare.milliseconds)
    added = statistics.median(a - b for a, b in zip(whole.milliseconds, bare.milliseconds, strict=True))
    return {
        **whole.load,
        "ms_without": round(lacking, 3),
        "adds_ms": round(added, 3),
        "adds_share": round(added / lacking, 4),
    }


def machine() -> Machine:
    """What the numbers were measured on."""
    cuda = torch.cuda.is_available()
    return {
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "gpu": torch.cuda.get_device_name() if cuda else None,
    }
