"""Ride: the other sits on a vehicle, an animal's back, a wave, a cloud. What it rides is the main subject.

Its seat lies a little behind the edge, so that it sits in, not before.

Source: DESIGN section 3.
"""

from __future__ import annotations

import re

from fusion.geometry import Frame
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.anatomy.edges import Edge, top_edge
from fusion.recipes.anatomy.seats import saddles
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, put
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import compact, emoji, is_face, is_mark, is_scene, is_tile, kind, named

MOUNTS = re.compile(r"\b(cloud|sled|saucer|carousel|skateboard|skate|broom|couch|chair|bed|seat)\b")
NOT_RIDDEN = re.compile(
    r"\b(light|signal|fuel|stop|station|road|track|motorway|oil|wheel|anchor|buoy|construction|paw|web|shell|coral|"
    r"feather|wing|nose|worm|bug|ant|mosquito|fly|butterfly|microbe|cockroach|spider|oyster|rocket|airplane|helicopter|"
    r"parachute|satellite|canoe|tram car|suspension|cableway|tramway)\b"
)
BACKS, LEVEL = ("animal-mammal", "animal-reptile", "animal-marine"), 12.0
"""Subcategories of animals that carry somebody, and the greatest rise or fall of such a back."""
SIZE, SMALLEST, SINK = 70.0, 46.0, 0.13
"""Long side of the rider in drawing-area units, the least that is worth it, and the share of it behind the edge."""
CEILING = -28.0
"""How high it may reach: the canvas ends 32 units above the drawing area."""


def is_mount(key: str) -> bool:
    """A vehicle, an animal from the side, or something else to sit or stand on."""
    if named(key, NOT_RIDDEN) or is_face(key) or is_tile(key):
        return False
    if kind(key) in BACKS:
        edge, body = top_edge(key, 40.0), anatomy(key)
        return key in saddles() or (edge.slant < LEVEL and body.width > body.height and abs(edge.x - 64) < 24)
    return kind(key).startswith("transport-") or named(key, MOUNTS)


def is_rider(key: str) -> bool:
    """Compact, and neither a place nor a sign."""
    return compact(anatomy(key)) and not (is_scene(key) or is_tile(key) or is_mark(key))


def seat_of(key: str) -> Edge:
    """Where one sits."""
    given = saddles().get(key)
    return Edge(*given, 40.0, 0.0) if given else top_edge(key, 40.0)


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the mount, main subject; ``second``: the rider."""
    if kind(first) == kind(second):
        return None
    rider, seat = bodies(first, second)[1], seat_of(first)
    longest = max(rider.width, rider.height)
    size = min(SIZE, (seat.y - CEILING) / (1 - SINK) * longest / rider.height)
    if size < SMALLEST:
        return None
    height = size * rider.height / longest
    layout = put(rider, size, (seat.x, seat.y - (0.5 - SINK) * height), frame)
    strokes = (Stroke(Sprite(second), layout, instance=0), Stroke(Sprite(first)))
    reason = f"{emoji(second).name} rides on {emoji(first).name}"
    return Recipe("ride", 0, strokes, (layout,), reason=reason)


FAMILY = Family("ride", build, is_mount, is_rider, "something to ride on and someone to ride it")
