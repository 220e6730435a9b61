"""Part swap: the other takes the place of a thing's head (scoop, blossom, bulb, blade, flame).

The thing is the main subject.

Looks: things with two heads (cherries, maracas) get two.

Source: DESIGN section 3.
"""

from __future__ import annotations

from fusion.geometry import Frame
from fusion.recipes.anatomy.anatomy import Anatomy, anatomy
from fusion.recipes.anatomy.fittings import Head, heads
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, put
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import compact, emoji, is_mark, is_scene, is_tile

FULL = 0.5
"""Least share of its box that a new head covers: a stick ends in it, wherever it meets it."""
ROUND = 0.68
"""Least share of its box that a round thing covers."""
OVERLAP = 7.0
"""How far head and rest overlap, in drawing-area units."""


def has_head(key: str) -> bool:
    """A thing whose head can be taken off."""
    return key in heads()


def is_head(key: str) -> bool:
    """Full enough to stand for a head: neither a place nor long, thin or hollow."""
    body = anatomy(key)
    full = body.cover * 128 * 128 > FULL * body.width * body.height
    return full and compact(body) and not (is_scene(key) or is_tile(key) or is_mark(key))


def is_round(body: Anatomy) -> bool:
    """Whether a stem with a leaf makes a fruit of it."""
    ratio = body.width / max(body.height, 1)
    return 0.8 < ratio < 1.25 and body.cover * 128 * 128 > ROUND * body.width * body.height


def at_the_joint(part: Head, thing: Anatomy) -> tuple[float, float]:
    """Centre of the new head: where the old one is cut off level, the new one touches the cut."""
    kind, _, number = part.cut.split("|")[0].partition(":")
    half = part.size * thing.height / max(thing.width, thing.height) / 2
    if kind == "below":
        return part.x, float(number) + (OVERLAP if part.over else OVERLAP / 2) - half
    if kind == "above":
        return part.x, float(number) - OVERLAP + half
    return part.x, part.y


def rest(parts: tuple[Head, ...]) -> str:
    """The part that is left when the heads are off."""
    cuts = [part.cut for part in parts if part.cut != "full"]
    return "|".join(["full", *cuts])


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the thing that loses its head, main subject; ``second``: the new head."""
    thing, parts = bodies(first, second)[1], heads()[first]
    if parts[0].over and parts[0].cut.startswith("above") and not is_round(thing):
        return None
    instances = tuple(put(thing, part.size, at_the_joint(part, thing), frame) for part in parts)
    body = Stroke(Sprite(first, rest(parts)))
    copies = tuple(Stroke(Sprite(second), layout, instance=k) for k, layout in enumerate(instances))
    strokes = (*copies, body) if parts[0].over else (body, *copies)
    reason = f"{emoji(second).name} takes the place of the head of {emoji(first).name}"
    return Recipe("part swap", 0, strokes, instances, reason=reason)


FAMILY = Family("part swap", build, has_head, is_head, "a thing with a head of its own and something compact")
