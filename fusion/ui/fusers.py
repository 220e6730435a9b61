"""What the page needs of a fuser: ``fusion.pipeline.fuser.Fuser`` has it, and so has the stand-in of the tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from PIL import Image

from fusion.geometry import Frame
from fusion.pipeline.variants import Painted, Variant
from fusion.trace import AttributionTrace, FusionTrace


class Teaches(Protocol):
    """Says what is known of a pair that was fused: ``fusion.pipeline.teacher_trace.TeacherTracer``."""

    def teach(self, trace: FusionTrace) -> FusionTrace:
        """``trace`` with the teacher's answer, where it was fused without and there is one."""
        ...


class PairFuser(Protocol):
    """Fuses two emoji with one preset. ``frame``: how far the non-main may be moved.

    ``roster``: name of the one that its weights learned from. ``teacher``: what is asked once the sticker is there.
    """

    preset: str
    weights_hash: str
    frame: Frame
    roster: str

    @property
    def teacher(self) -> Teaches:
        """Asked after a fusion."""
        ...

    def outputs(self, pairs: Sequence[tuple[str, str]], size: int = 256) -> np.ndarray:
        """The fused pictures of many pairs of keys; see ``Fuser.outputs``."""
        ...

    def fuse(
        self,
        first: str | Image.Image,
        second: str | Image.Image,
        *,
        main: str | None = None,
        layout: Sequence[float] | None = None,
        instances: Sequence[Sequence[float]] | None = None,
        hypothesis: int = 1,
        size: int = 256,
        disabled: frozenset[str] = frozenset(),
        teacher: bool = True,
        say: str | None = None,
        names: Sequence[str | None] | None = None,
        fit: bool = True,
    ) -> FusionTrace:
        """One fusion with every stage kept; see ``Fuser.fuse``."""
        ...

    def variants(
        self,
        first: str | Image.Image,
        second: str | Image.Image,
        wanted: Sequence[Variant],
        *,
        size: int = 128,
        disabled: frozenset[str] = frozenset(),
        say: str | None = None,
        names: Sequence[str | None] | None = None,
    ) -> list[Painted]:
        """Variants of one fusion, in one batch; see ``Fuser.variants``."""
        ...

    def explain(
        self,
        first: str | Image.Image,
        second: str | Image.Image,
        *,
        main: str,
        hypothesis: int = 1,
        size: int = 256,
        say: str | None = None,
        names: Sequence[str | None] | None = None,
    ) -> AttributionTrace:
        """Why this is the main subject, and why the other lies here; see ``Fuser.explain``."""
        ...


MakeFuser = Callable[[], PairFuser]

MakeStyled = Callable[[str, str], PairFuser]
"""(preset, art style) -> a fuser that draws emoji in that style. Raises MissingStyle."""

HELD_OUT = "-held-out"
"""How the name of weights ends that have not seen the held-out emoji."""
