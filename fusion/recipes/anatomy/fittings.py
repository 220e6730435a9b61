"""Where things fit together: rims of vessels, heads on sticks, wheels.

What a picture shows at a glance and no measurement finds: read off the drawings once, in drawing-area units (0 to
128). Names are the catalogue's. Only emoji whose outline has such a place stand here, all of them.

Source: DESIGN section 3.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from fusion.emoji.catalog import Catalog


class Rim(NamedTuple):
    """The front rim of a vessel: from ``(x0, y0)`` to ``(x1, y1)``, hanging ``sag`` units lower in its middle."""

    x0: float
    y0: float
    x1: float
    y1: float
    sag: float

    def at(self, x: float) -> float:
        """Y of the rim at ``x``."""
        t = min(max((x - self.x0) / (self.x1 - self.x0), 0.0), 1.0)
        return self.y0 + (self.y1 - self.y0) * t + self.sag * max(1 - (2 * t - 1) ** 2, 0.0) ** 0.5

    @property
    def middle(self) -> tuple[float, float]:
        """The point of the rim half-way between its ends, where it hangs lowest."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2 + self.sag

    @property
    def width(self) -> float:
        """Distance between the ends."""
        return self.x1 - self.x0


class Head(NamedTuple):
    """The part of a thing that another can replace: its centre, the long side of what replaces it, what is cut away.

    ``cut``: filters that leave the rest. ``over``: the rest lies in front (a cup, a leaf), not behind (a stick).
    """

    x: float
    y: float
    size: float
    cut: str
    over: bool = False


class Spot(NamedTuple):
    """A round place: centre and radius."""

    x: float
    y: float
    radius: float


RIMS: dict[str, Rim] = {
    "bowl with spoon": Rim(6, 52, 122, 52, 13),
    "steaming bowl": Rim(6, 62, 122, 62, 24),
    "cooked rice": Rim(4, 52, 124, 52, 20),
    "pot of food": Rim(16, 60, 112, 60, 19),
    "fondue": Rim(36, 38, 118, 38, 9),
    "takeout box": Rim(8, 26, 112, 22, 14),
    "popcorn": Rim(12, 34, 114, 34, 14),
    "french fries": Rim(24, 58, 104, 58, 8),
    "cup with straw": Rim(33, 30, 96, 30, 11),
    "tumbler glass": Rim(14, 16, 114, 16, 13),
    "hot beverage": Rim(20, 50, 94, 50, 14),
    "teacup without handle": Rim(27, 54, 100, 54, 11),
    "beer mug": Rim(28, 40, 86, 40, 4),
    "glass of milk": Rim(32, 14, 102, 14, 9),
    "wine glass": Rim(40, 14, 92, 14, 7),
    "cocktail glass": Rim(10, 18, 116, 18, 12),
    "mate": Rim(38, 50, 92, 50, 13),
    "honey pot": Rim(30, 30, 100, 30, 9),
    "canned food": Rim(28, 18, 100, 18, 11),
    "pie": Rim(6, 74, 122, 74, 18),
    "hatching chick": Rim(16, 76, 112, 76, 8),
    "empty nest": Rim(24, 44, 104, 44, 23),
    "nest with eggs": Rim(22, 46, 106, 46, 25),
    "basket": Rim(8, 45, 120, 45, 12),
    "bucket": Rim(14, 14, 114, 14, 10),
    "bathtub": Rim(4, 64, 106, 64, 4),
    "shopping cart": Rim(14, 58, 98, 54, 0),
    "wastebasket": Rim(12, 18, 118, 18, 15),
    "toilet": Rim(22, 62, 84, 62, 2),
    "inbox tray": Rim(20, 64, 106, 64, 14),
    "outbox tray": Rim(20, 64, 106, 64, 14),
    "handbag": Rim(20, 42, 110, 42, 0),
    "purse": Rim(18, 36, 110, 36, 0),
    "shopping bags": Rim(24, 27, 82, 24, 2),
    "hiking boot": Rim(6, 22, 62, 20, 8),
    "woman’s boot": Rim(28, 9, 74, 9, 6),
    "top hat": Rim(27, 23, 101, 23, 9),
    "pickup truck": Rim(76, 61, 126, 61, 0),
    "canoe": Rim(4, 64, 124, 64, 17),
    "speedboat": Rim(16, 88, 124, 84, 4),
    "treasure chest": Rim(12, 60, 96, 62, 10),
    "card file box": Rim(6, 50, 122, 50, 0),
    "file folder": Rim(12, 50, 104, 28, 4),
    "volcano": Rim(36, 62, 90, 62, 8),
    "water wave": Rim(4, 76, 120, 104, 4),
    "hot springs": Rim(10, 84, 118, 84, 21),
    "hole": Rim(8, 88, 120, 88, 18),
    "stuffed flatbread": Rim(6, 66, 108, 36, 14),
    "lotus": Rim(24, 62, 104, 62, 14),
    "green salad": Rim(6, 56, 122, 56, 23),
    "drum": Rim(10, 50, 118, 50, 24),
    "ice cream": Rim(20, 56, 110, 56, 15),
    "fountain": Rim(6, 92, 122, 92, 14),
    "coconut": Rim(26, 64, 104, 52, 26),
    "curry rice": Rim(6, 70, 122, 70, 32),
}  # fmt: skip

