"""The network as ONNX graphs, for machines without torch: what it sees and plans, a palette, the fusion.

The modules come from ``branch_free``. What the network says of a pair is made ready in the graph, so that the other
side needs no tensor library.

Source: DESIGN section 6 (``export --to DIR``), https://onnx.ai/onnx/operators (opset 18).
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from fusion.colour import VIEW as PALETTE_VIEW
from fusion.files import write_beside
from fusion.model import FusionConfig
from fusion.model.weights import load_fusion_net, locate_weights, weights_hash
from fusion.pipeline.engines.branch_free import Curve, ExportError, Fuse, Perceive, branch_free
from fusion.pipeline.engines.onnx_files import METADATA, graph_file

if TYPE_CHECKING:
    import onnx

OPSET = 18
EXAMPLE_SIDE = 96
"""Any size that no other number in the network equals."""
LEAST_HALVED = 64
"""Tensors of fewer numbers stay in float32."""


def examples(config: FusionConfig) -> dict[str, dict[str, Tensor]]:
    """An input of each graph by its names: what tracing runs on."""
    generator = torch.Generator().manual_seed(0)
    first, second = torch.randint(0, 256, (2, 2, EXAMPLE_SIDE, EXAMPLE_SIDE, 4), generator=generator, dtype=torch.uint8)
    pair = {"first": first, "second": second}
    tokens = (
        {"words": torch.rand(2, 2, 5, config.words), "roles": torch.randint(0, 3, (2, 2, 5))} if config.words else {}
    )
    there = min(config.instances, 2)
    layout = torch.tensor([0.5, 0.5, 0.1, 0.1]).repeat(2, there, 1)
    return {
        "perceive": pair | tokens,
        "curve": {"main": first, "other": second},
        "fuse": pair
        | {
            "main": torch.tensor([0, 1]),
            "layout": layout,
            "presence": torch.ones(2, there),
            "recolour": torch.tensor([1.0, 0.0]),
            "curves": torch.rand(2, 8, 4, generator=generator),
        }
        | ({"family": torch.tensor([0, 1])} if config.families else {}),
    }


def stable_sort(values: Any, stable: bool = True, dim: int = -1, descending: bool = False) -> Any:
    """``aten::sort.stable`` in ONNX: of equals TopK takes the one with the lower index first."""
    from onnxscript import opset18

    count = opset18.Shape(values, start=dim, end=dim + 1)
    return opset18.TopK(values, count, axis=dim, largest=int(descending), sorted=1)


def write_graph(module: nn.Module, inputs: dict[str, Tensor], file: Path, metadata: dict[str, str]) -> None:
    """One graph with its metadata inside."""
    batch, any_side = torch.export.Dim("batch"), torch.export.Dim("any_side", min=32, max=2048)
    side = any_side if "other" in inputs else 16 * torch.export.Dim("sixteenth", min=4, max=64)
    tokens = torch.export.Dim("tokens", min=1, max=64)
    further = {"words": {2: tokens}, "roles": {2: tokens}}
    if isinstance(module, Fuse) and module.net.config.instances > 1:
        there = torch.export.Dim("there", min=1, max=module.net.config.instances)
        further |= {"layout": {1: there}, "presence": {1: there}}
    axes = {
        name: {0: batch, 1: side, 2: side} if value.dtype == torch.uint8 else {0: batch, **further.get(name, {})}
        for name, value in inputs.items()
    }
    with warnings.catch_warnings(), torch.enable_grad():
        warnings.simplefilter("ignore")
        names = list(module(**inputs))
        program = torch.onnx.export(
            module.eval(),
            kwargs=inputs,
            dynamic_shapes=axes,
            opset_version=OPSET,
            input_names=list(inputs),
            output_names=names,
            dynamo=True,
            custom_translation_table={torch.ops.aten.sort.stable: stable_sort},
            verbose=False,
        )
    if program is None:
        raise ExportError(f"The exporter made nothing of {file.name}; install the versions of requirements-onnx.txt.")
    model = strip(program.model_proto)
    for value in model.graph.input:
        # The exporter fixes a size without a word where the network turns it into a plain number, as len() does.
        if not value.type.tensor_type.shape.dim[0].dim_param:
            raise ExportError(f"The batch of {file.name} came out fixed; write shape[0] for len() in the network.")
    halve(model.graph)
    shorten(model.graph)
    for name, value in metadata.items():
        model.metadata_props.add(key=name, value=value)
    with write_beside(file) as path:
        path.write_bytes(model.SerializeToString(deterministic=True))


def export_onnx(
    folder: Path, weights: str | os.PathLike | None = None, progress: Callable[[str], None] = print
) -> None:
    """Write the graphs of a trained network into ``folder``; ``progress`` is told the name of each.

    ``weights``: as for ``load_fusion_net``. Raises ExportError, WeightsError or OutputError.
    """
    try:
        import onnxscript  # noqa: F401
    except ModuleNotFoundError as error:
        raise ExportError("Exporting needs the packages onnx and onnxscript: pip install -e '.[onnx]'.") from error
    source = locate_weights(weights)
    net = branch_free(load_fusion_net(source))
    facts = {"weights": weights_hash(source), "palette_view": PALETTE_VIEW, "config": asdict(net.config)}
    modules = {"perceive": Perceive(net), "curve": Curve(), "fuse": Fuse(net)}
    folder.mkdir(parents=True, exist_ok=True)
    for graph, inputs in examples(net.config).items():
        progress(graph)
        write_graph(modules[graph], inputs, graph_file(folder, graph), {METADATA: json.dumps(facts, sort_keys=True)})


def strip(model: onnx.ModelProto) -> onnx.ModelProto:
    """``model`` without what the exporter tells about its source: names of files and lines, shapes in between."""
    model.graph.ClearField("value_info")
    for part in (model, model.graph, *model.graph.node, *model.graph.initializer, *model.graph.input):
        for field in ("doc_string", "metadata_props"):
            part.ClearField(field)
    for part in (*model.graph.input, *model.graph.output, *model.graph.initializer):
        part.ClearField("metadata_props")
    model.producer_name = "emoji-fusion"
    model.ClearField("producer_version")
    return model


def halve(graph: onnx.GraphProto) -> None:
    """Store float32 weights that float16 holds exactly in half the bytes, each behind a cast; nothing is rounded.

    The weights that ship are halves, so that this is most of them; a runtime widens them once, as it loads.
    """
    import onnx
    from onnx import numpy_helper

    casts = []
    for place, weight in enumerate(graph.initializer):
        values = numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < LEAST_HALVED:
            continue
        halves = values.astype(np.float16)
        if not np.array_equal(halves.astype(np.float32), values):
            continue
        name = weight.name
        graph.initializer[place].CopyFrom(numpy_helper.from_array(halves, f"{name}.half"))
        casts.append(
            onnx.helper.make_node("Cast", [f"{name}.half"], [name], f"widen {name}", to=onnx.TensorProto.FLOAT)
        )
    nodes = [*casts, *graph.node]
    graph.ClearField("node")
    graph.node.extend(nodes)


def shorten(graph: onnx.GraphProto) -> None:
    """Number what lies between inputs and outputs: names that nobody reads take as much room as a layer's weights."""
    outside = {value.name for value in (*graph.input, *graph.output)}
    short: dict[str, str] = {"": ""}  # an input that is left out has no name

    def named(name: str) -> str:
        return name if name in outside else short.setdefault(name, f"{len(short):x}")

    for weight in graph.initializer:
        weight.name = named(weight.name)
    for node in graph.node:
        node.ClearField("name")
        inputs, outputs = [named(name) for name in node.input], [named(name) for name in node.output]
        node.ClearField("input")
        node.ClearField("output")
        node.input.extend(inputs)
        node.output.extend(outputs)
