"""The answers of the server by name: what the scripts of the page may rely on.

``static/types.d.ts`` has the same shapes for the scripts; a test compares the two. Pictures are ``data:`` URLs,
layouts (scale_h, scale_w, offset_y, offset_x), boxes xyxy in [0, 1].
"""

from __future__ import annotations

from typing import TypedDict

from typing_extensions import NotRequired

from fusion.views.summary import AlignmentSummary, Summary

Numbers = list[float]


class Choice(TypedDict):
    """Something to choose on the page: its name in requests, and what the page calls it."""

    id: str
    label: str


class Opening(TypedDict):
    """The pair that the page opens with, as keys."""

    first: str
    second: str


class EvaluationChoices(TypedDict):
    """What an evaluation can be asked for.

    ``limits``: fewest and most pairs; ``limit``: as it opens; ``worst``: how many pairs the zip takes; ``kinds``: of
    error.
    """

    splits: list[Choice]
    limits: list[int]
    limit: int
    worst: int
    kinds: list[Choice]


class PackChoices(TypedDict):
    """Services that packs are made for, and how many partners one emoji gets in a pack."""

    services: list[Choice]
    partners: int


class UploadChoices(TypedDict):
    """Pictures that can be uploaded.

    ``types``: MIME types; ``side``: pixels to which the browser shrinks them; ``name``: characters of what one is
    called.
    """

    types: list[str]
    side: int
    name: int


class SizeChoices(TypedDict):
    """Pixels a side in which stickers are painted: for a screen, and for a file."""

    screen: list[int]
    file: list[int]


class Contract(TypedDict):
    """Every constant that both the page and Python use.

    ``swept``: what a sheet of variants can change; ``networks``: a sentence about each preset.
    ``layout``: the four numbers by name; ``axes``: the direction of each; ``present``: presence above which an
    instance is there; ``sayings``: sentences to try; ``saying``: characters that one may have.
    """

    opening: Opening
    sides: list[str]
    ablations: list[Choice]
    layout: list[str]
    axes: list[str]
    present: float
    sayings: list[str]
    saying: int
    evaluation: EvaluationChoices
    sizes: SizeChoices
    swept: list[str]
    networks: dict[str, str]
    packs: PackChoices
    upload: UploadChoices


class Emojis(TypedDict):
    """All emoji.

    ``rows``: [key, character, name, category index, keywords]; ``aliases``: a string a row, "|" between words;
    ``columns``, ``tiles``: emoji in one line of a sprite sheet, and on a whole one; ``leading``: rows that come first
    on the sheets, before all others in their order; ``popular``: those that people pick most.
    """

    columns: int
    tiles: int
    leading: list[int]
    popular: list[int]
    categories: list[str]
    rows: list[list[str | int]]
    aliases: list[str]


class Catalogue(Emojis):
    """All emoji, and the presets that have weights.

    ``spare``: weights beside them that only measure (held-out emoji); ``parts``: what each preset has of that which can
    be switched off; ``readers``: those that read words.
    """

    presets: list[str]
    spare: list[str]
    parts: dict[str, list[str]]
    readers: list[str]


class Layers(TypedDict):
    """The two emoji before any layout."""

    main: str
    other: str


class Hypothesis(TypedDict):
    """How likely, the layouts of what it places, and the teacher's family that this is, if any."""

    probability: float
    layouts: list[Numbers]
    recolour: bool
    family: str | None


class Range(TypedDict):
    """Least and largest value of the scales and of the offsets."""

    scale: Numbers
    offset: Numbers


class Controls(TypedDict):
    """Taking over: layers, layouts and ranges.

    ``content``: the non-main's box before any layout; ``lead``: index of the first instance; ``each``: whether every
    instance was placed by hand.
    """

    layers: Layers
    content: Numbers
    lead: int
    predicted: list[Numbers]
    effective: list[Numbers]
    override: Numbers | None
    each: bool
    presence: Numbers
    predicted_presence: Numbers
    hypothesis: int
    hypotheses: list[Hypothesis]
    truth: list[Numbers] | None
    range: Range


class FuseAnswer(TypedDict):
    """All of one fusion that must be there at once. ``facts``: ``views.summary``; ``notices``: sentences.

    The teacher is asked afterwards: what only it knows comes with the strip, and may still be missing here.

    ``reach``: pixels a side in which this device paints it while one looks on.
    """

    result: str
    names: tuple[str, str]
    keys: tuple[str, str]
    permalink: str
    facts: Summary
    notices: list[str]
    controls: Controls
    reach: int


class StickerAnswer(TypedDict):
    """The sticker in another size, ``size`` pixels a side."""

    result: str
    size: int


class ColourScale(TypedDict):
    """What the colours of a card mean: the ends, and CSS colours between them."""

    low: str
    high: str
    stops: list[str]


class Card(TypedDict):
    """One stage on the strip. ``picture`` lies over ``base`` where there is one.

    ``places``: where in it the network's canvas lies, once for each tile.
    """

    id: str
    title: str
    caption: str
    explain: str
    values: str
    available: bool
    picture: str | None
    base: str | None
    scale: ColourScale | None
    places: list[Numbers]


class StagesAnswer(TypedDict):
    """The film strip, and what the teacher adds to the numbers beside the sticker.

    ``facts``: all of them, with its family and how well the two are aligned; ``truth``: its layouts; ``hypotheses``:
    with their families.
    """

    cards: list[Card]
    facts: Summary
    truth: list[Numbers] | None
    hypotheses: list[Hypothesis]


class Part(TypedDict):
    """A single picture behind a card."""

    name: str
    picture: str


class PartsAnswer(TypedDict):
    """The pictures behind one card."""

    parts: list[Part]


class ZipAnswer(TypedDict):
    """A file to be saved, base64."""

    name: str
    zip: str


class CsvAnswer(TypedDict):
    """A table to be saved."""

    name: str
    csv: str


class DrawingAnswer(TypedDict):
    """An emoji as a stand-alone SVG document."""

    svg: str


class ComparedAnswer(TypedDict):
    """One preset's answer. ``gap``: mean difference from the reference's, in [0, 1]."""

    preset: str
    picture: str
    difference: str
    scale: ColourScale
    gap: float
    main: str
    main_confidence: float | None
    effective: Numbers
    alignment: AlignmentSummary | None
    ms: float | None
    total_ms: float | None
    teacher: str | None
    composite: str


class ErrorAnswer(TypedDict):
    """In place of any other answer: one sentence for people. ``busy``: whether it is worth asking again in a moment."""

    error: str
    busy: NotRequired[bool]
