"""Part swap: the other takes the place of a thing's head: scoop, blossom, bulb, blade, flame. The thing is the main subject.

Looks: things with two heads (cherries, maracas) get two.

Source: DESIGN section 3.
"""

from __future__ import annotations

from fusion.geometry import Frame
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.anatomy.fittings import Head, heads
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, put
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import compact, emoji, is_scene, is_tile


def has_head(key: str) -> bool:
    """A thing whose head can be taken off."""
    return key in heads()


def is_head(key: str) -> bool:
    """Compact enough to stand for a head: neither a place nor long and thin."""
    return compact(anatomy(key)) and not (is_scene(key) or is_tile(key))


def rest(parts: tuple[Head, ...]) -> str:
    """The part that is left when the heads are off."""
    cuts = [part.cut for part in parts if part.cut != "full"]
    return "|".join(["full", *cuts])


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the thing that loses its head, main subject; ``second``: the new head."""
    thing, parts = bodies(first, second)[1], heads()[first]
    instances = tuple(put(thing, part.size, (part.x, part.y), frame) for part in parts)
    body = Stroke(Sprite(first, rest(parts)))
    copies = tuple(Stroke(Sprite(second), layout, instance=k) for k, layout in enumerate(instances))
    strokes = (*copies, body) if parts[0].over else (body, *copies)
    reason = f"{emoji(second).name} takes the place of the head of {emoji(first).name}"
    return Recipe("part swap", 0, strokes, instances, reason=reason)


FAMILY = Family("part swap", build, has_head, is_head, "a thing with a head of its own and something compact", False)
