"""Heavy work where a Space lends its GPU: by the call, for some seconds, to a process of its own.

A fusion takes less time on the Space's CPU than it would wait for a GPU, so only what takes long comes here. What is
asked for and what comes back is pickled on the way, and nothing else crosses: the worker reads the weights itself.
Everywhere else the same function runs in the process that calls it.

Source: the documentation of ZeroGPU; ``spaces`` is imported where it has an effect, and nowhere else.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from fusion.errors import FusionError
from fusion.evaluation.report import Row

Task = TypeVar("Task", bound=Callable)

LENDS = os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "t", "true")
"""Whether this process is on such a Space."""
START, PAIR, LONGEST = 15, 0.05, 120
"""Seconds: until the worker has its weights, for a measured pair, and the most that is asked for at once."""

BATCH = 8 if LENDS else 2
"""Pairs that are measured at once: few, since their maps lie in memory beside those of fusions."""

if LENDS:
    import spaces
    import torch

    # Two threads of one pool cannot go on in a process that was forked from it; one alone needs no pool.
    os.register_at_fork(after_in_child=lambda: torch.set_num_threads(1))


@dataclass(frozen=True)
class Evaluation:
    """``limit`` pairs of ``split``, measured with the ``weights`` of a folder on ``device``."""

    split: str
    weights: str
    limit: int
    device: str = "auto"


@dataclass(frozen=True)
class Trouble:
    """A sentence for people that the worker ends with: errors lose theirs on the way."""

    sentence: str


def seconds(work: Evaluation) -> int:
    """For how long a GPU is asked for: what is short is served first."""
    return min(LONGEST, START + math.ceil(PAIR * work.limit))


def lent(task: Task) -> Task:
    """``task`` in a process that has a GPU, where one is lent; elsewhere ``task`` itself."""
    return spaces.GPU(duration=seconds)(task) if LENDS else task


@lent
def heavy(work: Evaluation) -> Iterator[Row | Trouble]:
    """The measured pairs, as they come."""
    from fusion.evaluation.evaluate import run_evaluation
    from fusion.pipeline.fuser import Fuser

    try:
        fuser = Fuser(work.weights, "auto" if LENDS else work.device, quick=not LENDS)
        yield from run_evaluation(work.split, fuser.net, work.limit, batch=BATCH)  # type: ignore[arg-type]
    except FusionError as error:
        yield Trouble(str(error))


def measure(work: Evaluation) -> Iterator[Row]:
    """``heavy(work)``. Raises FusionError, also where no GPU is to be had."""
    import gradio as gr

    try:
        for one in heavy(work):
            if isinstance(one, Trouble):
                raise FusionError(one.sentence)
            yield one
    except gr.Error as error:  # the visitor's share is used up, or no GPU is free
        raise FusionError(f"No GPU is lent for this right now ({error.message}); try fewer pairs, or later.") from error


def note(limit: int) -> str:
    """What a person should know about where ``limit`` pairs are measured."""
    if not LENDS:
        return ""
    asked = seconds(Evaluation("pairs", "", limit))
    return f"Measured on a GPU lent for up to {asked} s, which count as yours; stickers are made on the Space's CPU."
