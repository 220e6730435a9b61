"""Emoji Fusion: two emoji in, one new emoji out, by a network that aligns first and then fuses.

What the parts follow stands in ``DESIGN.md`` beside this file; docstrings cite its sections.
"""
