"""Names that the network, the pipeline, the views and the page share, so that each is spelled once."""

from __future__ import annotations

SIDES = ("first", "second")
"""The two emoji of a pair, in the order in which they are given."""

ATTENTION_BLOCKS = ("up3", "up4")
"""The up blocks, by name, whose attention is published, traced and shown: the last two of four, at half and full size.

Source: DESIGN section 1 (PositionalAttentionSE).
"""
