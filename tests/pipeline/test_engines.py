"""The ONNX engine: the pictures, overrides and hypotheses of the torch engine, and nothing heavy to import."""

import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

onnxruntime = pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")

from fusion.emoji.sources import Source  # noqa: E402
from fusion.model.weights import load_fusion_net, locate_weights, weights_hash  # noqa: E402
from fusion.pipeline.engines import onnx as onnx_engine  # noqa: E402
from fusion.pipeline.engines.branch_free import BLOCK  # noqa: E402
from fusion.pipeline.engines.onnx import OnnxFuser  # noqa: E402
from fusion.pipeline.engines.onnx_files import GRAPHS, SHIPPED, GraphsError, graph_file  # noqa: E402
from fusion.pipeline.engines.onnx_graphs import run  # noqa: E402
from fusion.pipeline.engines.parity import TOLERANCE, parity  # noqa: E402
from fusion.pipeline.fuser import Fuser  # noqa: E402
from fusion.pipeline.overrides import RequestError, UnknownHypothesis  # noqa: E402
from fusion.pipeline.runtimes import EngineError, build_engine  # noqa: E402
from fusion.views.summary import summary  # noqa: E402

pytestmark = pytest.mark.weights
ROOT = Path(__file__).parents[2]
PAIR = ("😀", "🍕")


@pytest.fixture(scope="module")
def graphs() -> OnnxFuser:
    return OnnxFuser(threads=1)


@pytest.fixture(scope="module")
def plain() -> Fuser:
    return Fuser(net=load_fusion_net(), device="cpu", quick=False)


def test_the_shipped_graphs_are_of_the_shipped_weights(graphs):
    assert graphs.weights_hash == weights_hash(locate_weights(None))
    assert sum(graph_file(SHIPPED, graph).stat().st_size for graph in GRAPHS) <= 4_000_000


def test_pictures_of_random_pairs_are_the_same():
    found = parity(None, None, pairs=8, seed=1)
    assert found.worst / 255 <= TOLERANCE
    assert found.decisions == found.pairs


@pytest.mark.parametrize(
    ("pair", "asked"),
    [
        (PAIR, {}),
        (PAIR, {"main": "first"}),
        (PAIR, {"main": "second"}),
        (PAIR, {"layout": (0.5, 0.4, 0.1, -0.1)}),
        (("🐱", "🔥"), {"layout": (0.3, 0.3, -0.1, -0.1)}),
        (PAIR, {"instances": [(0.3, 0.3, 0.0, -0.2), (0.4, 0.4, 0.1, 0.2)]}),
        (PAIR, {"instances": []}),
        (PAIR, {"hypothesis": 2}),
        (("🐱", "🍕"), {"hypothesis": 3, "size": 80}),
    ],
)
def test_whatever_is_asked_for_is_the_same_through_both(graphs, plain, pair, asked):
    asked = {"size": 128} | asked
    one, other = plain.fuse(*pair, teacher=False, **asked), graphs.fuse(*pair, **asked)
    for name in ("output", "composite", "transformed", "instances", "gates", "correction", "position"):
        np.testing.assert_allclose(getattr(other, name), getattr(one, name), atol=TOLERANCE / 2, err_msg=name)
    np.testing.assert_allclose(other.instance_boxes, one.instance_boxes, atol=1.5 / asked["size"])
    for block, maps in one.attention.items():
        np.testing.assert_allclose(other.attention[block].joint, maps.joint, atol=1e-3)
    assert (other.recoloured is None) == (one.recoloured is None)
    facts, wanted = summary(other), summary(one)
    for name in ("first", "second", "names", "main", "main_predicted", "hypothesis", "preset", "size"):
        assert facts[name] == wanted[name]
    for name in ("predicted", "effective", "override"):
        assert facts["layout"][name] == pytest.approx(wanted["layout"][name], abs=2e-3)
    assert [len(one["instances"]) for one in facts["hypotheses"]] == [
        len(one["instances"]) for one in wanted["hypotheses"]
    ]
    shares = [one["probability"] for one in wanted["hypotheses"]]
    assert [one["probability"] for one in facts["hypotheses"]] == pytest.approx(shares, abs=1e-3)


