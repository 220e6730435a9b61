"""Which families there are, and the rosters: the orders in which pairs are offered to them.

``classic`` is what weights that name no roster were trained on, and never changes; ``taste`` is the richer one.

Source: DESIGN section 3.
"""

from __future__ import annotations

from dataclasses import dataclass

from fusion.errors import FusionError
from fusion.recipes.families import (
    aura,
    backdrop,
    balance,
    behind,
    companion,
    creature,
    dressed,
    expression,
    face_on_object,
    face_on_thing,
    face_swap,
    gesture,
    guise,
    halo,
    hybrid,
    inlay,
    inside,
    material,
    mix,
    motif_eyes,
    on_top,
    part_swap,
    pattern,
    peek,
    perch,
    printed,
    recolour,
    repaint,
    ride,
    scatter,
    scene,
    shape,
    sign,
    sky,
    together,
    topping,
    two_step,
    wearable,
    wheels,
)
from fusion.recipes.family import Family


@dataclass(frozen=True)
class Roster:
    """The families that pairs get, in the order in which they are asked; the last one takes every pair.

    ``shown``: families for sheets only, which no pair gets.
    """

    name: str
    rules: tuple[Family, ...]
    shown: tuple[Family, ...] = ()


CLASSIC = Roster(
    "classic",
    (
        face_swap.FAMILY,
        wearable.FAMILY,
        material.FAMILY,
        halo.FAMILY,
        face_on_object.FAMILY,
        perch.FAMILY,
        two_step.FAMILY,
        aura.FAMILY,
        motif_eyes.FAMILY,
        scene.FAMILY,
        inside.FAMILY,
        repaint.FAMILY,
        recolour.FAMILY,
        companion.FAMILY,
    ),
    (inlay.FAMILY, scatter.FAMILY),
)

TASTE = Roster(
    "taste",
    (
        mix.FAMILY,
        face_swap.FAMILY,
        guise.FAMILY,
        expression.FAMILY,
        dressed.FAMILY,
        wearable.FAMILY,
        material.FAMILY,
        gesture.FAMILY,
        face_on_thing.FAMILY,
        two_step.FAMILY,
        hybrid.FAMILY,
        halo.FAMILY,
        creature.FAMILY,
        perch.FAMILY,
        aura.FAMILY,
        motif_eyes.FAMILY,
        sky.FAMILY,
        scene.FAMILY,
        topping.FAMILY,
        part_swap.FAMILY,
        wheels.FAMILY,
        ride.FAMILY,
        peek.FAMILY,
        inside.FAMILY,
        inlay.FAMILY,
        shape.FAMILY,
        sign.FAMILY,
        backdrop.FAMILY,
        printed.FAMILY,
        pattern.FAMILY,
        behind.FAMILY,
        on_top.FAMILY,
        balance.FAMILY,
        together.FAMILY,
    ),
)

ROSTERS: dict[str, Roster] = {roster.name: roster for roster in (CLASSIC, TASTE)}

FAMILIES: dict[str, Family] = {
    family.name: family for roster in ROSTERS.values() for family in (*roster.rules, *roster.shown)
}
"""All families by name."""


def roster_named(name: str) -> Roster:
    """The roster of that name. Raises FusionError."""
    if name not in ROSTERS:
        raise FusionError(f"There is no roster '{name}': choose one of {', '.join(ROSTERS)}.")
    return ROSTERS[name]
