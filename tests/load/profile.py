"""Where the computing time of an answer goes:  python -m tests.load.profile [--pairs 30] [--threads 2]

Asks a backend with the settings of app.py, in this process and without a network, as the page does: a pair nobody asked
for before, its film strip, and a drag of that pair. Prints milliseconds of computing time (of all cores together, so
that it says something on a machine that is not idle, too) by part, medians over the pairs; ``system``: how much of it
the kernel took, which is mostly memory being handed out. A part's time is its own, without that of the parts it calls.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import json
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fusion.ui.heaps import bound_memory
from fusion.ui.launcher import build_backend, wait_quietly

PARTS = {
    "drawing both emoji": "fusion.emoji.sources:Source.draw",
    "perceive": "fusion.pipeline.engines.accelerated:QuickFusionNet.perceive",
    "plan and rank": "fusion.pipeline.fuser:Fuser._rank",
    "network": "fusion.pipeline.engines.accelerated:QuickFusionNet.fuse",
    "trace": "fusion.pipeline.fuser:build_trace",
    "fit": "fusion.pipeline.fuser:fit_trace",
    "teacher": "fusion.pipeline.teacher_trace:TeacherTracer.complete",
    "sticker's PNG": "fusion.ui.backend:sticker_png",
    "layers and layouts": "fusion.ui.controls:answer",
    "painting the strip": "fusion.views.pictures:view",
    "its pictures' files": "fusion.ui.cards:small_url",
    "JSON": "json:dumps",
}
"""What is timed, by the name that is printed: where the function is looked up when it is called."""


class Clock:
    """Computing time by part. ``spent``: question -> part -> milliseconds of each answer."""

    def __init__(self) -> None:
        self.spent: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        self._answer: dict[str, float] = {}
        self._inner = [0.0]

    def wrapped(self, part: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """``work``, timed."""

        @functools.wraps(work)
        def timed(*arguments: Any, **named: Any) -> Any:
            with self.measure(part):
                return work(*arguments, **named)

        return timed

    @contextmanager
    def measure(self, part: str) -> Iterator[None]:
        """Count what is done in here for ``part``, but for what other parts count."""
        begun = time.process_time()
        self._inner.append(0.0)
        try:
            yield
        finally:
            took = time.process_time() - begun
            self._answer[part] = self._answer.get(part, 0.0) + took - self._inner.pop()
            self._inner[-1] += took

    def ask(self, question: str, work: Callable[[], Any]) -> Any:
        """``work()``, one answer to a kind of question, sent as JSON."""
        self._answer, begun, kernel = {}, time.process_time(), kernel_seconds()
        with self.measure("everything else"):
            answer = work()
            json.dumps(answer)
        whole = {"total": time.process_time() - begun, "system": kernel_seconds() - kernel}
        for part, seconds in (whole | self._answer).items():
            self.spent[question][part].append(1000 * seconds)
        return answer

    def figures(self) -> dict[str, dict[str, float]]:
        """Medians by question and part, in milliseconds; what takes less than a tenth of one is left out."""
        found: dict[str, dict[str, float]] = {}
        for question, parts in self.spent.items():
            medians = {part: round(statistics.median(ms), 1) for part, ms in parts.items()}
            found[question] = {part: ms for part, ms in medians.items() if ms >= 0.1}
        return found


def kernel_seconds() -> float:
    """Seconds that the kernel has computed for this process, of all its threads."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_stime


def watch(clock: Clock) -> None:
    """Time every part from now on."""
    for part, address in PARTS.items():
        module, _, path = address.partition(":")
        owner: Any = importlib.import_module(module)
        *outer, name = path.split(".")
        for step in outer:
            owner = getattr(owner, step)
        setattr(owner, name, clock.wrapped(part, getattr(owner, name)))


def profile(pairs: int) -> dict[str, dict[str, float]]:
    """Ask so many pairs, each with its strip and a drag."""
    from fusion.emoji.catalog import Catalog

    backend, clock, choose = build_backend("cpu"), Clock(), random.Random(3)
    keys = [emoji.key for emoji in Catalog.default()]
    backend.warm()
    watch(clock)
    for _ in range(pairs):
        pair = {"first": choose.choice(keys), "second": choose.choice(keys)}
        layout = [choose.uniform(0.3, 1.0), choose.uniform(0.3, 1.0), *(choose.uniform(-0.3, 0.3) for _ in "yx")]
        for question, work in (("pick", backend.fuse), ("strip", backend.stages)):
            clock.ask(question, functools.partial(work, pair))
        clock.ask("drag", functools.partial(backend.fuse, pair | {"layout": layout}))
    return clock.figures()


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=30)
    parser.add_argument("--threads", type=int, help="of torch; as many as there are cores if left out")
    options = parser.parse_args()
    bound_memory()
    wait_quietly()
    if options.threads:
        import torch

        torch.set_num_threads(options.threads)
    print(json.dumps({"pairs": options.pairs, "cpu_ms": profile(options.pairs)}, indent=1))


if __name__ == "__main__":
    main()