HEADS: dict[str, Head] = {
    "lollipop": Head(53, 51, 90, "hole:53,51,50,50"),
    "soft ice cream": Head(64, 38, 78, "below:76", over=True),
    "cupcake": Head(64, 44, 86, "below:80", over=True),
    "shaved ice": Head(62, 32, 82, "below:61", over=True),
    "ice cream": Head(64, 36, 78, "below:60", over=True),
    "broom": Head(30, 98, 66, "right:56"),
    "magic wand": Head(96, 30, 58, "hole:98,28,32,30"),
    "balloon": Head(63, 46, 92, "below:92"),
    "rose": Head(64, 44, 88, "below:84", over=True),
    "sunflower": Head(64, 46, 92, "below:94"),
    "tulip": Head(64, 40, 80, "hole:64,40,34,42", over=True),
    "hyacinth": Head(64, 44, 82, "hole:64,46,32,46", over=True),
    "wilted flower": Head(88, 44, 60, "hole:94,70,30,60"),
    "mushroom": Head(64, 46, 96, "below:78"),
    "palm tree": Head(72, 36, 92, "below:60|right:64|left:98"),
    "deciduous tree": Head(64, 44, 102, "below:90"),
    "potted plant": Head(64, 50, 92, "below:94", over=True),
    "candle": Head(63, 24, 56, "below:44"),
    "light bulb": Head(64, 42, 86, "below:82", over=True),
    "diya lamp": Head(94, 38, 68, "below:66", over=True),
    "microphone": Head(98, 30, 64, "hole:98,30,36,36"),
    "hammer": Head(34, 36, 68, "hole:30,34,40,38"),
    "axe": Head(34, 34, 70, "hole:30,30,44,42"),
    "pick": Head(50, 36, 66, "hole:40,36,62,52"),
    "shovel": Head(36, 94, 68, "hole:32,98,36,36"),
    "plunger": Head(34, 94, 68, "hole:30,98,38,36"),
    "paintbrush": Head(26, 98, 54, "hole:22,104,28,26"),
    "key": Head(82, 40, 82, "hole:84,40,42,42"),
    "old key": Head(98, 36, 66, "hole:102,34,38,38"),
    "guitar": Head(42, 84, 84, "hole:40,88,54,46"),
    "banjo": Head(38, 88, 76, "hole:36,90,42,42"),
    "violin": Head(42, 86, 80, "hole:42,90,56,46"),
    "spoon": Head(34, 30, 64, "hole:34,30,36,36"),
    "round pushpin": Head(64, 32, 66, "below:60"),
    "tennis": Head(90, 40, 76, "hole:92,38,38,44"),
    "badminton": Head(94, 36, 68, "hole:94,36,36,38"),
    "net with handle": Head(50, 44, 90, "hole:56,40,66,50"),
    "sports medal": Head(64, 88, 76, "above:50"),
    "1st place medal": Head(64, 88, 76, "above:50"),
    "2nd place medal": Head(64, 88, 76, "above:50"),
    "3rd place medal": Head(64, 88, 76, "above:50"),
    "military medal": Head(64, 88, 76, "above:44"),
    "fishing pole": Head(98, 84, 66, "hole:100,84,27,42"),
    "poultry leg": Head(84, 82, 86, "hole:88,84,56,56"),
    "pineapple": Head(64, 88, 78, "above:66", over=True),
    "red apple": Head(64, 76, 96, "above:34", over=True),
    "green apple": Head(64, 76, 96, "above:34", over=True),
    "pear": Head(64, 72, 98, "above:19", over=True),
    "ring": Head(65, 20, 56, "below:44"),
    "watch": Head(64, 64, 78, "hole:64,64,36,36"),
    "chess pawn": Head(64, 24, 58, "below:42"),
    "joystick": Head(64, 22, 58, "below:46"),
    "bomb": Head(56, 76, 96, "above:36|right:64", over=True),
    "candy": Head(64, 64, 62, "hole:64,64,30,30"),
    "snail": Head(82, 52, 80, "hole:82,52,34,34"),
    "turtle": Head(72, 38, 84, "full"),
    "crystal ball": Head(64, 48, 98, "below:96"),
    "trophy": Head(64, 40, 80, "below:72"),
    "flag in hole": Head(84, 26, 58, "left:67"),
    "shortcake": Head(66, 22, 60, "below:42"),
    "Christmas tree": Head(64, 12, 48, "below:20"),
    "lighthouse": Head(64, 22, 58, "below:40"),
}  # fmt: skip

