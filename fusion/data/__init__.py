"""Recipes as tensors: which pairs, in which split, batch after batch."""
