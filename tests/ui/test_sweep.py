"""What if: a sheet of variants, line by line."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.nn.functional import avg_pool2d

from fusion.emoji.catalog import Catalog
from fusion.evaluation.metrics import psnr
from fusion.pipeline.overrides import RequestError
from fusion.ui.backend import Backend
from fusion.ui.contract import SWEPT
from fusion.ui.sweep import SCALES, Sweep
from tests.support.fake_fuser import PREDICTED, FakeFuser
from tests.support.page_steps import settled

PAIR = {"first": "1f600", "second": "1f355"}


@pytest.fixture
def sweep():
    fuser = FakeFuser()
    return Sweep(Backend(Catalog.default(), {"fusion": lambda: fuser})).sweep


def test_a_line_changes_one_thing_and_keeps_the_other(sweep):
    line = sweep(PAIR | {"rows": "scale", "columns": "offset x", "row": 2})
    assert (len(line["rows"]), len(line["columns"]), len(line["cells"])) == (7, 7, 7)
    layouts = [cell["layout"] for cell in line["cells"]]
    assert {layout[0] for layout in layouts} == {round(PREDICTED[0][0] * SCALES[2], 4)}
    assert sorted(layout[3] for layout in layouts) == [layout[3] for layout in layouts]
    middle = sweep(PAIR | {"rows": "scale", "columns": "offset x", "row": 3})["cells"][3]
    assert (middle["layout"], middle["iou"]) == (None, 1.0)


def test_one_s_own_layout_is_varied_until_another_main_subject_makes_it_void(sweep):
    asked = PAIR | {"layout": [0.8, 0.6, 0.1, 0.0], "row": 3}
    assert sweep(asked | {"rows": "scale", "columns": "offset y"})["cells"][3]["layout"] == [0.8, 0.6, 0.1, 0.0]
    line = sweep(asked | {"rows": "hypothesis", "columns": "main", "row": 1})
    assert (line["rows"], line["columns"]) == (["1", "2"], ["first", "second"])
    assert [(cell["main"], cell["hypothesis"], cell["layout"]) for cell in line["cells"]] == [
        ("first", 2, None),
        ("second", 2, None),
    ]


def test_instances_are_counted_as_far_as_the_preset_places_any():
    fuser = FakeFuser(instances=2)
    sweep = Sweep(Backend(Catalog.default(), {"fusion": lambda: fuser})).sweep
    line = sweep(PAIR | {"rows": "main", "columns": "instances", "row": 0})
    assert line["columns"] == ["1", "2"]
    assert [len(cell["instances"]) for cell in line["cells"]] == [1, 2]
    assert {cell["layout"] for cell in line["cells"]} == {None}
    np.testing.assert_allclose(line["cells"][1]["instances"], PREDICTED, atol=1e-6)


def test_each_variant_says_how_near_it_comes_to_the_teacher_s_picture(sweep):
    cells = sweep(PAIR | {"rows": "scale", "columns": "offset x", "row": 3})["cells"]
    fused = FakeFuser().fuse("1f600", "1f355", size=256)
    target = torch.from_numpy(fused.teacher.target.copy()).movedim(-1, 0)[None]
    small = FakeFuser().fuse("1f600", "1f355", size=128)
    own = torch.from_numpy(small.output).movedim(-1, 0)[None]
    assert cells[3]["psnr"] == pytest.approx(psnr(own, avg_pool2d(target, 2)).item(), abs=0.01)
    assert len({cell["psnr"] for cell in cells}) > 1


def test_without_a_truth_there_is_no_such_figure(sweep, art_style):
    fuser = FakeFuser()
    fuser.teacher = SimpleNamespace(teach=lambda trace: trace)  # one that knows nothing of the pair
    blind = Sweep(Backend(Catalog.default(), {"fusion": lambda: fuser})).sweep
    assert {cell["psnr"] for cell in blind(PAIR)["cells"]} == {None}
    styled = Backend(Catalog.default(), {"fusion": FakeFuser}, styled=lambda preset, style: FakeFuser(preset))
    cells = Sweep(styled).sweep(PAIR | {"style": art_style})["cells"]
    assert {cell["psnr"] for cell in cells} == {None}, "the teacher's picture is in Noto's drawings"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rows": "colour"}, "two of scale"),
        ({"rows": "main", "columns": "main"}, "two different things"),
        ({"row": 9}, "no line 9"),
        ({"row": True}, "no line True"),
        ({"rows": "main", "row": 2}, "2 lines"),
    ],
)
def test_sheets_that_make_no_sense_get_one_sentence(sweep, change, said):
    with pytest.raises(RequestError, match=said):
        sweep(PAIR | change)


@pytest.mark.browser
def test_a_variant_is_taken_over_and_closing_ends_the_questions(open_page, served):
    page = open_page()
    settled(page)
    page.click('[data-act="what-if"]')
    page.wait_for_function("() => document.querySelectorAll('.ef-variant').length === 49")
    assert page.locator('[data-role="sweep-columns"] option').all_inner_texts() == list(SWEPT)
    assert page.locator(".ef-variant.ef-here").count() == 1
    assert re.search(r"IoU 1\.00\s+\d+\.\d dB", page.inner_text(".ef-variant.ef-here"))
    page.locator('.ef-variant[title="scale x 0.55, offset x +0.16"]').click()
    page.wait_for_function("() => EF.answer.controls.override")
    assert page.evaluate("EF.state.layout[3]") == 0.16
    assert not page.locator('[data-role="sweep"]').is_visible()
    settled(page)
    served.fusers["fusion"].delay = lambda *_: 0.05
    page.click('[data-act="what-if"]')
    page.wait_for_selector(".ef-variant")
    page.click('[data-act="sweep-close"]')
    page.wait_for_function("() => !document.querySelector('[data-role=sweep]').open")
    settled(page)
    served.fusers["fusion"].delay = None
    done = len(served.fusers["fusion"].calls)
    page.evaluate("EF.update({ first: '1f525' })")
    page.wait_for_function("() => EF.answer.names[0] === 'fire'")
    assert len(served.fusers["fusion"].calls) - done <= 8, "no more than the line under way"
    page.click('[data-act="what-if"]')
    page.select_option('[data-role="sweep-columns"]', "scale")
    assert page.input_value('[data-role="sweep-rows"]') != "scale"
    page.wait_for_selector(".ef-variant")


@pytest.mark.browser
def test_a_number_of_instances_is_taken_over(open_page, served, monkeypatch):
    monkeypatch.setattr(served.fusers["fusion"], "instances", 2)
    page = open_page("?first=1f35e&second=1f9c0")
    settled(page)
    page.click('[data-act="what-if"]')
    page.select_option('[data-role="sweep-columns"]', "instances")
    page.locator('.ef-variant[title="scale x 1, instances 1"]').click()
    page.wait_for_function("() => EF.state.instances?.length === 1 && EF.answer.controls.each")
    assert not page.locator('[data-role="sweep"]').is_visible()
