"""Knock at every door:  python -m tests.fuzz.run [--cases 8000] [--seed 1] [--door NAME]

Prints how many cases each door got, and stops at the smallest case that it did not stand. The same seed makes the same
cases. The page behind the doors is the real one on a stand-in for the network; nothing leaves this machine.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.doors import Door, local_doors, server_doors


@contextmanager
def page() -> Iterator[tuple[str, int]]:
    """A page to knock at: its address, and the number of its component."""
    from fusion.emoji.catalog import Catalog
    from fusion.ui.backend import Backend
    from fusion.ui.review import Review
    from tests.support.fake_fuser import FakeEvaluator, FakeFuser
    from tests.support.serving import serve

    fusers = {name: (lambda name=name: FakeFuser(name)) for name in ("fusion", "unet-se-po")}
    backend = Backend(Catalog.default(), fusers)
    blocks, url = serve(backend, Review(backend, FakeEvaluator()))
    try:
        yield url, component_of(blocks)
    finally:
        blocks.close()


def component_of(blocks) -> int:
    """The number of the page in its configuration."""
    return next(number for number, block in blocks.blocks.items() if block.get_block_name() == "html")


def knock(door: Door, cases: int, start: int) -> int:
    """Try ``cases`` cases; how many were tried. Raises what the smallest failing one raises."""
    count = 0

    @seed(start)
    @settings(
        max_examples=cases,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(door.cases)
    def tried(case: object) -> None:
        nonlocal count
        count += 1
        door.check(case)

    tried()
    return count


def main() -> None:
    """Knock, and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=8000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--door", help="only this one, with all the cases")
    options = parser.parse_args()
    total = 0
    with tempfile.TemporaryDirectory() as folder, page() as (url, component):
        doors = [*server_doors(url, component), *local_doors(Path(folder))]
        doors = [door for door in doors if options.door in (None, door.name)]
        shares = sum(door.share for door in doors)
        for door in doors:
            begun = time.perf_counter()
            count = knock(door, -(-options.cases * door.share // shares), options.seed)
            total += count
            print(f"{count:>7,}  {door.name}  {time.perf_counter() - begun:.0f} s", flush=True)
    print(f"{total:>7,}  cases, and every door stood (seed {options.seed})")


if __name__ == "__main__":
    main()
