"""The named networks, and the one function that builds them."""

from __future__ import annotations

import difflib

from fusion.model.config import ConfigError, FusionConfig, Setting
from fusion.model.fusion_net import FusionNet

PLAIN: dict[str, Setting] = {"separator_width": 0, "layout_head": "none", "position": "off"}

PRESETS: dict[str, dict[str, Setting]] = {
    "fusion": {
        "has_alpha": True,
        "separator_width": 8,
        "separator_activation": False,
        "layout_head": "trunk",
        "instances": 3,
        "hypotheses": 24,
        "recolour": True,
        "frame_scale": 0.8,
        "frame_drop": 0.1,
        "max_offset": 0.35,
        "prefilter": True,
        "attention": "layout",
        "context": True,
        "width": 16,
        "output": "alpha-over",
    },
    "unet-se-po": {},
    "unet": {**PLAIN, "attention": "off"},
    "unet-se": {**PLAIN, "attention": "se", "attention_blocks": "all"},
    "attention-unet": {**PLAIN, "attention": "gate", "attention_blocks": "all"},
    "res-unet": {**PLAIN, "attention": "off", "residual": True},
}
"""Settings that differ from FusionConfig's defaults, which are the published network."""

DEFAULT_PRESET = "fusion"


def build_fusion_net(preset: str = DEFAULT_PRESET, **overrides: Setting) -> FusionNet:
    """A fresh FusionNet of a named preset; ``overrides`` are fields of FusionConfig.

    Raises ConfigError for an unknown preset, an unknown field or a combination that makes no sense.
    """
    if preset not in PRESETS:
        near = difflib.get_close_matches(str(preset), PRESETS, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ConfigError(f"There is no preset {preset!r}; known are {', '.join(PRESETS)}.{hint}")
    config = FusionConfig.from_dict({"preset": preset, **PRESETS[preset], **overrides})
    return FusionNet.from_config(config)
