"""Mix: two smileys in one: the eyes, tears, glasses and hearts of one, the mouth of the other, who is the main subject.

Whichever eyes say more are taken; where both have plain eyes, or none can be told apart, see :mod:`face_swap`.

Source: DESIGN section 3.
"""

from __future__ import annotations

from functools import cache

from fusion.geometry import Frame
from fusion.recipes.anatomy import groups
from fusion.recipes.anatomy.layers import layers
from fusion.recipes.families.expression import expresses
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, head, middle, scaled
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import emoji, is_smiley


@cache
def telling_eyes(key: str) -> bool:
    """Whether the eyes, and not only the mouth, tell the smiley from others."""
    return (expresses(key) or is_smiley(key)) and len(groups.look(key)) > 0 and not groups.is_plain(key)


@cache
def gives_mouth(key: str) -> bool:
    """A smiley with a mouth that can be kept when its eyes are gone."""
    return is_smiley(key) and len(groups.mouth(key)) > 0


@cache
def without_look(key: str) -> str:
    """The part with disc and mouth, and no eyes."""
    gone = sorted(groups.look(key))
    kept = len(layers(key).leaves) - len(gone)
    return f"without:{','.join(map(str, gone))}" if gone and kept else "full"


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: whose disc and mouth, main subject; ``second``: whose eyes."""
    receiver, donor = bodies(first, second)
    if receiver.disc is None or donor.disc is None or head(receiver) is None or head(donor) is None:
        return None
    scale = (receiver.disc[2] - receiver.disc[0]) / (donor.disc[2] - donor.disc[0])
    layout = scaled(scale, middle(donor.disc), middle(receiver.disc), frame)
    reason = f"{emoji(first).name} gets the eyes of {emoji(second).name}"
    return laid_over("mix", 0, Sprite(first, without_look(first)), Sprite(second, "look"), (layout,), reason)


def order(key: str) -> float:
    """Who has plain eyes keeps the mouth."""
    return float(telling_eyes(key)) + 0.5 * (not is_smiley(key))


FAMILY = Family("mix", build, gives_mouth, telling_eyes, "two smileys, one with telling eyes", order=order)
