"""Face swap: the first smiley keeps its eyes and gets the mouth of the second. The first is the main subject.

Source: DESIGN section 3.
"""

from __future__ import annotations

from fusion.geometry import Frame
from fusion.recipes.anatomy.anatomy import anatomy
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, disc_of, middle, scaled
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import emoji, is_smiley


def has_mouth(key: str) -> bool:
    """A smiley with something below its eyes."""
    body = anatomy(key)
    return is_smiley(key) and body.mouth and body.eyes is not None


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: whose eyes and disc, main subject; ``second``: whose mouth."""
    receiver, donor = bodies(first, second)
    theirs, given = disc_of(receiver), disc_of(donor)
    layout = scaled((theirs[2] - theirs[0]) / (given[2] - given[0]), middle(given), middle(theirs), frame)
    reason = f"{emoji(first).name} keeps its eyes and gets the mouth of {emoji(second).name}"
    return laid_over("face swap", 0, Sprite(first, "mouthless"), Sprite(second, "mouth"), (layout,), reason)


FAMILY = Family("face swap", build, has_mouth, has_mouth, "two smileys with eyes and a mouth each")
