"""Corrections: what a person says of a fusion, one JSON object a line.

A correction names a pair, which of the two is the main subject, and where the other stands in it. It is a case for
``evaluate`` and an example for ``train``. An emoji goes by its code points, a picture by the SHA-256 of its file.

Source: JSON Lines (https://jsonlines.org); DESIGN section 5 for layouts.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from fusion.errors import FusionError
from fusion.files import write_beside
from fusion.frame import MAX_SCALE, MIN_SCALE, Layout

PICTURE = "sha256:"
"""Begins what stands for a picture; 64 hex digits follow."""
MOST_BYTES, MOST = 8 * 2**20, 20_000
"""Of one file, and corrections in it."""

Scale = Annotated[float, Field(ge=MIN_SCALE, le=MAX_SCALE, allow_inf_nan=False)]
Offset = Annotated[float, Field(ge=-0.5, le=0.5, allow_inf_nan=False)]
Input = Annotated[str, Field(pattern=rf"^({PICTURE}[0-9a-f]{{64}}|[0-9a-z-]{{1,60}})$")]
Side = Literal["first", "second"]


class CorrectionsError(FusionError):
    """A file of corrections that cannot be read."""


class Correction(BaseModel):
    """One correction.

    ``verdict``: "corrected", a person put it so; "right", the network's own answer is as it should be; "wrong", it is
    not, and what would be is not known. ``instances``: up to three layouts (scale_h, scale_w, offset_y, offset_x) of
    the non-main; none where nothing is placed. ``recolour``: whether the main subject takes the other's palette,
    ``None`` where nobody says. ``weights``: first hex digits of the hash of those that were judged.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")

    first: Input
    second: Input
    main: Side
    instances: tuple[tuple[Scale, Scale, Offset, Offset], ...] = Field(max_length=3)
    recolour: bool | None = None
    verdict: Literal["corrected", "right", "wrong"] = "corrected"
    note: str = Field(default="", max_length=500)
    weights: str = Field(default="", max_length=64)
    date: datetime = Field(default_factory=lambda: datetime.now(timezone.utc).replace(microsecond=0))

    @property
    def pair(self) -> tuple[str, str]:
        """Both emoji, in their order: of each pair one correction is kept."""
        return self.first, self.second

    @property
    def layouts(self) -> tuple[Layout, ...]:
        """``instances`` as layouts."""
        return tuple(Layout(*one) for one in self.instances)

    def line(self) -> str:
        """The JSON object, on one line."""
        return self.model_dump_json(exclude_none=True)


ONE = TypeAdapter(Correction)


def parse_corrections(text: str, name: str = "The file") -> list[Correction]:
    """The corrections in ``text``; of each pair the last. Raises CorrectionsError naming the line and what is wrong."""
    if len(text) > MOST_BYTES:
        raise CorrectionsError(f"{name} is larger than {MOST_BYTES // 2**20} MB; split it into smaller files.")
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            found.append(ONE.validate_json(line))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"])) or "it"
            raise CorrectionsError(
                f"{name}, line {number}: {where} is not what it should be ({first['msg']}); mend or delete the line."
            ) from None
    if len(found) > MOST:
        raise CorrectionsError(f"{name} has more than {MOST} corrections; split it into smaller files.")
    return merged((), found)


def merged(before: Iterable[Correction], after: Iterable[Correction]) -> list[Correction]:
    """Both, the later of each pair in the place of the earlier."""
    return list({one.pair: one for one in (*before, *after)}.values())


def read_corrections(path: str | os.PathLike) -> list[Correction]:
    """The corrections in a file. Raises CorrectionsError."""
    path = Path(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CorrectionsError(f"{path} is larger than {MOST_BYTES // 2**20} MB; split it into smaller files.")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CorrectionsError(f"There is no file {path}; check the path, or export corrections on the page.") from None
    except (OSError, ValueError) as error:
        raise CorrectionsError(f"{path} cannot be read as text ({error}); give a file of JSON lines.") from error
    found = parse_corrections(text, str(path))
    if not found:
        raise CorrectionsError(f"{path} has no corrections in it; keep a layout on the page first.")
    return found


def to_lines(corrections: Iterable[Correction]) -> str:
    """The text of a file."""
    return "".join(one.line() + "\n" for one in corrections)


def write_corrections(path: str | os.PathLike, corrections: Sequence[Correction]) -> None:
    """Write a file, whole or not at all. Raises OutputError."""
    with write_beside(path, durable=True) as partial:
        partial.write_text(to_lines(corrections), encoding="utf-8")
