"""What a network costs without a clock: parameters, multiply-adds, peak memory.

Source: DESIGN section 6 (``bench``).
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from fusion.emoji.catalog import Catalog
from fusion.emoji.words import WordTable
from fusion.evaluation.bench_rows import Cost
from fusion.model import FusionNet
from fusion.model.attention import PositionalAttentionSE
from fusion.model.position import PositionalEncoding
from fusion.model.text_cross_attention import Words
from fusion.pipeline.words import PairWords, tokens

PAIR = ("1f600", "1f355")
"""What is fused: a real pair, since the work depends on how many instances there are."""
SENTENCE = "on its head, small"
"""What is said of it, where words are timed."""
POSITIONAL = (PositionalEncoding, PositionalAttentionSE)


def inputs(net: FusionNet, size: int, batch: int, device: str) -> tuple[Tensor, Tensor]:
    """The same two emoji, ``batch`` times: each (B, 4, S, S)."""
    catalog = Catalog.default()

    def tensor(key: str) -> Tensor:
        picture = torch.from_numpy(catalog.render(key, size, net.config.frame)).to(device)
        return (picture.permute(2, 0, 1)[None].float() / 255).repeat(batch, 1, 1, 1)

    return tensor(PAIR[0]), tensor(PAIR[1])


def said(net: FusionNet, device: str) -> Words:
    """The names and keywords of the two emoji and a sentence, as ``net`` reads them."""
    table, catalog = WordTable.default(), Catalog.default()
    first, second = (table.of_emoji(catalog[key]) for key in PAIR)
    told = PairWords((first, second), table.of_text(SENTENCE), SENTENCE)
    vectors, roles = (torch.from_numpy(part).to(device) for part in tokens([told], net.config.words))
    return Words(vectors, roles)


def count(net: FusionNet, device: str = "cpu") -> Cost:
    """Parameters, multiply-adds and peak memory (MiB, activations) of one pair at the preset's own size."""
    positional = [module for module in net.modules() if isinstance(module, POSITIONAL)]
    return {
        "parameters": sum(p.numel() for p in net.parameters()),
        "positional_parameters": sum(p.numel() for module in positional for p in module.parameters()),
        "multiply_adds": multiply_adds(net),
        "size": net.config.size,
        "peak_memory_mib": {name: round(peak_memory(net, name), 1) for name in sorted({"cpu", device})},
    }


def multiply_adds(net: FusionNet) -> int:
    """Multiply-adds of convolutions and matrix products for one pair at the preset's own size: the rest is small."""
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        net(*inputs(net, net.config.size, 1, "cpu"))
    return counter.get_total_flops() // 2


def peak_memory(net: FusionNet, device: str) -> float:
    """MiB that one forward of one pair holds at its worst, weights not counted."""
    net, pair = copy.deepcopy(net).to(device), inputs(net, net.config.size, 1, device)
    with torch.inference_mode():
        if device == "cuda":
            torch.cuda.reset_peak_memory_stats()
            before = torch.cuda.memory_allocated()
            net(*pair)
            return (torch.cuda.max_memory_allocated() - before) / 2**20
        kind = torch.profiler.ProfilerActivity.CPU
        with torch.profiler.profile(activities=[kind], profile_memory=True) as profiler:
            net(*pair)
    events = [event for event in profiler.profiler.kineto_results.events() if event.name() == "[memory]"]
    held = peak = 0
    for event in sorted(events, key=lambda event: event.start_ns()):
        held += event.nbytes()
        peak = max(peak, held)
    return peak / 2**20
