"""The teacher's answer for one pair, as the trace shows it: recipe, target, and how far the network lies from it."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from fusion.alignment import alignment
from fusion.cache import Budget, SharedCache
from fusion.emoji.catalog import Catalog
from fusion.geometry import Frame, content_box
from fusion.pipeline.families import name_families, unmet
from fusion.recipes.recipe import Recipe
from fusion.recipes.teacher import Teacher
from fusion.trace import AlignmentTrace, FusionTrace, LayoutTrace, TeacherTrace

TARGET_BYTES, SPRITE_BYTES, RECIPE_BYTES = 48 * 2**20, 32 * 2**20, 2**20
ONE_RECIPE = 4096
"""Bytes that a recipe is taken to hold: some strokes and layouts."""


class TeacherTracer:
    """Traces the teacher's answers for one frame; the latest targets are kept. Safe to share between threads.

    ``roster``: the one that the network learned from.
    """

    def __init__(self, frame: Frame, roster: str = "classic", budget: Budget | None = None) -> None:
        self.teacher = Teacher(frame, SPRITE_BYTES, roster)
        self._answers: SharedCache[tuple[Recipe, np.ndarray]] = SharedCache(
            budget or TARGET_BYTES, lambda answer: answer[1].nbytes
        )
        self._every: SharedCache[Sequence[Recipe]] = SharedCache(
            budget or RECIPE_BYTES, lambda recipes: ONE_RECIPE * len(recipes)
        )
        self._turn = threading.Lock()

    def complete(self, trace: FusionTrace) -> FusionTrace:
        """``trace`` with the teacher's answer, the family of each hypothesis, and what of the sentence was not met."""
        answer = self.trace(*trace.keys, trace.size, trace)
        if not trace.say and any(one.family for one in trace.hypotheses):
            return replace(trace, teacher=answer)  # asking every family takes as long as a fusion
        recipes = self.every(*trace.keys)
        named = name_families(trace, recipes)
        return replace(named, teacher=answer, notices=(*trace.notices, *unmet(trace, recipes)))

    def teach(self, trace: FusionTrace) -> FusionTrace:
        """``trace`` of a fusion for which nobody asked the teacher, with its answer; others stay as they are.

        So does one of people's own pictures, of which the teacher knows nothing.
        """
        if trace.teacher is not None or not all(key in Catalog.default() for key in trace.keys):
            return trace
        begun = time.perf_counter()
        taught = self.complete(trace)
        return replace(taught, timings_ms={**trace.timings_ms, "teacher": 1000 * (time.perf_counter() - begun)})

    def every(self, first: str, second: str) -> Sequence[Recipe]:
        """A recipe of every family that fits two codepoint keys."""
        with self._turn:
            return self._every.get((first, second), lambda: self.teacher.every(first, second))

    def trace(self, first: str, second: str, size: int, trace: FusionTrace) -> TeacherTrace:
        """The teacher's answer for two codepoint keys, compared with ``trace``."""
        with self._turn:
            recipe, target = self._answers.get((first, second, size), lambda: self._paint(first, second, size))
        layouts, presence = recipe.slots()
        return TeacherTrace(
            family=recipe.family,
            reason=recipe.reason,
            main=recipe.main,
            layout=LayoutTrace(layouts, presence),
            recolour=recipe.recolour,
            target=target,
            alignment=compare(trace, recipe.main, layouts, presence),
        )

    def _paint(self, first: str, second: str, size: int) -> tuple[Recipe, np.ndarray]:
        """Recipe and target, float32 (size, size, 4) premultiplied."""
        recipe = self.teacher.recipe(first, second)
        with torch.inference_mode():
            target = self.teacher.paint([recipe], size)[0].movedim(0, -1).contiguous().numpy()
        return recipe, target


def compare(trace: FusionTrace, main: int, layouts: np.ndarray, presence: np.ndarray) -> AlignmentTrace:
    """The effective layout of ``trace`` against the truth. The errors are NaN where nothing can be compared."""
    right = trace.main == main
    content = content_box(torch.from_numpy(trace.inputs[1 - trace.main][..., 3]))
    own, there, truth, wanted = (
        torch.from_numpy(one)[None] for one in (trace.effective.layouts, trace.effective.presence, layouts, presence)
    )
    found = alignment(own, there, truth, wanted, content[None], torch.tensor([right]))
    errors = (float(found.center_error[0]), float(found.scale_error[0])) if right else (float("nan"),) * 2
    return AlignmentTrace(float(found.iou[0]), *errors)