def test_the_recolour_path_is_the_same(graphs, plain):
    """Whether a pair asks for it is the weights' choice, so both are made to."""
    import torch

    from fusion.colour import luminance_curve, palette, recolour

    first, second = (graphs.catalog.render(key, 256) for key in ("1f34e", "1f40b"))
    pictures = [torch.from_numpy(one).permute(2, 0, 1)[None].float() / 255 for one in (first, second)]
    wanted = recolour(pictures[0], luminance_curve(palette(pictures[0]), palette(pictures[1])))[0]
    plan = graphs.fuse("1f34e", "1f40b", main="first")
    curves = graphs._curves(tuple(Source("", key) for key in ("1f34e", "1f40b")), FakePlan(), 256)
    out = graphs._paint(
        (first, second),
        curves,
        FakePlan(),
        plan.effective.layouts,
        plan.effective.presence,
        ["recoloured"],
    )
    np.testing.assert_allclose(out["recoloured"], wanted.permute(1, 2, 0).numpy(), atol=TOLERANCE)


class FakePlan:
    main, recolour_logit = 0, 5.0
    index, weighed = 0, {"family": [0]}


@pytest.fixture(scope="module")
def engines(worded: tuple[Fuser, Path]) -> tuple[Fuser, OnnxFuser]:
    fuser, folder = worded
    return fuser, OnnxFuser(folder, threads=1)


@pytest.mark.parametrize(("size", "say"), [(64, None), (64, "small hat behind qwxyz"), (272, None), (512, None)])
def test_words_and_sizes_are_the_same_through_both(engines, size, say):
    one, other = (engine.fuse("😀", "👒", size=size, teacher=False, say=say) for engine in engines)
    np.testing.assert_allclose(other.output, one.output, atol=TOLERANCE / 2)
    np.testing.assert_allclose(other.predicted.layouts, one.predicted.layouts, atol=1e-4)
    assert (other.say, other.notices) == (one.say, one.notices)
    named = [idea.family for idea in one.hypotheses]
    assert [idea.family for idea in other.hypotheses] == named
    assert set(named) <= {"halo", "print", "aura"}
    for theirs, ours in zip(other.words, one.words, strict=True):
        assert (theirs.named, theirs.said) == (ours.named, ours.said)
        np.testing.assert_allclose(theirs.attention, ours.attention, atol=1e-4)


def test_words_change_the_answer_and_a_picture_without_a_name_has_none(engines):
    plain, engine = engines
    spoken, silent = (engine.fuse("😀", "👒", size=64, say=say).predicted.layouts for say in ("small hat behind", None))
    assert not np.array_equal(spoken, silent)
    picture = Image.fromarray(engine.catalog.render("1f452", 64), "RGBa").convert("RGBA")
    one, other = (each.fuse(picture, picture, size=64, teacher=False) for each in (plain, engine))
    np.testing.assert_allclose(other.output, one.output, atol=TOLERANCE / 2)
    assert other.words[0].named == ()


def test_many_worded_pairs_are_the_pictures_of_each(engines):
    keys = [("1f600", "1f355"), ("1f431", "1f452")]
    for engine in engines:
        many = engine.outputs(keys, 64)
        for row, pair in zip(many, keys, strict=True):
            alone = engine.fuse(*pair, size=64, teacher=False).output
            np.testing.assert_allclose(row, alone, atol=TOLERANCE / 2)


def test_the_graphs_keep_their_weights_as_halves():
    onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")
    for graph in GRAPHS:
        held = onnx.load(graph_file(SHIPPED, graph)).graph.initializer
        wide = sum(onnx.numpy_helper.to_array(one).nbytes for one in held if one.data_type == onnx.TensorProto.FLOAT)
        assert wide <= 64_000, graph


