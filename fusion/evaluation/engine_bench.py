"""What each engine costs a program that wants one fusion: import, memory, milliseconds; each in a fresh process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TypedDict

from fusion.errors import FusionError
from fusion.pipeline.runtimes import ENGINES

ROOT = Path(__file__).parents[2]
PROGRAM = """
import json, statistics, sys, time
from pathlib import Path
from typing import TypedDict
engine, size, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
start = time.perf_counter()
from fusion.pipeline.runtimes import build_engine
fuser = build_engine(engine, device="cpu")
ready = time.perf_counter()
fuser.fuse("1f600", "1f355", size=size, teacher=False)
first, first_cpu = time.perf_counter(), time.process_time()
times = []
for number in range(rounds):
    layout = (0.5, 0.5, 0.1, 0.2 * number / rounds)
    begun = time.perf_counter()
    fuser.fuse("1f600", "1f355", size=size, layout=layout, teacher=False)
    times.append(1000 * (time.perf_counter() - begun))
# Not getrusage, whose peak a new process takes over from the one that started it. Linux only, else 0.
status = Path("/proc/self/status")
peak = dict(line.split(":", 1) for line in status.read_text().splitlines()) if status.is_file() else {}
print(json.dumps({
    "engine": engine,
    "size": size,
    "ready_s": round(ready - start, 3),
    "first_fusion_s": round(first - start, 3),
    "first_fusion_cpu_s": round(first_cpu, 3),
    "ms": round(statistics.median(times), 1),
    "peak_mib": int(peak.get("VmHWM", "0 kB").split()[0]) // 1024,
}))
"""


class EngineRow(TypedDict):
    """What one engine costs.

    ``ready_s``: until a pair can be asked for; ``first_fusion_s``: until it is there; ``first_fusion_cpu_s``: what the
    process, Python's own start included, took of the processor until then, which a busy machine does not change much;
    ``ms``: of each further layout of it (median); ``peak_mib``: of the process.
    """

    engine: str
    size: int
    ready_s: float
    first_fusion_s: float
    first_fusion_cpu_s: float
    ms: float
    peak_mib: int


def time_engines(size: int = 256, rounds: int = 15) -> list[EngineRow]:
    """One row an engine. Raises FusionError where an engine cannot run."""
    rows = []
    for engine in ENGINES:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, engine, str(size), str(rounds)], capture_output=True, text=True, cwd=ROOT
        )
        if done.returncode:
            reason = done.stderr.strip().splitlines()[-1]
            raise FusionError(f"The engine {engine} cannot be timed ({reason}); pip install -e '.[onnx]'.")
        rows.append(json.loads(done.stdout))
    return rows
