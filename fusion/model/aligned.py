"""A pair once its non-main lies where its layout puts it: what is encoded, decoded and painted from there on."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from fusion.geometry import over


@dataclass
class Aligned:
    """Pictures and features of B pairs after the warp. Pictures are premultiplied RGBA in [0, 1].

    K instances of the non-main, F channels of one separated emoji. ``layout``, ``presence`` and ``recolour`` are those
    in effect: the network's own, or what overrides them.
    """

    main: Tensor  # (B, 4, H, W)
    non_main: Tensor  # (B, 4, H, W), before the warp
    instances: Tensor  # (B, K, 4, H, W), after it
    recoloured: Tensor | None  # (B, 4, H, W), the main subject in the non-main's palette
    features: Tensor  # (B, 2F, H, W), the main subject's first
    layout: Tensor  # (B, K, 4)
    presence: Tensor  # (B, K), 0 or 1
    recolour: Tensor  # (B,), 0 or 1

    @property
    def composite(self) -> Tensor:
        """Plain alpha-over of the instances on the main subject: (B, 4, H, W)."""
        return over(stack_instances(self.instances), self.main)


def stack_instances(instances: Tensor) -> Tensor:
    """Instances (B, K, 4, H, W) laid over each other, the last on top: (B, 4, H, W)."""
    layer = instances[:, 0]
    for k in range(1, instances.shape[1]):
        layer = over(instances[:, k], layer)
    return layer
