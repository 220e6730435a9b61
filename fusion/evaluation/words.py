"""What words are worth: how often the layout is right with and without them, on every kind of pairs.

Each pair is drawn once and shown with each of its tellings; nothing is painted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import torch

from fusion.data.batch import collate
from fusion.errors import FusionError
from fusion.evaluation.comparison import verdict_change
from fusion.evaluation.evaluate import WORDS, measure_layout, teacher_for, tell, true_pairs
from fusion.evaluation.report import Row, summary
from fusion.evaluation.uploads import UploadTeacher
from fusion.geometry import Frame
from fusion.model import FusionNet
from fusion.model.weights import WEIGHTS_FOLDER, locate_weights
from fusion.recipes.teacher import Teacher

TITLES = {"full": "name, kind and keywords", "names": "name", "none": "none"}
SHARES = {
    "main subject right": "main_accuracy",
    "aligned": "alignment_accuracy",
    "among the three likeliest": "among_three",
}


class Kind(NamedTuple):
    """A kind of pairs: ``split``, which words there are (of WORDS), and whether they come as ``uploads``."""

    title: str
    split: str
    words: tuple[str, ...] = WORDS
    uploads: bool = False

    def teacher(self, frame: Frame, roster: str) -> Teacher:
        """Who gives the truth. Raises MissingStyle."""
        return UploadTeacher(frame, roster=roster) if self.uploads else teacher_for(self.split, frame, roster)


KINDS = (
    Kind("held-out pairs", "pairs"),
    Kind("held-out emoji", "emoji"),
    Kind("style", "style"),
    # Of a person's own picture nobody knows keywords.
    Kind("style, as uploads", "style", ("names", "none"), uploads=True),
)


class Told(NamedTuple):
    """``rows`` of one kind of pairs, told ``words``, of the network named ``weights``."""

    kind: Kind
    words: str
    weights: str
    rows: list[Row]


def weights_for(kind: Kind, weights: str | None, preset: str) -> Path:
    """Those that were asked for; of what ships, those that have not seen what ``kind`` holds out."""
    unseen = WEIGHTS_FOLDER / f"{preset}-held-out"
    if weights is None and kind.split == "emoji" and unseen.is_dir():
        return unseen
    return locate_weights(weights, preset)


def measure_words(
    net: FusionNet, kind: Kind, limit: int, *, size: int, batch: int, teacher: Teacher
) -> Iterator[dict[str, list[Row]]]:
    """For each batch of pairs the rows under each telling. Raises FusionError for networks without words."""
    if not net.config.words:
        raise FusionError("These weights know no words: give --weights of a network trained with --set words=64.")
    net.eval()
    device = next(net.parameters()).device
    pairs = true_pairs(kind.split, limit, teacher)
    for start in range(0, len(pairs), batch):
        some = pairs[start : start + batch]
        data = collate(some, teacher, size, paint=False)
        found = {}
        for words in kind.words:
            tell(data, net, words)
            with torch.inference_mode():
                found[words] = measure_layout(net, data.to(device), some)
        yield found


def joined(kind: Kind, weights: str, batches: Iterable[Mapping[str, list[Row]]]) -> list[Told]:
    """The rows of all batches, by telling."""
    every: dict[str, list[Row]] = {words: [] for words in kind.words}
    for found in batches:
        for words, rows in found.items():
            every[words] += rows
    return [Told(kind, words, weights, rows) for words, rows in every.items()]


def words_report(measured: Sequence[Told]) -> list[dict]:
    """One entry a kind and telling: the figures, and what the words ``mended`` and ``broke`` against none."""
    silent = {told.kind: told.rows for told in measured if told.words == "none"}
    return [
        {
            "pairs": told.kind.title,
            "split": told.kind.split,
            "uploads": told.kind.uploads,
            "words": told.words,
            "weights": told.weights,
            **summary(told.rows),
            "against_none": None if told.words == "none" else verdict_change(silent[told.kind], told.rows, "aligned"),
        }
        for told in measured
    ]


def words_table(report: Sequence[Mapping]) -> str:
    """The report as a table in Markdown; "mended" and "broken" are pairs aligned only with, or only without words."""
    lines = [
        f"| pairs | words | number | {' | '.join(SHARES)} | IoU | mended, broken | p |",
        "|" + "---|" * (6 + len(SHARES)),
    ]
    for one in report:
        shares = ["-" if one[name] is None else f"{100 * one[name]:.1f} %" for name in SHARES.values()]
        change = one["against_none"]
        changed = [f"{change['mended']}, {change['broke']}", f"{change['p']:.2g}"] if change else ["-", "-"]
        iou = "-" if one["iou"] is None else f"{one['iou']:.3f}"
        cells = [one["pairs"], TITLES[one["words"]], str(one["n"]), *shares, iou, *changed]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
