"""The networks. One file per box of the figure; ``fusion_net`` puts them together, ``presets`` names them."""

from fusion.model.config import ConfigError, FusionConfig
from fusion.model.fusion_net import ABLATIONS, FusionNet, FusionOutput, PairFeatures
from fusion.model.presets import DEFAULT_PRESET, PRESETS, build_fusion_net
from fusion.model.weight_files import WeightsError

__all__ = [
    "ABLATIONS",
    "DEFAULT_PRESET",
    "PRESETS",
    "ConfigError",
    "FusionConfig",
    "FusionNet",
    "FusionOutput",
    "PairFeatures",
    "WeightsError",
    "build_fusion_net",
]
