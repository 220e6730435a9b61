"""The answers about evaluations by name; see ``answers``, whose rules hold here too."""

from __future__ import annotations

from typing import TypedDict


class SheetRow(TypedDict, total=False):
    """One measured pair; numbers that do not exist for it are ``None``. ``psnr``: under the network's own layout.

    ``kind``: what is wrong with it, of ``evaluation.report.KINDS``, "" for nothing; ``confidence``: how likely the
    network found its own answer, in [0, 1]; ``categories``, ``roles``: of either emoji.
    """

    first: str
    second: str
    first_name: str
    second_name: str
    family: str
    aligned: bool | None
    main_ok: bool | None
    iou: float | None
    center_error: float | None
    scale_error: float | None
    psnr: float | None
    kind: str
    confidence: float | None
    categories: list[str]
    roles: list[str]


class Totals(TypedDict):
    """Means over the rows so far; ``None`` where there is nothing to average."""

    n: int
    main_ok: float | None
    aligned: float | None
    iou: float | None
    center_error: float | None
    scale_error: float | None
    psnr: float | None


class StartAnswer(TypedDict):
    """The name of an evaluation that has begun."""

    job: str


class Run(TypedDict):
    """One evaluation of those that are kept.

    ``preset``: what was asked for; ``weights``: what was measured, and what its rows are fused with; ``style``: the art
    style of its emoji ("" for Noto's); ``note``: how to read its figures; ``shipped``: whether it came with the
    weights, and so has no ``date``; ``hash``: of the weights.
    """

    job: str
    split: str
    preset: str
    weights: str
    hash: str
    style: str
    note: str
    state: str
    done: int
    total: int
    date: str
    shipped: bool


class RunsAnswer(TypedDict):
    """The evaluations that are kept, the newest first."""

    runs: list[Run]


class PollAnswer(TypedDict):
    """How far an evaluation is. ``run.state``: waiting, running, done, cancelled or failed (``message`` says why)."""

    run: Run
    message: str
    rows: list[SheetRow]
    summary: Totals


class ChartsAnswer(TypedDict):
    """Histograms and a scatter plot as one picture."""

    charts: str


class MapAnswer(TypedDict):
    """All pairs of a run on a plane, [x, y] in [0, 1] for each row: what the layout branch makes of them, by PCA.

    ``shares``: of the variance that x and y show; ``missing``: one sentence where there is no such map.
    """

    points: list[list[float]]
    shares: list[float]
    missing: str


class Neighbour(TypedDict):
    """A pair of the same run by the number of its row; ``distance``: 1 is that of a usual pair from the mean."""

    row: int
    distance: float


class NearAnswer(TypedDict):
    """The pairs that look most like one to the layout branch: those with the same error first, each group by distance.

    ``missing``: one sentence where nothing is known of that.
    """

    near: list[Neighbour]
    missing: str


class ThumbnailAnswer(TypedDict):
    """The network's picture and, where there is one, the teacher's; ``inputs``: the two drawings it was given."""

    pictures: list[str]
    inputs: list[str]


class Change(TypedDict):
    """One figure before and after.

    Of right and wrong: pairs that were ``mended``, that ``broke``, and McNemar's ``p``; of a mean: the interval ``low``
    to ``high`` that holds the difference with a probability of 95 %.
    """

    label: str
    before: float
    after: float
    mended: int | None
    broke: int | None
    p: float | None
    low: float | None
    high: float | None


class RunComparison(TypedDict):
    """Two runs over ``n`` common pairs. ``pairs``: "mended", "broke", "flipped" -> two keys each, a space between.

    ``painter``: the weights of the run before, by which its pictures can be made again; ``None`` if they are gone.
    """

    n: int
    changes: list[Change]
    pairs: dict[str, list[str]]
    painter: str | None


class KeptCorrection(TypedDict):
    """A correction as ``fusion.corrections`` has it; ``recolour``: ``None`` where nobody says."""

    first: str
    second: str
    main: str
    instances: list[list[float]]
    recolour: bool | None
    verdict: str
    note: str
    weights: str
    date: str


class CorrectionAnswer(TypedDict):
    """What was shown, as a correction."""

    correction: KeptCorrection


class CorrectionsAnswer(TypedDict):
    """The corrections of a file."""

    corrections: list[KeptCorrection]