TWINS: dict[str, tuple[Head, Head]] = {
    "cherries": (Head(40, 96, 60, "hole:42,98,28,30"), Head(92, 94, 60, "hole:92,94,30,30")),
    "maracas": (Head(28, 32, 58, "hole:28,32,28,32"), Head(98, 46, 58, "hole:98,46,28,32")),
    "musical note": (Head(28, 102, 52, "hole:26,104,25,22"), Head(96, 100, 52, "hole:94,102,25,22")),
}  # fmt: skip

WHEELS: dict[str, tuple[Spot, ...]] = {
    "bicycle": (Spot(23, 100, 23), Spot(101, 100, 23)),
    "motor scooter": (Spot(22, 108, 17), Spot(109, 109, 17)),
    "motorcycle": (Spot(21, 109, 18), Spot(112, 106, 19)),
    "automobile": (Spot(28, 109, 14), Spot(97, 109, 14)),
    "taxi": (Spot(28, 109, 14), Spot(95, 109, 14)),
    "police car": (Spot(29, 109, 14), Spot(94, 109, 14)),
    "sport utility vehicle": (Spot(28, 109, 14), Spot(96, 109, 14)),
    "pickup truck": (Spot(30, 109, 14), Spot(99, 109, 14)),
    "delivery truck": (Spot(29, 110, 14), Spot(99, 110, 14)),
    "tractor": (Spot(33, 108, 18), Spot(90, 100, 27)),
    "racing car": (Spot(35, 108, 18), Spot(102, 107, 19)),
    "bus": (Spot(30, 115, 12), Spot(97, 115, 12)),
    "ambulance": (Spot(25, 110, 14), Spot(90, 110, 14)),
    "fire engine": (Spot(27, 110, 14), Spot(92, 110, 14)),
    "kick scooter": (Spot(19, 110, 13), Spot(108, 110, 13)),
    "roller skate": (Spot(31, 110, 15), Spot(81, 110, 15)),
    "manual wheelchair": (Spot(95, 86, 34),),
    "auto rickshaw": (Spot(19, 107, 15), Spot(108, 107, 15)),
}  # fmt: skip


@cache
def rims() -> dict[str, Rim]:
    """Key -> front rim of every vessel."""
    return {Catalog.default().find(name).key: rim for name, rim in RIMS.items()}


@cache
def heads() -> dict[str, tuple[Head, ...]]:
    """Key -> the parts that another thing can replace, left to right."""
    singles = {name: (head,) for name, head in HEADS.items()}
    return {Catalog.default().find(name).key: found for name, found in {**singles, **TWINS}.items()}


@cache
def wheels() -> dict[str, tuple[Spot, ...]]:
    """Key -> wheels, left to right."""
    return {Catalog.default().find(name).key: spots for name, spots in WHEELS.items()}
