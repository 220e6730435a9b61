"""FusionNet: two emoji in, one out. Align first, then fuse."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

import torch
from huggingface_hub import ModelHubMixin, PyTorchModelHubMixin
from torch import Tensor, nn
from typing_extensions import Self

from fusion.colour import repaint
from fusion.geometry import IDENTITY, content_box, layout_to_box, over
from fusion.model.aligned import Aligned, instance_planes, stack_instances
from fusion.model.attention import AttentionMaps
from fusion.model.center_aware_scale import CenterAwareScaleModule, LayoutPrediction, align
from fusion.model.center_detector import EmojiCenterDetector, decide, order_by_main
from fusion.model.config import FusionConfig, Setting
from fusion.model.head import build_head
from fusion.model.image_space import from_rgba, to_rgba
from fusion.model.layout_trunk import LayoutTrunk
from fusion.model.position import PositionalEncoding, box_plane, coordinate_planes
from fusion.model.separator import EmojiSeparator
from fusion.model.text_cross_attention import Words
from fusion.model.unet import Locate, UNet, in_its_size
from fusion.model.weight_files import read_settings, read_weights
from fusion.names import ATTENTION_BLOCKS

Hub = TypeVar("Hub", bound=ModelHubMixin)

ABLATIONS = ("layout", "position", *ATTENTION_BLOCKS)
"""Parts that a forward can leave out, to see what they do: those it is to leave out are ``disabled``."""


@dataclass
class PairFeatures:
    """What the network knows of a pair before any layout: everything an override leaves untouched.

    ``inputs``: two premultiplied RGBA pictures (B, 4, H, W); ``separated``: two feature maps (B, C, H, W);
    ``maps``: what the layout branch looks at; ``main_logit``: (B,), above zero the second is the main subject.
    ``word_attention``: how much each word counted at each place of each emoji's map, (B, T, 4, 4), where words came in;
    ``said``: the sentence's vector, (B, D), where the preset hears it alone; ``measured``: copies that palettes are of.
    """

    inputs: tuple[Tensor, Tensor]
    separated: tuple[Tensor, Tensor]
    maps: tuple[Tensor, Tensor]
    main_logit: Tensor
    word_attention: tuple[Tensor, Tensor] | None = None
    said: Tensor | None = None
    measured: tuple[Tensor, Tensor] | None = None


@dataclass
class FusionOutput:
    """One batch of fusions, differentiable. Shapes: B pairs, K instances, C image channels of the preset.

    Pictures named ``main_image``, ``instances``, ``recoloured`` and ``composite`` are premultiplied RGBA in
    [0, 1]; ``image`` is in the preset's own image space (``FusionNet.normalise``), not clamped.
    """

    separated: tuple[Tensor, Tensor]  # each (B, C, H, W)
    main_logit: Tensor  # (B,)
    main: Tensor  # (B,) long, 0 or 1
    layout: Tensor  # (B, K, 4), in effect
    presence_logit: Tensor  # (B, K)
    presence: Tensor  # (B, K), in effect, 0 or 1
    recolour_logit: Tensor  # (B,)
    recolour: Tensor  # (B,), in effect, 0 or 1
    family: Tensor | None  # (B, families), in effect, one-hot
    main_image: Tensor  # (B, 4, H, W)
    instances: Tensor  # (B, K, 4, H, W)
    image: Tensor  # (B, C, H, W)
    recoloured: Tensor | None = None  # (B, 4, H, W)
    position: Tensor | None = None  # (1, 2F, H, W)
    gates: Tensor | None = None  # (B, 1 + K, H, W)
    correction: Tensor | None = None  # (B, C, H, W)
    attention: dict[str, AttentionMaps] = field(default_factory=dict)

    @property
    def composite(self) -> Tensor:
        """Plain alpha-over of the transformed non-main on the main subject: (B, 4, H, W)."""
        return over(stack_instances(self.instances), self.main_image)


class FusionNet(nn.Module, PyTorchModelHubMixin, license="apache-2.0", tags=["emoji", "image-fusion"]):
    """The block diagram of DESIGN section 1, with the switches of section 2 (``FusionConfig``)."""

    def __init__(self, **settings: Setting) -> None:
        super().__init__()
        self.config = config = FusionConfig.from_dict(settings)
        channels = config.feature_channels
        self.separator = EmojiSeparator(config.image_channels, config.separator_width, config.separator_activation)
        self.aligns = config.layout_head != "none"
        if self.aligns:
            self.layout_trunk = (
                LayoutTrunk(config.image_channels, config.words) if config.layout_head == "trunk" else None
            )
            map_channels = self.layout_trunk.out_channels if self.layout_trunk else channels
            self.center_detector = EmojiCenterDetector(map_channels, config.layout_head)
            self.center_aware_scale = CenterAwareScaleModule(
                map_channels,
                config.layout_head,
                config.instances,
                config.max_offset,
                config.recolour,
                config.hypotheses,
                len(config.family_names),
                config.words if config.sentence else 0,
            )
        before = config.position == "before"
        self.position = PositionalEncoding(2 * channels, config.position_planes) if before else None
        # The alpha-over head needs to know what it mixes: the aligned pictures, the recoloured main subject and what
        # ``instance_planes`` says join the features.
        mixed = 1 + config.recolour + config.instances
        joined = mixed * config.image_channels + 2 * config.instances if config.output == "alpha-over" else 0
        self.unet = UNet(2 * channels + joined, config)
        self.head = build_head(config)

    @classmethod
    def from_config(cls, config: FusionConfig) -> Self:
        """A fresh network with these settings."""
        return cls(**asdict(config))

    @classmethod
    def from_pretrained(cls, pretrained_model_name_or_path: str | Path, **settings: Any) -> Self:
        """The hub mixin's loading, from a folder or a hub id; what is wrong with a folder's config is said first."""
        folder = Path(pretrained_model_name_or_path)
        if folder.is_dir():
            read_settings(folder / "config.json")
        return super().from_pretrained(pretrained_model_name_or_path, **settings)

    @classmethod
    def _load_as_pickle(cls, model: Hub, model_file: str, map_location: str, strict: bool) -> Hub:
        """What the hub mixin falls back on where a repository holds no safetensors: refused."""
        return cls._load_as_safetensor(model, model_file, map_location, strict)

    @classmethod
    def _load_as_safetensor(cls, model: Hub, model_file: str, map_location: str, strict: bool) -> Hub:
        """The hub mixin's loading step, strict whatever was asked for: missing weights must not load silently."""
        net = cast(FusionNet, model)  # the mixin hands over what ``cls`` made
        read_weights(net, Path(model_file)).to(map_location).eval()
        return model

    # ---------------------------------------------------------------------------------------- image space

    def normalise(self, rgba: Tensor) -> Tensor:
        """Premultiplied RGBA in [0, 1] to the preset's image space: itself, or RGB over black in [-1, 1]."""
        return from_rgba(rgba, self.config.has_alpha)

    def to_rgba(self, image: Tensor) -> Tensor:
        """The way back, clamped: premultiplied RGBA (B, 4, H, W). RGB presets are opaque, their ground is black."""
        return to_rgba(image, self.config.has_alpha)

    # ---------------------------------------------------------------------------------------- the figure

    def perceive(self, first: Tensor, second: Tensor, words: Words | None = None) -> PairFeatures:
        """Separate the two emoji and decide which is the main subject.

        ``first``, ``second``: premultiplied RGBA (B, 4, H, W) in [0, 1], H and W multiples of 16. ``words``: tokens
        (B, 2, T, D) of each emoji's name and of what a person says; ``None``, or a network without words: pictures
        alone.
        """
        pictures = self.normalise(first), self.normalise(second)
        separated = self.separator(torch.cat(pictures, dim=1))
        if not self.aligns:
            return PairFeatures((first, second), separated, separated, first.new_full((len(first),), -20.0))
        maps = self.layout_trunk(*pictures) if self.layout_trunk else separated
        attention = said = None
        if words is not None and self.layout_trunk is not None and self.config.words:
            maps, attention = self.layout_trunk.read(maps, words)
            said = words.sentence() if self.config.sentence else None
        return PairFeatures((first, second), separated, maps, self.center_detector(*maps), attention, said)

    def plan(self, pair: PairFeatures, main: Tensor) -> LayoutPrediction:
        """Where the non-main goes, given the main subject ``main`` (B,) long, 0 or 1."""
        if not self.aligns:
            stay = main.new_tensor([IDENTITY], dtype=torch.float32)
            return LayoutPrediction(
                stay.expand(len(main), 1, 4), stay.new_full((len(main), 1), 20.0), stay.new_full((len(main),), -20.0)
            )
        return self.center_aware_scale(*order_by_main(main, *pair.maps), pair.said)

    def fuse(
        self,
        pair: PairFeatures,
        main: Tensor,
        prediction: LayoutPrediction,
        layout: Tensor | None = None,
        presence: Tensor | None = None,
        recolour: Tensor | None = None,
        disabled: frozenset[str] = frozenset(),
        family: Tensor | None = None,
    ) -> FusionOutput:
        """Align the non-main, encode position, and paint: everything that lies after a layout.

        ``layout`` (B, K, 4), ``presence`` (B, K), ``recolour`` (B,) and ``family`` (B, families), one-hot, override
        the prediction. ``disabled``: of ABLATIONS.
        """
        decision = decide_layout(prediction, layout, presence, recolour, disabled)
        aligned = self.align(pair, main, *decision)
        position = self.encode_position(aligned, disabled)
        x = self.join(aligned, position)
        family = prediction.family if family is None else family
        features, attention = in_its_size(self.unet, x, self.locator(aligned), disabled, family)
        painted = self.head(features, aligned)
        return FusionOutput(
            separated=pair.separated,
            main_logit=pair.main_logit,
            main=main,
            layout=aligned.layout,
            presence_logit=prediction.presence_logit,
            presence=aligned.presence,
            recolour_logit=prediction.recolour_logit,
            recolour=aligned.recolour,
            family=family,
            main_image=aligned.main,
            instances=aligned.instances,
            recoloured=aligned.recoloured,
            position=position,
            attention=attention,
            **vars(painted),
        )

    def forward(
        self,
        first: Tensor,
        second: Tensor,
        *,
        words: Words | None = None,
        main: Tensor | None = None,
        layout: Tensor | None = None,
        presence: Tensor | None = None,
        recolour: Tensor | None = None,
        disabled: frozenset[str] = frozenset(),
    ) -> FusionOutput:
        """Separate, detect, align, encode position, U-Net.

        ``first``, ``second``, ``words``: as in ``perceive``. The rest forces what the layout branch would decide:
        ``main`` (B,) long 0 or 1, ``layout`` (B, K, 4), ``presence`` (B, K), ``recolour`` (B,).
        """
        pair = self.perceive(first, second, words)
        main = decide(pair.main_logit) if main is None else main
        return self.fuse(pair, main, self.plan(pair, main), layout, presence, recolour, disabled)

    # ---------------------------------------------------------------------------------------- its boxes

    def align(self, pair: PairFeatures, main: Tensor, layout: Tensor, presence: Tensor, recolour: Tensor) -> Aligned:
        """The non-main where ``layout`` (B, K, 4) puts it, the main subject as it is, and in the other's palette."""
        main_image, non_main = order_by_main(main, *pair.inputs)
        main_features, other_features = order_by_main(main, *pair.separated)
        instances, other_features = align(non_main, other_features, layout, presence, self.config.prefilter)
        features = torch.cat([main_features, other_features], dim=1)  # (B, 2F, H, W)
        measured = None if pair.measured is None else order_by_main(main, *pair.measured)
        recoloured = repaint(main_image, non_main, recolour, measured) if self.config.recolour else None
        return Aligned(main_image, non_main, instances, recoloured, features, layout, presence, recolour)

    def encode_position(self, aligned: Aligned, disabled: frozenset[str] = frozenset()) -> Tensor | None:
        """Positional weights (1, 2F, H, W) for the aligned features, where the preset weighs them before the U-Net."""
        return self.position(aligned.features) if self.position and "position" not in disabled else None

    def join(self, aligned: Aligned, position: Tensor | None) -> Tensor:
        """What enters the U-Net (B, 2F + joined, H, W): weighted features, and what an alpha-over head is to mix."""
        x = aligned.features if position is None else aligned.features * position
        if self.config.output != "alpha-over":
            return x
        mixed = [aligned.main] if aligned.recoloured is None else [aligned.main, aligned.recoloured]
        planes = instance_planes(aligned.layout, aligned.presence, like=x)
        return torch.cat([x, *mixed, aligned.instances.flatten(1, 2), planes], dim=1)

    def locator(self, aligned: Aligned) -> Locate:
        """The positional tensor at any map size: coordinate planes, and the layout-aware one where asked for."""
        layout = aligned.layout
        if self.config.attention != "layout":
            return lambda height, width: coordinate_planes(height, width, like=layout)
        boxes = layout_to_box(layout, content_box(aligned.non_main[:, 3])[:, None])

        def locate(height: int, width: int) -> Tensor:
            planes = coordinate_planes(height, width, like=layout).expand(layout.shape[0], -1, -1, -1)
            return torch.cat([planes, box_plane(boxes, aligned.presence, height, width)], dim=1)

        return locate


def decide_layout(
    prediction: LayoutPrediction,
    layout: Tensor | None,
    presence: Tensor | None,
    recolour: Tensor | None,
    disabled: frozenset[str],
) -> tuple[Tensor, Tensor, Tensor]:
    """Layout (B, K, 4), presence (B, K) and recolour switch (B,) in effect: those given, else those predicted."""
    layout = prediction.layout if layout is None else layout
    presence = (prediction.presence_logit > 0).float() if presence is None else presence
    recolour = (prediction.recolour_logit > 0).float() if recolour is None else recolour
    if "layout" in disabled:
        layout = torch.tensor(IDENTITY, device=layout.device).expand_as(layout)
    return layout, presence, recolour
