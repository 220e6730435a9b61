"""Motif eyes: the other emoji in place of both eyes, about twice their size. The face is the main subject.

Source: DESIGN sections 3 and 8 (motifs larger than the eye, aligned with its bottom).
"""

from __future__ import annotations

from fusion.geometry import Frame, Layout
from fusion.recipes.anatomy.anatomy import Anatomy, anatomy
from fusion.recipes.family import Family
from fusion.recipes.placing import Head, bodies, head, middle, put
from fusion.recipes.recipe import Recipe, Sprite, laid_over
from fusion.recipes.roles import emoji, is_face, is_motif, is_smiley

ENLARGE = 2.8
"""Size of a motif relative to the dark of the eye."""
SMALLEST = 38.0
"""Least long side of a motif, in drawing-area units: smaller ones are not recognised."""


def eye_layouts(face: Head, motif: Anatomy, frame: Frame) -> tuple[Layout, Layout]:
    """One layout per eye, left to right."""
    larger = max(max(box[2] - box[0], box[3] - box[1]) for box in face.eyes)
    size = min(max(larger * ENLARGE, SMALLEST), face.gap * 0.98)

    def over(box: tuple[float, float, float, float]) -> Layout:
        x, y = middle(box)
        return put(motif, size, (x, max(y - 0.12 * size, box[3] + 2 - size / 2)), frame)

    return over(face.eyes[0]), over(face.eyes[1])


def has_eyes(key: str) -> bool:
    """A face whose eyes were found."""
    return (is_smiley(key) or is_face(key)) and anatomy(key).eyes is not None


def build(first: str, second: str, frame: Frame) -> Recipe | None:
    """``first``: the face, main subject; ``second``: the motif."""
    body, motif = bodies(first, second)
    face = head(body)
    if face is None or not face.measured or face.gap < 14:
        return None
    under = Sprite(first, "eyeless" if body.removable else "full")
    reason = f"{emoji(second).name} is small and clear enough for eyes"
    return laid_over("motif eyes", 0, under, Sprite(second), eye_layouts(face, motif, frame), reason)


FAMILY = Family("motif eyes", build, has_eyes, is_motif, "a face with eyes and a small clear motif")
