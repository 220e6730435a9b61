"""The contract between the page and Python: one source of constants, and the same shapes on both sides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, is_typeddict

import pytest

from fusion.emoji.catalog import Catalog
from fusion.model import ABLATIONS
from fusion.turns import Turns
from fusion.ui import answers, evaluation_answers, inspect_answers
from fusion.ui.backend import Backend
from fusion.ui.compare import Compare
from fusion.ui.contract import contract
from fusion.ui.page import SCRIPTS, STATIC, server_functions
from fusion.ui.review import Review
from tests.support.fake_fuser import FakeEvaluator, FakeFuser

TYPES = "\n".join((STATIC / name).read_text(encoding="utf-8") for name in ("types.d.ts", "evaluation.d.ts"))
SHAPES = {
    name: shape
    for module in (answers, evaluation_answers, inspect_answers)
    for name, shape in vars(module).items()
    if is_typeddict(shape) and shape.__module__ == module.__name__ and name != "Emojis"
}
PAIR = {"first": "1f600", "second": "1f355"}


@pytest.fixture
def backend() -> Backend:
    return Backend(Catalog.default(), {"fusion": FakeFuser})


def interface(name: str) -> str:
    found = re.search(rf"interface {name} \{{(.*?)\}}", TYPES, re.DOTALL)
    assert found, f"no .d.ts has {name}"
    return found[1]


@pytest.mark.parametrize("name", SHAPES)
def test_scripts_know_the_fields_of_an_answer(name: str) -> None:
    assert set(re.findall(r"(\w+)\??:", interface(name))) == set(SHAPES[name].__annotations__)


def test_scripts_know_the_questions(backend: Backend) -> None:
    review = Review(backend, FakeEvaluator())
    questions = {one.__name__ for one in server_functions(backend, review, Turns())}
    assert set(re.findall(r"(\w+)\(", interface("Server"))) == questions


def test_answers_have_the_fields_they_promise(backend: Backend) -> None:
    def check(answer: Mapping[str, Any], name: str) -> None:
        assert set(answer) == set(SHAPES[name].__annotations__), name

    fused = backend.fuse(PAIR)
    check(fused, "FuseAnswer")
    check(fused["controls"], "Controls")
    check(fused["controls"]["hypotheses"][0], "Hypothesis")
    check(backend.contract(), "Contract")
    check(backend.catalogue(), "Catalogue")
    check(backend.stages(PAIR)["cards"][0], "Card")
    check(Compare(backend).compared(PAIR), "ComparedAnswer")
    review = Review(backend, FakeEvaluator())
    name = review.evaluation_start({"split": "pairs", "limit": 10})["job"]
    review.failures.job(name).join(10)
    polled = review.evaluation_poll({"job": name})
    check(polled, "PollAnswer")
    check(polled["rows"][0], "SheetRow")
    check(polled["summary"], "Totals")


def test_ablations_of_the_page_are_the_network_s() -> None:
    assert [one["id"] for one in contract()["ablations"]] == list(ABLATIONS)
    assert [one["label"] for one in contract()["ablations"]] == [
        "layout module",
        "positional encoding",
        "attention Up3",
        "attention Up4",
    ]


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_script_writes_a_constant_of_the_contract_again(script: str) -> None:
    shared = contract()
    words = [
        *shared["opening"].values(),
        *shared["layout"],
        *(kind for kind in shared["upload"]["types"] if kind not in ("image/png", "image/svg+xml")),
    ]
    words += [one["label"] for one in (*shared["ablations"], *shared["evaluation"]["splits"])]
    words += [one["id"] for one in shared["ablations"] if one["id"] not in ("layout", "position")]
    words += [str(limit) for limit in shared["evaluation"]["limits"] if limit > 100] + ["> 0.5", "<= 0.5"]
    text = (STATIC / script).read_text(encoding="utf-8")
    assert [word for word in words if word in text] == []


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.*")), ids=lambda path: path.name)
def test_what_is_served_can_be_read(path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 300
    assert [number for number, line in enumerate(lines, 1) if len(line) > 120] == []
    if path.suffix == ".js":
        assert lines[0] == "// @ts-check"
        assert not re.search(r"innerHTML|`\s*<\w", "\n".join(lines)), "elements belong into page.html"
