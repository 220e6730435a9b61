"""The networks. One file per box of the figure; ``fusion_net`` puts them together, ``presets`` names them."""

from fusion.model.config import ConfigError, FusionConfig
from fusion.model.fusion_net import ABLATIONS, FusionNet, FusionOutput, Perception
from fusion.model.presets import DEFAULT_PRESET, PRESETS, build_fusion_net
from fusion.model.weights import WeightsError

__all__ = [
    "ABLATIONS",
    "DEFAULT_PRESET",
    "PRESETS",
    "ConfigError",
    "FusionConfig",
    "FusionNet",
    "FusionOutput",
    "Perception",
    "WeightsError",
    "build_fusion_net",
]
