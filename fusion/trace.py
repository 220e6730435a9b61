"""FusionTrace: one fusion, every stage named, as numpy arrays that outlive the network.

Everything the application shows is a view of one trace (DESIGN section 4). Pictures are float32
(H, W, 4) premultiplied RGBA in [0, 1] unless a field says otherwise; layouts follow ``geometry``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class AttentionTrace:
    """What multiplied the features of one up block: ``joint = channel x spatial``.

    ``channel``: (C,), ``spatial``: (h, w), ``joint``: (C, h, w); all in [0, 1].
    """

    channel: Array
    spatial: Array

    @property
    def joint(self) -> Array:
        """(C, h, w): the product, which is what the features were multiplied by."""
        return self.channel[:, None, None] * self.spatial[None]


@dataclass(frozen=True)
class LayoutTrace:
    """Layouts (K, 4) of the K instances and their presence (K,) in [0, 1]."""

    layouts: Array
    presence: Array


@dataclass(frozen=True)
class HypothesisTrace:
    """One of the layouts that the network weighed, and the probability it gave it.

    ``recolour``: its switch. ``family``: the recipe family that the network says it is and its U-Net is told; of a
    network that names none, the teacher's whose recipe it is aligned with, ``None`` where that is none, or nobody asked
    the teacher.
    """

    probability: float
    layout: LayoutTrace
    recolour: bool
    family: str | None = None


@dataclass(frozen=True)
class MixtureTrace:
    """All M layouts that the network weighed, those that say the same among them.

    ``shares``: (M,), the probability of each; ``layouts``: (M, K, 4); ``presence``: (M, K) in [0, 1].
    """

    shares: Array
    layouts: Array
    presence: Array


@dataclass(frozen=True)
class WordTrace:
    """The words that moved one emoji's map in the layout branch.

    ``named``: of its name, kind and keywords; ``said``: of the sentence. ``attention``: (n, 4, 4) in [0, 1], how much
    each, the named ones first, counted at each place; over the words it sums to 1, or to 0 where there are none.
    """

    named: tuple[str, ...]
    said: tuple[str, ...]
    attention: Array


@dataclass(frozen=True)
class AttributionTrace:
    """Which pixels of the emoji an answer rests on, by method and emoji: (h, w) each, above zero what speaks for it.

    ``main``: in logits of the main subject in effect. ``here``: of the first instance's scale, and of its shift in
    fractions of the canvas; ``moved`` is how far it lies elsewhere where a patch is taken away.
    """

    main: dict[str, Array]
    here: dict[str, Array]


@dataclass(frozen=True)
class AlignmentTrace:
    """How far the effective layout lies from the teacher's.

    ``iou``: mean IoU of the non-main's boxes, 0 if the main subject or the number of instances is wrong.
    ``center_error``: distance of the box centres in fractions of the canvas. ``scale_error``: mean |log ratio|
    of the scales.
    """

    iou: float
    center_error: float
    scale_error: float


@dataclass(frozen=True)
class TeacherTrace:
    """The procedural teacher's answer for the pair: family, why, main subject, layout and target picture."""

    family: str
    reason: str
    main: int
    layout: LayoutTrace
    recolour: bool
    target: Array
    alignment: AlignmentTrace


@dataclass(frozen=True, kw_only=True)
class FusionTrace:
    """One fusion of two emoji.

    ``main``: 0 or 1, the main subject in effect; ``predicted_main`` what the detector said and
    ``main_confidence`` its probability for that, in [0.5, 1]. ``predicted`` is the network's layout for the
    main subject in effect, ``override`` what a person asked for (or ``None``), ``effective`` what was used.
    """

    names: tuple[str, str]
    keys: tuple[str, str]
    preset: str
    weights_hash: str = "none"
    """First digits of the SHA-256 of the weights file; "none" for a network that came from no file."""
    size: int
    inputs: tuple[Array, Array]
    separated: tuple[Array, Array]
    """Features of each emoji behind its own convolution, (C, H, W), any range."""
    main: int
    predicted_main: int
    main_confidence: float
    predicted: LayoutTrace
    override: tuple[float, float, float, float] | None
    effective: LayoutTrace
    hypotheses: tuple[HypothesisTrace, ...]
    """The network's distinct hypotheses for this main subject: the one it takes, then the others by probability. Empty
    for presets that weigh none."""
    hypothesis: int
    """Rank of the one that ``predicted`` shows, from 1."""
    mixture: MixtureTrace | None = None
    """Everything that it weighed for this main subject; ``None`` where that is one layout, or is not known."""
    recolour: float
    """Probability of the recolour switch, in [0, 1]."""
    recoloured: Array | None
    """The main subject in the other's palette, before its gate; ``None`` for presets without that path."""
    instances: Array
    """(K, H, W, 4): the non-main after the warp, one picture an instance."""
    instance_boxes: Array
    """(K, 4) xyxy in [0, 1]: content of each warped instance (alpha > 0.5)."""
    transformed: Array
    """The instances laid over each other, absent ones left out."""
    position: Array | None
    """Positional weights (C, H, W) in [0, 1], or ``None`` where the preset has none."""
    attention: dict[str, AttentionTrace]
    """By up block, ``names.ATTENTION_BLOCKS`` or all four; empty where the preset has none."""
    gates: Array | None
    """(1 + K, H, W) in [0, 1]: how much of the main subject and of each instance is kept."""
    correction: Array | None
    """Learned correction (H, W, C) in [-1, 1], added to the gated composite."""
    composite: Array
    """Plain alpha-over of the transformed non-main on the main subject."""
    output: Array
    """What the network paints, in its own coordinates."""
    fit: tuple[float, float, float] | None = None
    """``geometry.Fit``: scale and the two shifts that brought the output to fill its canvas; ``None`` where it was not
    fitted."""
    fitted: Array | None = None
    """The output after that; ``None`` likewise."""
    teacher: TeacherTrace | None = None
    """``None`` where it was not asked, or has no answer: it knows the emoji of the catalogue alone."""
    timings_ms: dict[str, float] = field(default_factory=dict)
    """Milliseconds by step, and in ``total``."""
    aligns: bool = True
    """Whether the preset decides about main subject and layout; a plain U-Net leaves both emoji where they are."""
    disabled: tuple[str, ...] = ()
    """Parts of the network that were left out, to see what they do."""
    say: str = ""
    """The sentence that the network was told; empty for none."""
    words: tuple[WordTrace, WordTrace] | None = None
    """What was told in words about each; ``None`` for networks that know no words."""
    attribution: AttributionTrace | None = None
    """Why this main subject, and why here; ``None`` unless that was asked."""
    notices: tuple[str, ...] = ()
    """Sentences for people about what was asked for and left out."""

    @property
    def sticker(self) -> Array:
        """(H, W, 4): what people get, fitted unless that was not wanted."""
        return self.output if self.fitted is None else self.fitted
