"""CUDA graphs: the launches of a U-Net recorded once per shape, then replayed; at batch 1 launching is what costs."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fusion.model.attention import AttentionMaps
from fusion.model.unet import Locate, UNet

GRAPHS = 8
"""So many shapes are recorded; each holds its own maps in memory. Others run launch by launch."""


class GraphedUNet(nn.Module):
    """A U-Net behind recorded graphs. What varies is copied in, what comes out is copied out."""

    def __init__(self, unet: UNet) -> None:
        super().__init__()
        self.unet, self.largest = unet, unet.largest
        self.recordings: dict[tuple, Recording] = {}

    def forward(
        self, x: Tensor, locate: Locate, disabled: frozenset[str] = frozenset(), family: Tensor | None = None
    ) -> tuple[Tensor, dict[str, AttentionMaps]]:
        """As ``UNet.forward``, from a recording of its shape where there is one."""
        key = (tuple(x.shape), disabled)
        planes = {n: locate(x.shape[-2] // n, x.shape[-1] // n) for n in (1, 2, 4, 8)}
        if key not in self.recordings and len(self.recordings) < GRAPHS:
            self.recordings[key] = Recording(self.unet, x, planes, disabled, family)
        recording = self.recordings.get(key)
        return recording.replay(x, planes, family) if recording else self.unet(x, locate, disabled, family)


class Recording:
    """One captured forward of ``unet``. ``planes``: positional tensor by how many times smaller than ``x`` it is."""

    def __init__(
        self, unet: UNet, x: Tensor, planes: dict[int, Tensor], disabled: frozenset[str], family: Tensor | None
    ) -> None:
        self.family = None if family is None else family.clone()
        self.x, self.planes = x.clone(), {n: plane.clone() for n, plane in planes.items()}
        height = x.shape[-2]

        def run() -> tuple[Tensor, dict[str, AttentionMaps]]:
            return unet(self.x, lambda h, _: self.planes[height // h], disabled, self.family)

        # A few runs on another stream first: libraries choose their algorithms then, which cannot be recorded.
        side = torch.cuda.Stream(x.device)
        side.wait_stream(torch.cuda.current_stream(x.device))
        with torch.cuda.stream(side):
            for _ in range(3):
                run()
        torch.cuda.current_stream(x.device).wait_stream(side)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.features, self.attention = run()

    def replay(
        self, x: Tensor, planes: dict[int, Tensor], family: Tensor | None
    ) -> tuple[Tensor, dict[str, AttentionMaps]]:
        """Run what was recorded on ``x``, ``planes`` and ``family``, all of the recorded shapes."""
        self.x.copy_(x)
        if self.family is not None and family is not None:
            self.family.copy_(family)
        for n, plane in planes.items():
            self.planes[n].copy_(plane)
        self.graph.replay()
        maps = {name: AttentionMaps(m.channel.clone(), m.spatial.clone()) for name, m in self.attention.items()}
        return self.features.clone(), maps
