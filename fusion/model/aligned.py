"""A pair once its non-main lies where its layout puts it: what is encoded, decoded and painted from there on."""

from __future__ import annotations

from dataclasses import dataclass

import torch
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


def instance_planes(layout: Tensor, presence: Tensor, like: Tensor) -> Tensor:
    """Which instances there are, and how large each is (0 to 2), at every place: (B, 2K, H, W) for ``like``'s H and W.

    The pictures say this only where an instance lies, and a convolution that sees one copy cannot tell a halo from
    motif eyes.
    """
    sizes = presence * layout[..., :2].mean(dim=-1)
    return torch.cat([presence, sizes], dim=1).to(like.dtype)[:, :, None, None].expand(-1, -1, *like.shape[-2:])
