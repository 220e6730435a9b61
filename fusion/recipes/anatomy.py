"""What an emoji consists of: box, face seat, disc, eyes, head, palette.

Everything is measured on the picture and its layers (:mod:`fusion.recipes.measure`); what measuring gets
wrong is put right by hand in ``assets/anatomy.json``. Coordinates are in the emoji's own drawing area,
128 units each way, y downwards.

Source: design section 3; study, "Anatomy of a Noto emoji".
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Anatomy:
    """The measurements of one emoji. Boxes are ``(x0, y0, x1, y1)`` in drawing-area units, 0 to 128.

    ``box``: everything with alpha above 0.5. ``cover``: that area as a share of the drawing area.
    ``seat``: ``(x, y, radius)`` of the largest inscribed circle near the centroid: where a face goes.
    ``seat_good``: whether a face looks right there (not on side-view animals, scenes and thin things).
    ``disc``: the round body of a smiley. ``clean``: its features stay inside the disc.
    ``eyes``: left and right. ``top``: y of the head's top at its centre column; ``head_width``: width of
    the silhouette at eye height, 0 without eyes. ``symmetry``: 1 for a mirror-symmetric silhouette.
    ``palette``: (8, 4) float32, mean luminance and mean RGB of eight bins of equal area, ascending by
    luminance, dark outlines left out. ``mouth``: there is something below the eyes.
    ``is_smiley``: a disc with features on it. ``is_face``: eyes were found and look at us.
    ``disc_layers``: how many of the bottom layers are the disc; ``eye_layers`` and ``lower_layers``: indices
    of the layers that are the eyes, and that lie below them.
    """

    key: str
    box: Box
    cover: float
    seat: tuple[float, float, float]
    seat_good: bool
    disc: Box | None
    clean: bool
    eyes: tuple[Box, Box] | None
    mouth: bool
    top: float
    head_width: float
    symmetry: float
    mean_rgb: tuple[float, float, float]
    luminance: float
    palette: np.ndarray = field(repr=False, compare=False)
    is_smiley: bool
    is_face: bool
    disc_layers: int = 0
    eye_layers: tuple[int, ...] = ()
    lower_layers: tuple[int, ...] = ()

    @property
    def removable(self) -> bool:
        """Whether the eyes are layers of their own, so that the part ``eyeless`` lacks them."""
        return bool(self.eye_layers)

    @property
    def width(self) -> float:
        """Width of the box in drawing-area units."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        """Height of the box in drawing-area units."""
        return self.box[3] - self.box[1]

    @property
    def center(self) -> tuple[float, float]:
        """Centre ``(x, y)`` of the box in drawing-area units."""
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


def anatomy(key: str) -> Anatomy:
    """The anatomy of the emoji with this codepoint key; measured once, then remembered."""
    raise NotImplementedError
