"""Where one sits, and where something is served: saddles and trays.

Read off the drawings once, in drawing-area units (0 to 128), where the upper edge of the silhouette does not show it
(:mod:`fusion.recipes.anatomy.edges`). Names are the catalogue's.

Source: DESIGN section 3.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from fusion.emoji.catalog import Catalog


class Tray(NamedTuple):
    """An upper side to stand on: the middle of its front, and its width."""

    x: float
    y: float
    width: float


SADDLES: dict[str, tuple[float, float]] = {
    "bicycle": (88, 52),
    "motor scooter": (90, 58),
    "motorcycle": (82, 74),
    "taxi": (62, 48),
    "skateboard": (62, 66),
    "kick scooter": (66, 108),
    "roller skate": (32, 20),
    "carousel horse": (84, 56),
    "horse": (72, 56),
    "crescent moon": (58, 104),
    "broom": (86, 42),
    "couch and lamp": (64, 84),
    "chair": (64, 72),
    "sailboat": (88, 104),
    "sled": (66, 54),
    "whale": (58, 60),
    "snail": (84, 24),
    "racing car": (58, 92),
    "pickup truck": (100, 64),
    "tractor": (40, 64),
    "flying saucer": (84, 20),
    "bed": (70, 92),
}
"""Where one sits: the middle of the seat."""

TRAYS: dict[str, Tray] = {
    "birthday cake": Tray(64, 62, 76),
    "shortcake": Tray(62, 52, 70),
    "cupcake": Tray(64, 34, 60),
    "custard": Tray(64, 34, 60),
    "pancakes": Tray(64, 36, 84),
    "waffle": Tray(64, 78, 84),
    "pie": Tray(64, 62, 84),
    "flatbread": Tray(64, 92, 84),
    "fork and knife with plate": Tray(64, 92, 84),
    "spaghetti": Tray(64, 74, 76),
    "curry rice": Tray(64, 84, 84),
    "hamburger": Tray(64, 30, 84),
    "bread": Tray(64, 24, 84),
    "cheese wedge": Tray(60, 56, 72),
    "sandwich": Tray(70, 44, 76),
    "moon cake": Tray(64, 74, 84),
    "cooking": Tray(50, 84, 66),
    "shallow pan of food": Tray(64, 100, 84),
    "bento box": Tray(64, 82, 92),
    "drum": Tray(64, 60, 90),
    "rice cracker": Tray(64, 96, 76),
    "sushi": Tray(60, 78, 76),
    "bagel": Tray(64, 90, 76),
    "cookie": Tray(64, 100, 84),
    "doughnut": Tray(64, 90, 84),
    "butter": Tray(64, 56, 76),
    "ice": Tray(64, 40, 76),
    "rock": Tray(64, 24, 70),
    "wood": Tray(58, 24, 56),
    "brick": Tray(64, 12, 84),
    "books": Tray(60, 34, 76),
    "package": Tray(64, 40, 84),
    "wrapped gift": Tray(64, 24, 66),
    "oyster": Tray(58, 82, 66),
    "lotus": Tray(64, 70, 70),
    "nest with eggs": Tray(64, 66, 76),
    "soap": Tray(64, 54, 76),
    "trophy": Tray(64, 12, 62),
}
"""Where something is served: the middle of the place it stands on, and the width of that place."""


@cache
def trays() -> dict[str, Tray]:
    """Key -> the place on what carries something."""
    return {Catalog.default().find(name).key: tray for name, tray in TRAYS.items()}


@cache
def saddles() -> dict[str, tuple[float, float]]:
    """Key -> the seat of what is ridden, where its upper edge does not show it."""
    return {Catalog.default().find(name).key: seat for name, seat in SADDLES.items()}
