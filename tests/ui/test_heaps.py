"""What the process holds though nothing is in it: arrays reuse each other's memory, and holes go back."""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HAS_GLIBC = hasattr(ctypes.CDLL(None), "malloc_trim") if sys.platform == "linux" else False
pytestmark = pytest.mark.skipif(not HAS_GLIBC, reason="settings of glibc")

MAPS = """
import resource
import numpy as np
from fusion.ui.heaps import bound_memory
bound_memory()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def fused():
    for megabytes in (1, 2, 4, 8, 11) * 4:
        np.ones(megabytes * 2**20, np.uint8)
fused()
before = faults()
for _ in range(5):
    fused()
print(faults() - before)
"""

HOLES = """
import json
import numpy as np
from fusion.ui import heaps
heaps.EVERY = 3600
heaps.bound_memory()
def arrays():
    return [np.ones(2**20, np.uint8) for _ in range(300)]
kept = arrays()[::20]  # between what is let go: no end of a heap is free
held = heaps.resident()
heaps.give_back()
print(json.dumps([held, heaps.resident(), sum(map(len, kept))]))
"""

BEYOND = """
import time
import numpy as np
from fusion.ui import heaps
heaps.EVERY, heaps.HELD = 0.01, 0
given_back = []
heaps.give_back = lambda: given_back.append(True)
heaps.bound_memory()
while len(given_back) < 3:
    time.sleep(0.01)
print(len(given_back))
"""


def run(script: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    ).stdout


def test_arrays_of_one_fusion_reuse_the_memory_of_the_last():
    # 520 MB of arrays are 133,000 pages; each was fetched from the system, and all of that was the kernel's time.
    assert int(run(MAPS)) < 2000


def test_holes_go_back():
    held, after, kept = json.loads(run(HOLES))
    assert held - after > 200 * 2**20
    assert after > kept


def test_a_process_beyond_its_bound_gives_back_again_and_again():
    assert int(run(BEYOND)) >= 3
