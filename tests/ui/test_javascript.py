"""The page's scripts: types, lint, and the rules that they share with Python, run through both languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from fusion.emoji.catalog import Catalog
from fusion.geometry import MAX_SCALE, MIN_SCALE, STICKER_FRAME, Fit, Layout, layout_to_box, sampling_grid
from fusion.pipeline.overrides import carry_along
from fusion.ui import picker
from fusion.ui.page import SCRIPTS, STATIC
from tests.support.javascript import ROOT, TOOLS, run

WEB = ROOT / "fusion" / "web" / "static"
FIXTURES = ROOT / "tests" / "fixtures"
CASES = json.loads((FIXTURES / "layout_cases.json").read_text(encoding="utf-8"))
SEARCHES = json.loads((FIXTURES / "search_cases.json").read_text(encoding="utf-8"))

Answers = dict[str, list[Any]]


def test_scripts_have_types(tools: Path) -> None:
    checked = run(tools / "tsc", "--noEmit", "-p", TOOLS / "tsconfig.json")
    assert checked.returncode == 0, checked.stdout


def test_scripts_are_linted(tools: Path) -> None:
    scripts = [*(STATIC / name for name in SCRIPTS), *WEB.glob("*.js"), WEB.parent / "draw.mjs"]
    linted = run(tools / "biome", "lint", f"--config-path={TOOLS}", "--error-on-warnings", *scripts)
    assert linted.returncode == 0, linted.stdout + linted.stderr


# ------------------------------------------------------------------------------ the same rules in both languages


def queries() -> list[str]:
    """The cases, some names, and the first and last words of some."""
    names = [emoji.name for emoji in Catalog.default()]
    words = {word for name in names[::25] for word in (name.split()[0], name.split()[-1])}
    return [*SEARCHES["cases"], *sorted(words), *names[::40]]


def by_python() -> Answers:
    """The answers of ``geometry`` and ``carry_along``."""
    frame = STICKER_FRAME

    def boxed(case: dict) -> list[float]:
        return layout_to_box(torch.tensor(case["layout"]), torch.tensor(case["content"])).tolist()

    def unfitted(case: dict) -> list[float]:
        fit = Fit(case["fit"]["scale"], *case["fit"]["shift"]) if case["fit"] else Fit()
        (x0, y0), (x1, y1) = fit.to_canvas(0.0, 0.0), fit.to_canvas(1.0, 1.0)
        return [y1 - y0, x1 - x0, (y0 + y1 - 1) / 2, (x0 + x1 - 1) / 2]

    def read(case: dict) -> list[float]:
        grid = sampling_grid(torch.tensor([case["layout"]]), 8, 8)
        row, column = case["pixel"]
        return ((grid[0, row, column] + 1) / 2).tolist()

    def carried(case: dict) -> list[list[float]]:
        layouts, presence = np.float32(case["layouts"]), np.float32(case["presence"])
        return carry_along(layouts, presence, Layout(*case["wanted"]), frame)[0].tolist()

    return {
        "clamp": [list(frame.clamp(Layout(*case["layout"]))) for case in CASES["clamp"]],
        "unfit": [unfitted(case) for case in CASES["unfit"]],
        "box": [boxed(case) for case in CASES["box"]],
        "warp": [read(case) for case in CASES["warp"]],
        "carry_along": [carried(case) for case in CASES["carry_along"]],
    }


@pytest.fixture(scope="module")
def by_javascript(node: str) -> Answers:
    """The answers of the page's scripts."""
    emoji = picker.catalogue(Catalog.default())
    search = {"queries": queries(), "limit": SEARCHES["limit"], "rows": emoji["rows"], "aliases": emoji["aliases"]}
    asked = json.dumps({"layout": CASES, "search": search})
    answered = run(node, TOOLS / "run.mjs", input=asked)
    assert answered.returncode == 0, answered.stderr
    return json.loads(answered.stdout)


def same(found: Any, expected: Any) -> bool:
    """Equality of nested lists of numbers, to float32."""
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    return found == pytest.approx(expected, abs=1e-6)


LAYOUT_RULES: dict[str, Callable[[dict], list]] = {
    "clamp": lambda case: case["expected"],
    "unfit": lambda case: case["expected"],
    "box": lambda case: case["expected"],
    "warp": lambda case: case["reads"],
    "carry_along": lambda case: case["expected"],
}


@pytest.mark.parametrize("rule", LAYOUT_RULES)
def test_layout_cases_hold_in_python(rule: str) -> None:
    assert same(by_python()[rule], [LAYOUT_RULES[rule](case) for case in CASES[rule]])


@pytest.mark.parametrize("rule", LAYOUT_RULES)
def test_layout_cases_hold_in_javascript(rule: str, by_javascript: Answers) -> None:
    assert same(by_javascript[rule], [LAYOUT_RULES[rule](case) for case in CASES[rule]])


def test_the_cases_have_the_range_of_the_page() -> None:
    reach = STICKER_FRAME.max_offset
    assert CASES["range"] == {"scale": [MIN_SCALE, MAX_SCALE], "offset": [-reach, reach]}


@pytest.mark.parametrize("query", SEARCHES["cases"])
def test_search_cases_hold_in_python(query: str) -> None:
    found = Catalog.default().search(query, SEARCHES["limit"])
    assert [emoji.key for emoji in found][: SEARCHES["shown"]] == SEARCHES["cases"][query]


def test_the_page_ranks_as_the_command_line_does(by_javascript: Answers) -> None:
    catalog, limit = Catalog.default(), SEARCHES["limit"]
    for query, found in zip(queries(), by_javascript["search"], strict=True):
        assert found == [emoji.key for emoji in catalog.search(query, limit)], query
