"""Measuring: how well a network aligns and paints, and what it costs."""
