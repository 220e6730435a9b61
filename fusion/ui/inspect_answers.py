"""Further answers of the server, as in ``answers``: what the debugger asks for when a person looks closer."""

from __future__ import annotations

from typing import TypedDict


class Plane(TypedDict):
    """One channel of a stage: float16, little endian, row by row, base64. ``low`` and ``high``: ends of its scale."""

    channel: str
    height: int
    width: int
    low: float
    high: float
    stops: list[str]
    data: str


class PlaneAnswer(TypedDict):
    """The channels of a stage, and the one that was asked for, if it was."""

    channels: list[str]
    plane: Plane | None


class Reading(TypedDict):
    """The number of one channel at a place."""

    name: str
    value: float


class StageReadings(TypedDict):
    """What one stage has at a place."""

    id: str
    readings: list[Reading]


class PictureAnswer(TypedDict):
    """A person's own picture, drawn here."""

    picture: str


class Partner(TypedDict):
    """An emoji, and the family that it is with another one."""

    key: str
    family: str


class PartnersAnswer(TypedDict):
    """The partners of the emoji ``key``."""

    key: str
    partners: list[Partner]


class SweepCell(TypedDict):
    """One variant of a fusion, with what restores it; ``iou``: of its boxes with those of the network's own answer.

    ``psnr``: with the teacher's picture, in dB, where there is one. ``main``, ``layout`` and ``instances``: ``None``
    where they are left to the network.
    """

    picture: str
    iou: float
    psnr: float | None
    main: str | None
    hypothesis: int
    layout: list[float] | None
    instances: list[list[float]] | None


class SweepAnswer(TypedDict):
    """One line of a sheet of variants; ``rows``, ``columns``: the names of all its steps."""

    rows: list[str]
    columns: list[str]
    cells: list[SweepCell]


class ReadAnswer(TypedDict):
    """What every stage has at one place."""

    stages: list[StageReadings]