def test_convolutions_of_many_channels_fill_the_blocks_of_a_runtime():
    """A runtime takes others the long way round."""
    onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")
    graph = onnx.load(graph_file(SHIPPED, "fuse")).graph
    widened = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "Cast"}
    shapes = {one.name: one.dims for one in graph.initializer}
    weights = [node.input[1] for node in graph.node if node.op_type == "Conv"]
    dims = [shapes[widened.get(name, name)] for name in weights]
    channels = [one[1] for one in dims if one[-1] > 1]  # of one pixel each there are few, on pooled maps
    assert max(channels) > BLOCK
    assert not [count for count in channels if count > BLOCK and count % BLOCK]


def test_no_more_instances_are_given_to_the_graph_than_are_there(graphs, monkeypatch):
    """Each one that is given is warped, there or not."""
    ran = []
    monkeypatch.setattr(onnx_engine, "run", lambda graph, given, *names: ran.append(given) or run(graph, given, *names))
    for there in range(4):
        instances = [(0.3, 0.4, 0.1 * k, -0.1 * k) for k in range(there)]
        trace = graphs.fuse(*PAIR, size=64, instances=instances)
        assert ran[-1]["layout"].shape == (1, max(there, 1), 4)
        assert len(trace.instances) == len(trace.gates) - 1 == 3
        assert not trace.instances[there:].any()


def test_threads_that_wait_sleep(graphs):
    options = graphs._graphs["fuse"].get_session_options()
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"


def test_many_pairs_at_once_are_the_pictures_of_each(graphs, plain):
    keys = [("1f600", "1f355"), ("1f431", "1f525"), ("1f34e", "1f40b")]
    for engine in (graphs, plain):
        many = engine.outputs(keys, 64)
        for row, pair in zip(many, keys, strict=True):
            alone = engine.fuse(*pair, size=64, teacher=False).output
            np.testing.assert_allclose(row, alone, atol=TOLERANCE / 2)


def test_what_cannot_be_asked_is_said(graphs, tmp_path):
    with pytest.raises(RequestError, match="choose --engine torch"):
        graphs.fuse(*PAIR, disabled=frozenset({"up3"}))
    with pytest.raises(UnknownHypothesis, match="no number 9"):
        graphs.fuse(*PAIR, size=64, hypothesis=9)
    with pytest.raises(RequestError, match="multiple of 16"):
        graphs.fuse(*PAIR, size=100)
    with pytest.raises(GraphsError, match="fusion export"):
        OnnxFuser(tmp_path)
    for graph in GRAPHS:
        graph_file(tmp_path, graph).write_bytes(b"not a graph")
    with pytest.raises(GraphsError, match="damaged"):
        OnnxFuser(tmp_path)
    with pytest.raises(EngineError, match="--device cpu"):
        build_engine("onnx", device="cuda")


def test_a_trace_lacks_nothing(graphs):
    trace = graphs.fuse(*PAIR, size=64)
    empty = [one.name for one in fields(trace) if getattr(trace, one.name) is None]
    assert set(empty) <= {"override", "teacher", "recoloured", "words", "attribution"}


def test_fusing_by_onnx_imports_nothing_heavy(tmp_path):
    """What a machine without torch runs: where importing torch, gradio and their like fails."""
    code = f"""
import sys
for name in ("torch", "gradio", "scipy", "matplotlib", "huggingface_hub", "safetensors"):
    sys.modules[name] = None
import importlib.util
find = importlib.util.find_spec
import fusion.pipeline.runtimes as engine
engine.find_spec = lambda name: None if name == "torch" else find(name)
from fusion.__main__ import main
raise SystemExit(main(["fuse", "😀", "🍕", "--size", "64", "-o", {str(tmp_path / "a.png")!r}, "--json"])
    or main(["pack", "😀", "--with", "🍕", "--for", "slack", "-o", {str(tmp_path / "pack")!r}]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["main"] in ("first", "second")
    assert (tmp_path / "a.png").stat().st_size > 0
    assert (tmp_path / "pack" / "index.json").is_file()
