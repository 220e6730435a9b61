"""What ``bench`` says, by name: the shape of its JSON.

Source: DESIGN section 6 (``bench``).
"""

from __future__ import annotations

from typing import TypedDict

from fusion.evaluation.engine_bench import EngineRow


class Load(TypedDict):
    """What a network was given: pictures of ``size`` pixels a side, ``batch`` pairs at a time."""

    preset: str
    device: str
    size: int
    batch: int


class BenchRow(Load):
    """One timed case. ``ms``: the median of ``runs``; ``ms_least``: what a busy machine hides."""

    acceleration: str
    ms: float
    ms_least: float
    runs: int


class AddedRow(Load):
    """What the positional modules or words add: milliseconds, and as a share of those without."""

    ms_without: float
    adds_ms: float
    adds_share: float


class Skipped(Load):
    """A case that would have taken too long: so many seconds a run."""

    expected_s: float


class TeacherRow(TypedDict):
    """How many targets a second the teacher paints."""

    size: int
    pairs: int
    threads: int
    per_second: float


class Cost(TypedDict):
    """What a network costs without a clock, at ``size``, its preset's own; memory by device."""

    parameters: int
    positional_parameters: int
    multiply_adds: int
    size: int
    peak_memory_mib: dict[str, float]


class Machine(TypedDict):
    """What the numbers were measured on."""

    processor: str
    cores: int | None
    threads: int
    torch: str
    gpu: str | None


class Measured(TypedDict):
    """Everything about the networks. ``models``: by preset."""

    machine: Machine
    rows: list[BenchRow]
    positional: list[AddedRow]
    words: list[AddedRow]
    skipped: list[Skipped]
    models: dict[str, Cost]


class BenchReport(Measured, total=False):
    """With what was asked for beside the networks."""

    teacher: list[TeacherRow]
    engines: list[EngineRow]
