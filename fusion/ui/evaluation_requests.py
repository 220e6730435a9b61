"""What the page asks about evaluations.

Source: DESIGN section 7.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator

from fusion.corrections import MOST_BYTES
from fusion.pipeline.overrides import RequestError
from fusion.ui.contract import LIMIT, LIMITS, WORST
from fusion.ui.request import Request


def counted(value: Any) -> Any:
    """``value``, which pydantic reads as a whole number. Raises RequestError for truth values, which it would take."""
    if isinstance(value, bool):
        raise RequestError(f"A number cannot be {value!r}; give a whole one.")
    return value


class EvaluationRequest(Request):
    """An evaluation to start: of which split, over how many pairs, of which preset (left out, the first)."""

    split: str = ""
    limit: int = LIMIT
    preset: str | None = None

    @field_validator("limit", mode="before")
    @classmethod
    def usual_limit(cls, value: Any) -> Any:
        """So many pairs where none is said."""
        return counted(value) or LIMIT


class RunsRequest(Request):
    """Names of runs that a browser began."""

    jobs: list[str] = Field(default=[], max_length=100)


class JobRequest(Request):
    """Something about a running or finished evaluation: rows from number ``since``, or so many (``count``) pairs.

    ``rows``: numbers of those that are shown, in their order; left out, all. ``filter``: how people would say that.
    """

    job: str = ""
    since: int = 0
    count: int = WORST
    rows: list[int] | None = Field(default=None, max_length=LIMITS[1])
    filter: str = Field(default="", max_length=300)

    @field_validator("since", "count", mode="before")
    @classmethod
    def whole(cls, value: Any) -> Any:
        """Whole numbers."""
        return counted(value)

    @field_validator("job", mode="before")
    @classmethod
    def named(cls, value: Any) -> str:
        """The name of a run."""
        return str(value or "")


class AgainstRequest(JobRequest):
    """``against``: the name of another run, of the same split."""

    against: str = ""

    @field_validator("against", mode="before")
    @classmethod
    def named_too(cls, value: Any) -> str:
        """The name of a run."""
        return str(value or "")


class NearRequest(JobRequest):
    """``row``: the number of the pair whose neighbours are wanted."""

    row: int = 0

    @field_validator("row", mode="before")
    @classmethod
    def whole_too(cls, value: Any) -> Any:
        """A whole number."""
        return counted(value)


class JudgeRequest(Request):
    """What a person says of a fusion: ``verdict`` "corrected", "right" or "wrong", and a ``note``."""

    verdict: Literal["corrected", "right", "wrong"] = "corrected"
    note: str = Field(default="", max_length=500)


class ReadRequest(Request):
    """The ``text`` of a file of corrections."""

    text: str = Field(default="", max_length=MOST_BYTES)
