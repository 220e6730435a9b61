"""The network as ONNX graphs, for machines without torch: what it sees and plans, a palette, the fusion.

Graphs hold no branches, so here is the same arithmetic for all rows at once: every instance is warped and every
picture repainted, wanted or not. Pictures go in as uint8 (B, S, S, 4) and come out as float32 (B, S, S, 4), both
premultiplied RGBA; batch and size are free. What the network says of a pair is made ready in the graph, so that the
other side needs no tensor library.

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
import torch.nn.functional as F
from torch import Tensor, nn

from fusion.colour import VIEW as PALETTE_VIEW
from fusion.colour import luminance_curve, palette_of_all
from fusion.colour import recolour as through_curves
from fusion.errors import FusionError
from fusion.files import write_beside
from fusion.geometry import PREFILTER, content_box, sampling_grid
from fusion.model import FusionConfig, FusionNet, FusionOutput, PairFeatures
from fusion.model.aligned import Aligned, stack_instances
from fusion.model.center_aware_scale import LayoutPrediction
from fusion.model.center_detector import decide, order_by_main
from fusion.model.layout_trunk import VIEW, LayoutTrunk
from fusion.model.weights import load_fusion_net, locate_weights, weights_hash
from fusion.pipeline.engines.onnx_files import METADATA, graph_file
from fusion.pipeline.hypotheses import alike, shares

if TYPE_CHECKING:
    import onnx

OPSET = 18
EXAMPLE_SIDE = 96
"""Any size that no other number in the network equals."""
LEAST_HALVED = 64
"""Tensors of fewer numbers stay in float32."""


class ExportError(FusionError):
    """A network that cannot be written as ONNX."""


class BranchFreeNet(FusionNet):
    """A FusionNet whose steps ask no tensor what to do next. ``curves`` (B, 8, 4) are set before a fusion."""

    curves: Tensor | None = None

    def align(self, pair: PairFeatures, main: Tensor, layout: Tensor, presence: Tensor, recolour: Tensor) -> Aligned:
        """As the network's own, for every instance, there or not."""
        main_image, non_main = order_by_main(main, *pair.inputs)
        main_features, other_features = order_by_main(main, *pair.separated)
        warped = warp_all(torch.cat([non_main, other_features], dim=1), layout, self.config.prefilter)
        warped = warped * presence[:, :, None, None, None]
        instances, maps = warped.split([non_main.shape[1], other_features.shape[1]], dim=2)
        features = torch.cat([main_features, maps.sum(1)], dim=1)
        repainted = through_curves(main_image, self.curves)
        recoloured = torch.where(recolour[:, None, None, None] > 0, repainted, main_image)
        return Aligned(main_image, non_main, instances, recoloured, features, layout, presence, recolour)


