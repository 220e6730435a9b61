"""Material: the smiley made of the other's stuff (water, ice, cloud, honey), with drops of it around.

The smiley is the main subject; its disc has a wobbly rim and the other's palette, its features are tinted.

Source: DESIGN sections 3 and 8.
"""

from __future__ import annotations

import numpy as np

from fusion.geometry import Frame
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.family import Family
from fusion.recipes.painting.paint import luminance_curve
from fusion.recipes.placing import bodies, disc_of, left_to_right, middle, put
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import emoji, is_smiley, is_stuff

DROPS = ((-0.50, -0.20, 0.28), (0.38, -0.46, 0.21), (0.50, 0.18, 0.26))
"""Drops about the disc: x and y from its centre and size, in fractions of its width."""


def feature_curve(palette: np.ndarray) -> np.ndarray:
    """(8, 4) curve that tints features in the palette's hue: dark stays darkest, light nearly white."""
    colour = palette[len(palette) // 2 - 1, 1:].astype(np.float64)
    luminance = np.linspace(0, 1, 8)[:, None]
    dark, mid, light = colour * 0.36, colour * 0.9, colour * 0.25 + 0.75
    rgb = np.where(luminance < 0.5, dark + (mid - dark) * luminance * 2, mid + (light - mid) * (luminance * 2 - 1))
    return np.concatenate([luminance, rgb.clip(0, 1)], axis=1).astype(np.float32)


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the smiley, main subject; ``second``: the stuff."""
    smiley, stuff = bodies(first, second)
    disc = disc_of(smiley)
    (cx, cy), width = middle(disc), disc[2] - disc[0]
    drops = (put(stuff, size * width, (cx + x * width, cy + y * width), frame) for x, y, size in DROPS)
    instances = left_to_right(stuff, drops, frame)
    strokes = (
        Stroke(Sprite(first, "wobbly"), curve=luminance_curve(smiley.palette, stuff.palette)),
        Stroke(Sprite(first, "features"), curve=feature_curve(stuff.palette)),
        *(Stroke(Sprite(second), layout, instance=k) for k, layout in enumerate(instances)),
    )
    return Recipe(
        "material",
        0,
        strokes,
        instances,
        recolour=True,
        reason=f"{emoji(first).name} can be made of {emoji(second).name}",
    )


def is_material(key: str) -> bool:
    """Stuff with a palette of its own."""
    return is_stuff(key) and anatomy(key).cover > 0.05


FAMILY = Family("material", build, is_smiley, is_material, "a smiley and some stuff it can be made of")
