"""Face on object: the smiley's features, without its disc, on the object's seat. The object is the main subject.

Source: design section 3; study, "Faces on objects larger than one thinks (1.25x)".
"""

from __future__ import annotations

from fusion.geometry import Frame
from fusion.recipes.family import Family
from fusion.recipes.placing import bodies, middle, scaled
from fusion.recipes.recipe import Recipe, Sprite, Stroke
from fusion.recipes.roles import emoji, is_smiley, takes_face

ENLARGE = 1.35
"""Features relative to a disc that just fills the seat: they lie well inside their disc."""
DARK = 0.27
"""Objects darker than this get light features."""
RAISE = 2.0


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: smiley; ``second``: object, the main subject."""
    smiley, thing = bodies(first, second)
    x, y, radius = thing.seat
    disc_width = smiley.disc[2] - smiley.disc[0]
    layout = scaled(min(1.1, ENLARGE * 2 * radius / disc_width), middle(smiley.disc), (x, y - RAISE), frame)
    part = "features-light" if thing.luminance < DARK else "features"
    return Recipe(
        "face on object",
        1,
        (Stroke(Sprite(second)), Stroke(Sprite(first, part), layout, instance=0)),
        (layout,),
        reason=f"{emoji(second).name} has room for a face",
    )


FAMILY = Family("face on object", build, is_smiley, takes_face, "a smiley and an object with room for a face")
