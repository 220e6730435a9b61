"""The teacher's answer for one pair, as the trace shows it: recipe, target, and how far the network lies from it."""

from __future__ import annotations

import threading

import numpy as np
import torch

from fusion.alignment import alignment
from fusion.cache import LruCache
from fusion.geometry import IDENTITY, Frame, content_box
from fusion.recipes.recipe import MAX_INSTANCES, Recipe
from fusion.trace import AlignmentTrace, FusionTrace, LayoutTrace, TeacherTrace

TARGET_BYTES, SPRITE_BYTES = 48 * 2**20, 64 * 2**20


class TeacherDesk:
    """Answers for one frame; the latest targets are kept. Safe to share between threads."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self._answers = LruCache(TARGET_BYTES, lambda answer: answer[1].nbytes)
        self._tables: dict[int, object] = {}
        self._turn = threading.Lock()

    def answer(self, first: str, second: str, size: int, trace: FusionTrace) -> TeacherTrace:
        """The teacher's answer for two codepoint keys, compared with ``trace``."""
        with self._turn:
            recipe, target = self._answers.get((first, second, size), lambda: self._paint(first, second, size))
        layouts, presence = truth_of(recipe)
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
        # Here, not above: the first fusion need not wait for anatomy and recipes.
        from fusion.recipes.paint import paint
        from fusion.recipes.router import recipe_for
        from fusion.recipes.sprites import SpriteTable

        recipe = recipe_for(first, second, self.frame)
        if size not in self._tables:
            self._tables = {size: SpriteTable(size, self.frame, memory_limit=SPRITE_BYTES)}
        with torch.inference_mode():
            target = paint([recipe], self._tables[size])[0].movedim(0, -1).contiguous().numpy()
        return recipe, target


def truth_of(recipe: Recipe) -> tuple[np.ndarray, np.ndarray]:
    """Layouts (3, 4) and presence (3,) of a recipe, the identity where there is no instance."""
    layouts = np.array([*recipe.instances, *[IDENTITY] * MAX_INSTANCES][:MAX_INSTANCES], np.float32)
    return layouts, (np.arange(MAX_INSTANCES) < len(recipe.instances)).astype(np.float32)


def compare(trace: FusionTrace, main: int, layouts: np.ndarray, presence: np.ndarray) -> AlignmentTrace:
    """The effective layout of ``trace`` against the truth. The errors are NaN where nothing can be compared."""
    right = trace.main == main
    content = content_box(torch.from_numpy(trace.inputs[1 - trace.main][..., 3]))
    found = alignment(
        *(
            torch.from_numpy(one)[None]
            for one in (trace.effective.layouts, trace.effective.presence, layouts, presence)
        ),
        content[None],
        torch.tensor([right]),
    )
    errors = (float(found.center_error[0]), float(found.scale_error[0])) if right else (float("nan"),) * 2
    return AlignmentTrace(float(found.iou[0]), *errors)
