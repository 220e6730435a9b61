"""Emoji Fusion: two emoji in, one new emoji out, by a network that aligns first and then fuses.

What the parts follow stands in ``DESIGN.md`` beside this file; docstrings cite its sections.
"""

import os

# Read when onnxruntime is imported, by whomever: it sends how it is used, and makes a number for this machine, unless
# it is told not to. Nothing is to leave the machine.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
