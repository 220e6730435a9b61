"""The network without branches, as the modules that become graphs: perceive, curve and fuse.

Graphs hold no branches, so here is the same arithmetic for all rows at once: every instance that is given is warped and
every picture repainted, wanted or not. Pictures go in as uint8 (B, S, S, 4) and come out as float32 (B, S, S, 4), both
premultiplied RGBA; batch and size are free.
"""

from __future__ import annotations

from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fusion.colour import luminance_curve, palette_of_all
from fusion.colour import recolour as through_curves
from fusion.errors import FusionError
from fusion.geometry import content_box
from fusion.model import FusionNet, FusionOutput, PairFeatures
from fusion.model.aligned import Aligned, stack_instances
from fusion.model.attention import AttentionMaps
from fusion.model.center_aware_scale import LayoutPrediction
from fusion.model.center_detector import decide, order_by_main
from fusion.model.layout_trunk import VIEW, LayoutTrunk
from fusion.model.text_cross_attention import Words
from fusion.model.unet import Locate, UNet, resized
from fusion.pipeline.engines.branch_free_pixels import averaging, warp_all
from fusion.pipeline.engines.onnx_files import WORD_ATTENTION
from fusion.pipeline.hypotheses import alike, shares

BLOCK = 16
"""Channels that a runtime takes at once, where a processor has the widest vectors; a multiple of what others take."""


class ExportError(FusionError):
    """A network that cannot be written as ONNX."""


class BranchFreeNet(FusionNet):
    """A FusionNet whose steps ask no tensor what to do next. ``curves`` (B, 8, 4) are set before a fusion."""

    curves: Tensor | None = None

    def align(self, pair: PairFeatures, main: Tensor, layout: Tensor, presence: Tensor, recolour: Tensor) -> Aligned:
        """As the network's own, for the N instances of ``layout`` (B, N, 4), there or not; the others are not there."""
        main_image, non_main = order_by_main(main, *pair.inputs)
        main_features, other_features = order_by_main(main, *pair.separated)
        warped = warp_all(torch.cat([non_main, other_features], dim=1), layout, self.config.prefilter)
        warped = warped * presence[:, :, None, None, None]
        given, maps = warped.split([non_main.shape[1], other_features.shape[1]], dim=2)
        features = torch.cat([main_features, maps.sum(1)], dim=1)
        absent = self.config.instances - layout.shape[1]
        instances = F.pad(given, (0, 0, 0, 0, 0, 0, 0, absent))
        layout, presence = F.pad(layout, (0, 0, 0, absent), value=1.0), F.pad(presence, (0, absent))
        if self.curves is None:
            raise ExportError("The graph of a fusion was asked for without its curves; set them first.")
        repainted = through_curves(main_image, self.curves)
        recoloured = torch.where(recolour[:, None, None, None] > 0, repainted, main_image)
        return Aligned(main_image, non_main, instances, recoloured, features, layout, presence, recolour)