class BranchFreeTrunk(nn.Module):
    """A LayoutTrunk that makes its view of a picture by multiplying with two matrices of means, for any size."""

    def __init__(self, trunk: LayoutTrunk) -> None:
        super().__init__()
        self.stages = trunk.stages

    def forward(self, first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
        """As ``LayoutTrunk.forward``."""
        both = torch.cat([first, second])
        means = averaging(both.shape[-1], VIEW)
        return self.stages(means @ both @ means.T).unflatten(0, (2, -1)).unbind(0)


def averaging(side: int, view: int) -> Tensor:
    """The matrix (view, side) whose rows are the means that adaptive average pooling takes; exact for side >= view."""
    pixel, cell = torch.arange(side)[None], torch.arange(view)[:, None]
    inside = (pixel >= cell * side // view) & (pixel < ((cell + 1) * side + view - 1) // view)
    return inside.float() / inside.float().sum(1, keepdim=True)


def warp_all(images: Tensor, layout: Tensor, prefilter: bool) -> Tensor:
    """``geometry.warp`` of pictures (B, C, S, S) to each of the layouts (B, K, 4): (B, K, C, S, S).

    The picture and its averages lie side by side in one wide picture with empty columns between them; the grid reads
    each instance from the one that its scale asks for.
    """
    side, k = images.shape[-1], layout.shape[1]
    steps = PREFILTER if prefilter else ()
    levels = [images, *(F.avg_pool2d(images, factor) for _, factor in steps)]
    atlas = torch.cat([F.pad(level, (0, 1, 0, side - level.shape[-2])) for level in levels], dim=3)
    shrink = layout[..., :2].amax(dim=2)[..., None]  # (B, K, 1)

    factor, start = torch.ones_like(shrink), torch.zeros_like(shrink)
    offset = side + 1
    for bound, pixels in steps:
        factor = torch.where(shrink < bound, float(pixels), factor)
        start = torch.where(shrink < bound, torch.zeros_like(shrink) + offset, start)
        offset = offset + side // pixels + 1
    grid = sampling_grid(layout.flatten(0, 1), side, side).unflatten(0, (-1, k))  # (B, K, S, S, 2)

    def pixel(coordinate: Tensor) -> Tensor:  # of its level, no further out than the empty pixel beside it
        length = (side / factor)[..., None]
        return (((coordinate + 1) * length - 1) / 2).clamp_min(-1).minimum(length)

    x = (2 * (pixel(grid[..., 0]) + start[..., None]) + 1) / atlas.shape[-1] - 1
    y = (2 * pixel(grid[..., 1]) + 1) / side - 1
    where = torch.stack([x, y], dim=-1).flatten(1, 2)  # (B, K S, S, 2)
    sampled = F.grid_sample(atlas, where, padding_mode="zeros", align_corners=False)
    return sampled.unflatten(2, (k, side)).transpose(1, 2)


def branch_free(net: FusionNet) -> BranchFreeNet:
    """A copy of ``net`` that can be written as a graph. Raises ExportError for presets that cannot."""
    config = net.config
    if not (config.has_alpha and config.output == "alpha-over" and config.layout_head == "trunk" and config.recolour):
        raise ExportError(f"The preset {config.preset!r} cannot be exported; export weights of the preset 'fusion'.")
    copy = BranchFreeNet.from_config(config)
    copy.load_state_dict(net.state_dict())
    copy.layout_trunk = BranchFreeTrunk(copy.layout_trunk)
    return copy.requires_grad_(False).eval()


def tensor(pictures: Tensor) -> Tensor:
    """uint8 (B, S, S, 4) to float (B, 4, S, S) in [0, 1]."""
    return pictures.permute(0, 3, 1, 2).float() / 255


class Perceive(nn.Module):
    """Two emoji to the main subject's logit and, for either main subject, all that the layout branch weighs."""

    def __init__(self, net: BranchFreeNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, first: Tensor, second: Tensor) -> dict[str, Tensor]:
        """Two pictures, uint8 (B, S, S, 4)."""
        pictures = tensor(first), tensor(second)
        seen = self.net.perceive(*pictures)
        plans = [self.net.center_aware_scale(*order).hypotheses for order in (seen.maps, seen.maps[::-1])]
        same = [alike(plan, content_box(other[:, 3])) for plan, other in zip(plans, pictures[::-1], strict=True)]

        def both(name: str) -> Tensor:
            return torch.stack([getattr(plan, name) for plan in plans], dim=1)

        return {
            "main": decide(seen.main_logit),
            "main_logit": seen.main_logit,
            "shares": torch.stack([shares(plan) for plan in plans], dim=1),
            "same": torch.stack(same, dim=1),
            "layout": both("layout"),
            "presence_logit": both("presence_logit"),
            "recolour_logit": both("recolour_logit"),
        }


class Curve(nn.Module):
    """The luminance curve (B, 8, 4) that paints a main subject in the other's palette; of the pixels given."""

    def forward(self, main: Tensor, other: Tensor) -> dict[str, Tensor]:
        """Two pictures of any one size, uint8 (B, h, w, 4)."""
        return {"curves": luminance_curve(palette_of_all(tensor(main)), palette_of_all(tensor(other)))}


class Fuse(nn.Module):
    """Everything that lies after a layout."""

    def __init__(self, net: BranchFreeNet) -> None:
        super().__init__()
        self.net = net

    def forward(
        self,
        first: Tensor,
        second: Tensor,
        main: Tensor,
        layout: Tensor,
        presence: Tensor,
        recolour: Tensor,
        curves: Tensor,
    ) -> dict[str, Tensor]:
        """Pictures, and what holds: ``main`` (B,), ``layout`` (B, K, 4), ``presence`` (B, K), ``recolour`` (B,)."""
        pictures = tensor(first), tensor(second)
        separated = self.net.separator(torch.cat(pictures, dim=1))
        seen = PairFeatures(pictures, separated, separated, recolour)  # what comes before a layout is not asked for
        plan = LayoutPrediction(layout, presence, recolour)
        self.net.curves = curves
        out = self.net.fuse(seen, main, plan, layout, presence, recolour)
        self.net.curves = None
        return pictures_of(self.net, out)


def pictures_of(net: FusionNet, out: FusionOutput) -> dict[str, Tensor]:
    """What a trace shows of a fusion, pictures channels last."""
    found = {
        "output": net.to_rgba(out.image).permute(0, 2, 3, 1),
        "instances": out.instances.permute(0, 1, 3, 4, 2),
        "instance_boxes": content_box(out.instances[:, :, 3]),
        "transformed": stack_instances(out.instances).permute(0, 2, 3, 1),
        "composite": out.composite.permute(0, 2, 3, 1),
        "recoloured": out.recoloured.permute(0, 2, 3, 1),
        "gates": out.gates,
        "correction": out.correction.permute(0, 2, 3, 1),
        "separated_first": out.separated[0],
        "separated_second": out.separated[1],
        "position": out.position,
    }
    for name, maps in out.attention.items():
        found |= {f"{name}_channel": maps.channel, f"{name}_spatial": maps.spatial[:, 0]}
    return {name: value for name, value in found.items() if value is not None}


def examples(config: FusionConfig) -> dict[str, dict[str, Tensor]]:
    """An input of each graph by its names: what tracing runs on."""
    generator = torch.Generator().manual_seed(0)
    first, second = torch.randint(0, 256, (2, 2, EXAMPLE_SIDE, EXAMPLE_SIDE, 4), generator=generator, dtype=torch.uint8)
    pair = {"first": first, "second": second}
    layout = torch.tensor([0.5, 0.5, 0.1, 0.1]).repeat(2, config.instances, 1)
    return {
        "perceive": pair,
        "curve": {"main": first, "other": second},
        "fuse": pair
        | {
            "main": torch.tensor([0, 1]),
            "layout": layout,
            "presence": torch.ones(2, config.instances),
            "recolour": torch.tensor([1.0, 0.0]),
            "curves": torch.rand(2, 8, 4, generator=generator),
        },
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
    axes = {
        name: {0: batch, 1: side, 2: side} if value.dtype == torch.uint8 else {0: batch}
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
    model = strip(program.model_proto)
    for value in model.graph.input:
        # The exporter fixes a size without a word where the network turns it into a plain number, as len() does.
        if not value.type.tensor_type.shape.dim[0].dim_param:
            raise ExportError(f"The batch of {file.name} came out fixed; write shape[0] for len() in the network.")
    halve(model.graph)
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
    except ModuleNotFoundError as fault:
        raise ExportError("Exporting needs the packages onnx and onnxscript: pip install -e '.[onnx]'.") from fault
    source = locate_weights(weights)
    net = branch_free(load_fusion_net(source))
    told = {"weights": weights_hash(source), "palette_view": PALETTE_VIEW, "config": asdict(net.config)}
    modules = {"perceive": Perceive(net), "curve": Curve(), "fuse": Fuse(net)}
    folder.mkdir(parents=True, exist_ok=True)
    for graph, inputs in examples(net.config).items():
        progress(graph)
        write_graph(modules[graph], inputs, graph_file(folder, graph), {METADATA: json.dumps(told, sort_keys=True)})


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
