"""The emoji that people pick most: whole subcategories, so that the list needs no upkeep."""

from __future__ import annotations

from fusion.emoji.catalog import Catalog, Emoji

POPULAR = (
    "face-smiling", "face-affection", "face-tongue", "face-concerned", "face-negative", "heart", "cat-face", "emotion",
    "animal-mammal", "animal-bird", "food-fruit", "food-sweet", "food-prepared", "plant-flower", "sky-weather",
    "event",
    "drink", "clothing", "sport", "hand-fingers-open", "transport-ground", "music",
)  # fmt: skip
"""Subcategories that people pick from, smileys most of all."""


def popular(catalog: Catalog) -> list[Emoji]:
    """Those emoji in the catalogue's order."""
    return [emoji for emoji in catalog if emoji.subcategory in POPULAR]