class BranchFreeTrunk(nn.Module):
    """A LayoutTrunk that makes its view of a picture by multiplying with two matrices of means, for any size."""

    def __init__(self, trunk: LayoutTrunk) -> None:
        super().__init__()
        self.stages = trunk.stages
        self.text_cross_attention = getattr(trunk, "text_cross_attention", None)

    def forward(self, first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
        """As ``LayoutTrunk.forward``."""
        both = torch.cat([first, second])
        means = averaging(both.shape[-1], VIEW)
        return self.stages(means @ both @ means.T).unflatten(0, (2, -1)).unbind(0)

    def read(self, maps: tuple[Tensor, Tensor], words: Words) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
        """As ``LayoutTrunk.read``. Raises ExportError for one that reads no words."""
        if self.text_cross_attention is None:
            raise ExportError("These weights read no words; export them without.")
        changed, attention = self.text_cross_attention(torch.cat(maps), words.stacked())
        return changed.unflatten(0, (2, -1)).unbind(0), attention.unflatten(0, (2, -1)).unbind(0)


class InItsSize(nn.Module):
    """A U-Net that sees a copy of at most ``largest`` pixels a side, as ``unet.in_its_size``, without asking for it.

    Its first convolution gets further channels, all zero: runtimes take the quick way through a convolution only where
    its channels fill their blocks, as 48 do and the 42 of the shipped network do not.
    """

    def __init__(self, unet: UNet) -> None:
        super().__init__()
        self.unet, self.most, self.largest = unet, unet.largest, None
        first = next(module for module in unet.stem.modules() if isinstance(module, nn.Conv2d))
        self.further = -first.in_channels % BLOCK
        first.in_channels += self.further
        first.weight = nn.Parameter(F.pad(first.weight, (0, 0, 0, 0, 0, self.further)))

    def forward(
        self, x: Tensor, locate: Locate, disabled: frozenset[str] = frozenset(), family: Tensor | None = None
    ) -> tuple[Tensor, dict[str, AttentionMaps]]:
        """As ``UNet.forward``. What is made no smaller passes unchanged: a runtime only copies it."""
        side = x.shape[-1]
        seen = resized(x, torch.sym_min(side, self.most))
        nothing = seen.new_zeros(1, 1, 1, 1).expand(seen.shape[0], self.further, *seen.shape[-2:])
        seen = torch.cat([seen, nothing], dim=1) if self.further else seen
        features, attention = self.unet(seen, locate, disabled, family)
        return resized(features, side), attention


class Normalise(nn.Module):
    """A trained BatchNorm: one scale and one shift a channel.

    An exporter folds a BatchNorm into the convolution before it, whose weights are then no halves any more and take
    twice the bytes; it leaves these two alone, and a runtime folds them as it loads.
    """

    scale: Tensor
    shift: Tensor

    def __init__(self, norm: nn.BatchNorm2d) -> None:
        super().__init__()
        variance, mean = cast(Tensor, norm.running_var), cast(Tensor, norm.running_mean)
        scale = norm.weight / (variance + norm.eps).sqrt()
        self.register_buffer("scale", scale[:, None, None])
        self.register_buffer("shift", (norm.bias - mean * scale)[:, None, None])

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, h, w), normalised."""
        return x * self.scale + self.shift


def branch_free(net: FusionNet) -> BranchFreeNet:
    """A copy of ``net`` that can be written as a graph. Raises ExportError for presets that cannot."""
    config = net.config
    if not (config.has_alpha and config.output == "alpha-over" and config.layout_head == "trunk" and config.recolour):
        raise ExportError(f"The preset {config.preset!r} cannot be exported; export weights of the preset 'fusion'.")
    copy = BranchFreeNet.from_config(config)
    copy.load_state_dict(net.state_dict())
    copy.set_submodule("unet", InItsSize(copy.unet))
    if copy.layout_trunk is not None:
        copy.set_submodule("layout_trunk", BranchFreeTrunk(copy.layout_trunk))
    for name, module in list(copy.named_modules()):
        if isinstance(module, nn.BatchNorm2d):
            copy.set_submodule(name, Normalise(module))
    return copy.requires_grad_(False).eval()


def tensor(pictures: Tensor) -> Tensor:
    """uint8 (B, S, S, 4) to float (B, 4, S, S) in [0, 1]."""
    return pictures.permute(0, 3, 1, 2).float() / 255


class Perceive(nn.Module):
    """Two emoji to the main subject's logit and, for either main subject, all that the layout branch weighs."""

    def __init__(self, net: BranchFreeNet) -> None:
        super().__init__()
        self.net = net

    def forward(
        self, first: Tensor, second: Tensor, words: Tensor | None = None, roles: Tensor | None = None
    ) -> dict[str, Tensor]:
        """Two pictures, uint8 (B, S, S, 4); of a network that reads words the tokens too, as in ``Words`` of pairs."""
        pictures = tensor(first), tensor(second)
        seen = self.net.perceive(*pictures, None if words is None or roles is None else Words(words, roles))
        plans = [self.net.center_aware_scale(*order, seen.said).hypotheses for order in (seen.maps, seen.maps[::-1])]
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
            **({"family": both("family_logit").argmax(3)} if self.net.config.families else {}),
            **dict(zip(WORD_ATTENTION, seen.word_attention or (), strict=False)),
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
        family: Tensor | None = None,
    ) -> dict[str, Tensor]:
        """Pictures, and what holds: ``main`` (B,), ``layout`` (B, N, 4), ``presence`` (B, N), ``recolour`` (B,).

        N is 1 to K, the number of instances that the network may place; those beyond N are not there.
        ``family``: (B,) long, which of the network's recipe families, where it tells them apart.
        """
        pictures = tensor(first), tensor(second)
        separated = self.net.separator(torch.cat(pictures, dim=1))
        seen = PairFeatures(pictures, separated, separated, recolour)  # what comes before a layout is not asked for
        plan = LayoutPrediction(layout, presence, recolour)
        self.net.curves = curves
        told = None
        if family is not None:
            told = (family[:, None] == torch.arange(len(self.net.config.family_names))).float()
        out = self.net.fuse(seen, main, plan, layout, presence, recolour, family=told)
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
        "recoloured": None if out.recoloured is None else out.recoloured.permute(0, 2, 3, 1),
        "gates": out.gates,
        "correction": None if out.correction is None else out.correction.permute(0, 2, 3, 1),
        "separated_first": out.separated[0],
        "separated_second": out.separated[1],
        "position": out.position,
    }
    for name, maps in out.attention.items():
        found |= {f"{name}_channel": maps.channel, f"{name}_spatial": maps.spatial[:, 0]}
    return {name: value for name, value in found.items() if value is not None}
