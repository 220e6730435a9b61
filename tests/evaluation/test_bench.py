"""Bench: counts are those of an independent sum, rows have their names, and slow cases are left out and listed."""

import json

import pytest
import torch
from torch import nn

from fusion.__main__ import main
from fusion.evaluation import bench, cost
from fusion.model import build_fusion_net
from tests.support.nets import awake, tiny


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(bench, "network", lambda preset: tiny(preset, size=32))


def test_rows_have_the_names_that_others_script_against(capsys):
    words = ["--presets", "fusion,unet", "--sizes", "32,48", "--batches", "1,2", "--rounds", "2", "--devices", "cpu"]
    assert main(["bench", *words, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    found = {(row["preset"], row["size"], row["batch"], row["acceleration"]) for row in report["rows"]}
    assert found == {
        (p, s, b, a) for p in ("fusion", "unet") for s in (32, 48) for b in (1, 2) for a in ("none", "all")
    }
    assert all(row["ms"] > 0 and row["device"] == "cpu" and row["runs"] == 2 for row in report["rows"])
    for facts in report["models"].values():
        assert {"parameters", "positional_parameters", "multiply_adds"} <= set(facts)
        assert facts["peak_memory_mib"]["cpu"] > 0
    assert {row["preset"] for row in report["positional"]} == {"fusion"}
    assert report["words"] == [], "these networks read none"


def test_what_words_add_is_timed_where_a_network_reads_them(capsys, monkeypatch):
    monkeypatch.setattr(bench, "network", lambda preset: tiny(preset, size=32, words=64))
    assert main(["bench", "--presets", "fusion", "--sizes", "32", "--batches", "1", "--rounds", "2"]) == 0
    assert "names and a sentence for fusion, cpu, 32 px: " in capsys.readouterr().out


def test_the_sentence_that_is_timed_is_heard():
    net = awake(tiny("fusion", size=32, words=64))
    pair = cost.inputs(net, 32, 1, "cpu")
    with torch.inference_mode():
        assert not torch.equal(net(*pair, words=cost.said(net, "cpu")).layout, net(*pair).layout)


def test_cases_that_would_take_too_long_are_listed_not_run():
    report = bench.bench(["unet"], ["cpu"], [32, 512], [1], rounds=1, longest=1e-5, progress=False)
    assert [row["size"] for row in report["rows"]] == [32, 32]
    assert [row["size"] for row in report["skipped"]] == [512]


def test_cases_take_turns():
    order = []
    cases = [bench.Case(name, "cpu", 32, 1, "none", lambda name=name: order.append(name)) for name in "ab"]
    bench.measure(cases, 3, 1.0, progress=False)
    assert order[-6:] == list("ababab")


def test_what_is_added_is_the_difference_of_neighbours_not_of_medians():
    whole, bare = (bench.Case("fusion", "cpu", 32, 1, "none", None, times) for times in ([12, 22, 92], [10, 20, 90]))
    assert bench.compare(whole, bare)["adds_ms"] == 2
    assert bench.compare(whole, bare)["adds_share"] == 0.1
    assert whole.row()["ms"] == 22
    assert whole.row()["ms_least"] == 12


@pytest.mark.parametrize("words", [["--sizes", "100"], ["--batches", "x"], ["--devices", "tpu"], ["--presets", "nope"]])
def test_wrong_options_are_refused(words, capsys, monkeypatch):
    monkeypatch.setattr(bench, "network", build_fusion_net)
    assert main(["bench", *words]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_multiply_adds_are_those_of_every_convolution():
    for preset in ("fusion", "unet-se-po", "res-unet"):
        net, total = tiny(preset, size=32), 0
        counted = cost.multiply_adds(net)

        def add(module, given, output):
            nonlocal total
            if isinstance(module, nn.ConvTranspose2d):
                total += given[0].numel() * module.weight[0].numel()
            else:
                total += output.numel() * module.weight[0].numel()

        for module in net.modules():
            if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
                module.register_forward_hook(add)
        with torch.inference_mode():
            net(*cost.inputs(net, 32, 1, "cpu"))
        assert counted == pytest.approx(total, rel=0.01)


def test_positional_parameters_are_what_switching_them_off_saves():
    having = cost.count(tiny("unet-se-po", size=32))
    lacking = cost.count(tiny("unet-se-po", size=32, position="off", attention="off"))
    assert having["parameters"] - lacking["parameters"] == having["positional_parameters"] > 0
    assert lacking["positional_parameters"] == 0


def test_peak_memory_grows_with_the_maps():
    small, large = (tiny("unet", size=size) for size in (32, 64))
    assert 2 < cost.peak_memory(large, "cpu") / cost.peak_memory(small, "cpu") < 6


def test_the_teacher_is_timed_on_request(capsys):
    words = ["--presets", "unet", "--sizes", "32", "--batches", "1", "--rounds", "1", "--devices", "cpu"]
    assert main(["bench", *words, "--teacher", "6", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["teacher"]
    assert (row["size"], row["pairs"], row["threads"]) == (32, 6, 1)
    assert row["per_second"] > 0
